import { ERRORS, isMomError, type MomError } from '../core/error.js';
import { RETRY } from '../core/limits.js';
import type { Provider } from '../core/model.js';
import type { Embedding } from '../core/model-client.js';
import type { Random } from '../core/random.js';
import type { WireDialect } from './dialect.js';
import { callError, cancelledError, isRecord, keyMissing, readComplaint, retryAfter, type Subject, statusError } from './errors.js';
import { type JsonContext, type JsonResponse, jsonCall } from './json-call.js';

/** Milliseconds for an embedding, its one retry included: it stands before the first call of a run. */
const LIMIT = 10_000;

/**
 * Asks an embedding model for the place of a text. Trouble that may pass is tried once more.
 * @throws MomError as a call does
 */
export async function embed(
  context: JsonContext & { random: Random },
  provider: Provider,
  dialect: WireDialect,
  model: string,
  text: string,
  signal: AbortSignal,
): Promise<Embedding> {
  const subject: Subject = { provider, model };
  if (provider.needsKey && !provider.apiKey) throw keyMissing(subject);
  const deadline = context.clock.now() + LIMIT;
  const body = { ...dialect.policy(provider), model: dialect.modelId(model), input: text, encoding_format: 'float' };
  const once = async (): Promise<Embedding> => {
    const limit = deadline - context.clock.now();
    const response = await jsonCall(context, { provider, dialect, about: model, path: '/embeddings', body, limit, signal });
    return read(response, subject, context.clock.date());
  };
  try {
    return await once();
  } catch (error) {
    if (!isMomError(error) || !mayPass(error)) throw error;
    const delay = error.retryAfterMs ?? context.random() * RETRY.base;
    if (context.clock.now() + delay >= deadline) throw error;
    await pause(delay, context, subject, signal);
    return once();
  }
}

/** A limit of mom's own is not passing: its time is used up. */
function mayPass(error: MomError): boolean {
  return ERRORS[error.code].retry && (error.code !== 'timeout' || error.status !== null);
}

function pause(ms: number, { clock }: JsonContext, { model }: Subject, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      disarm();
      reject(cancelledError(signal, model));
    };
    const disarm = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function read({ status, headers, text, value }: JsonResponse, subject: Subject, now: Date): Embedding {
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
  const vector = vectorOf(value);
  if (vector) return { vector, ...billOf(value) };
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

function billOf(value: unknown): Pick<Embedding, 'usage' | 'cost'> {
  const usage = isRecord(value) && isRecord(value.usage) ? value.usage : {};
  const count = [usage.prompt_tokens, usage.total_tokens].find((number) => typeof number === 'number' && number >= 0);
  return {
    usage: { input_tokens: typeof count === 'number' ? count : 0, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 },
    cost: typeof usage.cost === 'number' && usage.cost >= 0 ? { usd: usage.cost, source: 'reported' } : { usd: null, source: 'unknown' },
  };
}
