import { ERRORS, isMomError, type MomError } from '../core/error.js';
import { RETRY } from '../core/limits.js';
import type { Provider } from '../core/model.js';
import type { CallBill, Embedding } from '../core/model-client.js';
import type { Random } from '../core/random.js';
import { isRecord } from '../core/record.js';
import type { WireDialect } from './dialects/dialect.js';
import { callError, cancelledError, keyMissing, readComplaint, retryAfter, type Subject, statusError } from './failing/errors.js';
import { pause } from './failing/pause.js';
import type { RetryBudget } from './failing/retry-budget.js';
import { type JsonContext, type JsonResponse, jsonCall } from './http/json-call.js';

/** Milliseconds for embeddings, the one retry included: of one text, which stands before the first call of a run, and of a client's batch. */
const LIMIT = { one: 10_000, batch: 60_000 } as const;

/** Whom to ask for embeddings, and with what. */
export interface EmbedContext extends JsonContext {
  random: Random;
  retryBudget: RetryBudget | undefined;
  provider: Provider;
  dialect: WireDialect;
}

/** A provider's answer to a request for embeddings, as it came. */
export interface ForwardedAnswer extends CallBill {
  /** A JSON object in the shape of the OpenAI API, with a list `data`. */
  body: Record<string, unknown>;
}

/**
 * Asks an embedding model for the place of a text. Trouble that may pass is tried once more.
 * @throws MomError as a call does
 */
export async function embed(context: EmbedContext, model: string, text: string, signal: AbortSignal): Promise<Embedding> {
  const { dialect } = context;
  const body = { ...routing(context), model: dialect.modelId(model), input: text, encoding_format: 'float' };
  return ask(context, { model, body, limit: LIMIT.one, signal }, (value) => {
    const vector = vectorOf(value);
    return vector && { vector, ...billOf(value) };
  });
}

/**
 * Passes a client's request for embeddings on: as it came, with the provider's own id of the model and its routing. Trouble
 * that may pass is tried once more.
 * @throws MomError as a call does
 */
export async function forwardEmbeddings(
  context: EmbedContext,
  request: Record<string, unknown> & { model: string },
  signal: AbortSignal,
): Promise<ForwardedAnswer> {
  const body = { ...request, ...routing(context), model: context.dialect.modelId(request.model) };
  return ask(context, { model: request.model, body, limit: LIMIT.batch, signal }, (value) =>
    isRecord(value) && Array.isArray(value.data) && value.data.length > 0 ? { body: value, ...billOf(value) } : null,
  );
}

/**
 * What of a provider's settings holds for embeddings too: OpenRouter's routing, from its extra body and, which wins, its data
 * policy. The rest of an extra body is written for chats, and refused here by many.
 */
function routing({ provider, dialect }: EmbedContext): Record<string, unknown> {
  const parts = [provider.extraBody.provider, dialect.policy(provider).provider].filter(isRecord);
  return parts.length === 0 ? {} : { provider: Object.assign({}, ...parts) };
}

interface Question {
  model: string;
  body: Record<string, unknown>;
  /** Milliseconds. */
  limit: number;
  signal: AbortSignal;
}

/** @param read null where the answer is none */
async function ask<T>(context: EmbedContext, { model, body, limit, signal }: Question, read: (value: unknown) => T | null): Promise<T> {
  const { provider, dialect, clock } = context;
  const subject: Subject = { provider, model };
  if (provider.needsKey && !provider.apiKey) throw keyMissing(subject);
  const deadline = clock.now() + limit;
  context.retryBudget?.start();
  const once = async (): Promise<T> => {
    const rest = deadline - clock.now();
    const response = await jsonCall(context, { provider, dialect, about: model, path: '/embeddings', body, limit: rest, signal });
    return readAnswer(response, subject, clock.date(), read);
  };
  try {
    return await once();
  } catch (error) {
    if (!isMomError(error) || !mayPass(error)) throw error;
    const delay = error.retryAfterMs ?? context.random() * RETRY.base;
    if (clock.now() + delay >= deadline || context.retryBudget?.take() === false) throw error;
    await pause(delay, clock, signal);
    if (signal.aborted) throw cancelledError(signal, model);
    return once();
  }
}

/** A limit of mom's own is not passing: its time is used up. */
function mayPass(error: MomError): boolean {
  return ERRORS[error.code].retry && (error.code !== 'timeout' || error.status !== null);
}

function readAnswer<T>({ status, headers, text, value }: JsonResponse, subject: Subject, now: Date, read: (value: unknown) => T | null): T {
  const { provider, model } = subject;
  if (status < 200 || status > 299) {
    const wait = retryAfter(headers, now);
    const said = readComplaint(value, status) ?? {
      message: /^\s*</.test(text) ? 'an HTML page instead of a reason' : text,
      param: null,
      status,
    };
    throw statusError(subject, wait === undefined ? said : { ...said, retryAfterMs: wait });
  }
  const answer = read(value);
  if (answer !== null) return answer;
  // Some gateways answer 200 and put the refusal into the body.
  const complaint = isRecord(value) && 'error' in value ? readComplaint(value, null) : null;
  if (complaint) throw statusError(subject, complaint);
  throw callError('bad_response', `${provider.name} sent no embedding for ${model}`, { hint: `check that ${model} is an embedding model` });
}

/** A list of numbers that points somewhere. */
function vectorOf(value: unknown): number[] | null {
  const first: unknown = isRecord(value) && Array.isArray(value.data) ? value.data[0] : null;
  const vector: unknown = isRecord(first) ? first.embedding : null;
  if (!Array.isArray(vector) || !vector.every((number): number is number => Number.isFinite(number))) return null;
  return vector.some((number) => number !== 0) ? vector : null;
}

function billOf(value: unknown): CallBill {
  const usage = isRecord(value) && isRecord(value.usage) ? value.usage : {};
  const count = [usage.prompt_tokens, usage.total_tokens].find((number) => typeof number === 'number' && number >= 0);
  return {
    usage: { input_tokens: typeof count === 'number' ? count : 0, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 },
    cost: typeof usage.cost === 'number' && usage.cost >= 0 ? { usd: usage.cost, source: 'reported' } : { usd: null, source: 'unknown' },
  };
}
