import type { Provider } from '../core/model.js';
import type { CallRequest } from '../core/model-client.js';
import type { WireDialect } from './dialect.js';
import type { ProviderComplaint } from './errors.js';

export type Body = Record<string, unknown>;

/** The request's body: extra bodies of provider and member win over parameters, mom's own fields over both. */
export function buildBody(dialect: WireDialect, provider: Provider, request: CallRequest): Body {
  const { reasoning_effort: _dialects, logprobs, ...params } = request.params;
  const extras = dialect.extras(provider, request);
  // Only a wish for them is sent: servers that do not know the field refuse a `false` as well.
  const wishes = logprobs === true ? { logprobs } : {};
  const body: Body = { ...params, ...wishes, ...extras, ...provider.extraBody, ...request.extraBody };
  // A routing wish in extra_body adds to the data policy and can't lift it.
  if (isObject(extras.provider) && isObject(body.provider)) body.provider = { ...body.provider, ...extras.provider };
  for (const [name, value] of Object.entries(body)) if (value === undefined) delete body[name];
  return { ...body, model: dialect.modelId(request.model), messages: request.messages, stream: true };
}

const COMPLAINT =
  /unsupported|(not|n['’]t) support|not enabled|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|extra (input|field)|invalid (parameter|argument|field)|use '?max_/i;
const NEVER_DROPPED = new Set(['model', 'messages', 'stream', 'provider']);
const TWINS: Readonly<Record<string, string>> = { max_tokens: 'max_completion_tokens', max_completion_tokens: 'max_tokens' };

/** A body without the parameter a provider refused, and what was done. */
export interface Repair {
  body: Body;
  dropped: string;
  /** The name its value goes by now. */
  renamed: string | null;
}

/** Wishes that some providers refuse with 403 (not for this key) or 422 (no such field): an answer without them is worth having. */
const REFUSED_OTHERWISE = new Set(['logprobs']);

/**
 * What to send instead after a refusal that names a parameter of `body` as unsupported: any with 400, a mere wish with
 * 403 and 422 too. Null when it names none, or one that was repaired before.
 */
export function repairBody(body: Body, complaint: ProviderComplaint, repaired: ReadonlySet<string>): Repair | null {
  const { status, message, param } = complaint;
  if ((status !== 400 && status !== 403 && status !== 422) || !COMPLAINT.test(message)) return null;
  const mayDrop = (name: string) => (status === 400 ? !NEVER_DROPPED.has(name) : REFUSED_OTHERWISE.has(name));
  const candidates = Object.keys(body).filter((name) => mayDrop(name) && !repaired.has(name));
  const named = candidates.filter((name) => param === name || param?.startsWith(`${name}.`));
  const said = candidates.filter((name) => new RegExp(`(?<![\\w.])${name.replace(/\W/g, '\\$&')}(?!\\w)`, 'i').test(message));
  const dropped = named[0] ?? said[0];
  if (dropped === undefined) return null;
  const { [dropped]: value, ...rest } = body;
  const twin = TWINS[dropped];
  if (twin === undefined || twin in body || repaired.has(twin)) return { body: rest, dropped, renamed: null };
  return { body: { ...rest, [twin]: value }, dropped, renamed: twin };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
