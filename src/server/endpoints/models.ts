import type { Context } from 'hono';
import type { ServedModel, Service } from '../../app/service/service.js';
import { isMomError } from '../../core/error.js';
import type { GatewayEnv } from '../context.js';
import { ApiError } from '../errors.js';
import { answerJson } from './json.js';

/** Characters of a name that nobody has, in a message. */
const MAX_SHOWN = 200;

/** `created`: seconds since 1970, the same for all. */
export async function listModels(c: Context<GatewayEnv>, created: number): Promise<Response> {
  const models = await c.get('scope').lease.service.models();
  return answerJson({ object: 'list', data: models.map((model) => shown(model, created)) });
}

/** @throws ApiError 404 */
export async function showModel(c: Context<GatewayEnv>, id: string, created: number): Promise<Response> {
  const { service } = c.get('scope').lease;
  const model = await service.model(id);
  if (model) return answerJson(shown(model, created));
  throw await whyMissing(service, id);
}

/** A request for this model would be refused for the same reason, and with the same hint. */
async function whyMissing(service: Service, id: string): Promise<ApiError> {
  const hint = 'GET /v1/models lists them';
  try {
    await service.target(id, 'whole');
  } catch (error) {
    if (!isMomError(error)) throw error;
    return new ApiError('model_not_found', error.message, { hint: error.hint || hint });
  }
  return new ApiError('model_not_found', `there is no model ${JSON.stringify(id.slice(0, MAX_SHOWN))}`, { hint });
}

function shown({ id, contextLength }: ServedModel, created: number): Record<string, unknown> {
  return { id, object: 'model', created, owned_by: 'mom', ...(contextLength !== null && { context_length: contextLength }) };
}
