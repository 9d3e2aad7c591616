import type { Context } from 'hono';
import { NO_USAGE, type Usage } from '../../core/usage.js';
import { usdText } from '../chat/answer.js';
import type { GatewayEnv } from '../context.js';
import { ApiError } from '../errors.js';
import { asNotFound, checkModelName } from '../model-name.js';
import { answerJson } from './json.js';

/**
 * Passes a request for embeddings on to the provider of its model; what the client asks for beside model and input goes
 * along as it is.
 * @throws ApiError 400, or 404 where nobody has the model, and MomError as the service does
 */
export async function embeddings(c: Context<GatewayEnv>, body: Record<string, unknown>): Promise<Response> {
  const { lease, client, signal, report } = c.get('scope');
  report.model = modelOf(body);
  checkInput(body.input);
  const budgets = client.key ? lease.service.budgetsOf(client.key) : [];
  const { body: answer, costUsd } = await lease.service.embed(body, budgets, signal).catch(asNotFound);
  report.costUsd = costUsd;
  report.usage = usageOf(answer);
  return answerJson(answer, 200, { 'x-mom-cost-usd': usdText(costUsd) });
}

function modelOf({ model }: Record<string, unknown>): string {
  if (typeof model === 'string' && model !== '') return checkModelName(model);
  throw new ApiError('invalid_request', 'model is missing', { hint: 'name an embedding model of a provider', param: 'model' });
}

/** A text, texts, tokens, or lists of tokens. */
function checkInput(input: unknown): void {
  if (typeof input === 'string' && input !== '') return;
  if (Array.isArray(input) && input.length > 0) {
    const [first] = input as readonly unknown[];
    const isOne = typeof first === 'string' ? isText : typeof first === 'number' ? isToken : isTokens;
    if (input.every(isOne)) return;
  }
  throw new ApiError('invalid_request', 'input is neither a text nor tokens, nor a list of one kind', {
    hint: 'send a text, a list of texts, a list of tokens or a list of lists of tokens',
    param: 'input',
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isToken(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isTokens(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isToken);
}

function usageOf(answer: Record<string, unknown>): Usage | null {
  const tokens = (answer.usage as { prompt_tokens?: unknown } | null | undefined)?.prompt_tokens;
  return typeof tokens === 'number' ? { ...NO_USAGE, input_tokens: tokens } : null;
}
