import type { Context } from 'hono';
import type { ServedModel } from '../../app/service.js';
import type { GatewayEnv } from '../context.js';
import { ApiError } from '../errors.js';
import { answerJson } from './json.js';

/** `created`: seconds since 1970, the same for all. */
export async function listModels(c: Context<GatewayEnv>, created: number): Promise<Response> {
  const models = await c.get('scope').lease.service.models();
  return answerJson({ object: 'list', data: models.map((model) => shown(model, created)) });
}

/** @throws ApiError 404 */
export async function showModel(c: Context<GatewayEnv>, id: string, created: number): Promise<Response> {
  const model = await c.get('scope').lease.service.model(id);
  if (model) return answerJson(shown(model, created));
  throw new ApiError('model_not_found', `there is no model ${JSON.stringify(id.slice(0, 200))}`, { hint: 'GET /v1/models lists them' });
}

function shown({ id, contextLength }: ServedModel, created: number): Record<string, unknown> {
  return { id, object: 'model', created, owned_by: 'mom', ...(contextLength !== null && { context_length: contextLength }) };
}
