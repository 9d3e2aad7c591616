import type { Dialect } from '../../core/model.js';
import { isRecord } from '../../core/record.js';
import type { ProviderComplaint } from '../failing/errors.js';
import type { Body } from './body.js';
import type { Repair } from './repair.js';

/** Google's own word for calls that another model made, or of which the signature is lost. */
const UNSIGNED = 'skip_thought_signature_validator';

/** Gemini: a call without a signature. DeepSeek: a call without its thoughts. */
const MISSED = { signature: /missing a [`'"]?thought_?signature/i, content: /reasoning_content[`'"]?\s.{0,60}must be passed back/i };

/** Thoughts that the provider does not take back, such as those of another model behind the same name. */
const UNWANTED =
  /(invalid|corrupt|malformed).{0,40}(thought.?signature|signature)|signature[`'"]? in [`'"]?thinking|(reasoning_content|reasoning_details|extra_content)/i;

/** Characters of a provider's words that are looked at. */
const MAX_READ = 4_000;

/**
 * What to send instead when a provider misses the thoughts that led to earlier tool calls (another model made them, or they are
 * no longer kept), or does not take those that were put back. Null when its words are about something else.
 */
export function mendThoughts(body: Body, complaint: ProviderComplaint, repaired: ReadonlySet<string>, dialect: Dialect): Repair | null {
  const said = complaint.message.slice(0, MAX_READ);
  if (complaint.status !== 400 && complaint.status !== 422) return null;
  if (MISSED.signature.test(said)) {
    return mended(body, repaired, 'missed', 'unsigned tool calls', 'with a mark that says so', (message) =>
      dialect === 'openrouter' ? withEncryptedMark(message) : withSignatureMark(message),
    );
  }
  if (MISSED.content.test(said)) {
    return mended(body, repaired, 'missed', 'tool calls without thoughts', 'with empty ones', (message) =>
      'reasoning_content' in message ? message : { ...message, reasoning_content: '' },
    );
  }
  if (!UNWANTED.test(said)) return null;
  return mended(body, repaired, 'unwanted', 'the thoughts of earlier turns', 'without them', withoutThoughts);
}

type Json = Record<string, unknown>;

/** @param mend returns the very same message where there is nothing to do */
function mended(
  body: Body,
  repaired: ReadonlySet<string>,
  kind: string,
  refused: string,
  how: string,
  mend: (message: Json) => Json,
): Repair | null {
  const mark = `thoughts ${kind}`;
  if (repaired.has(mark) || !Array.isArray(body.messages)) return null;
  const before: readonly unknown[] = body.messages;
  const messages = before.map((message) => (isRecord(message) && callsOf(message).length > 0 ? mend(message) : message));
  return messages.some((message, i) => message !== before[i]) ? { body: { ...body, messages }, mark, refused, how } : null;
}

function callsOf({ tool_calls }: Json): Json[] {
  return Array.isArray(tool_calls) ? tool_calls.filter(isRecord) : [];
}

/** Of calls made at once only the first is signed. */
function withSignatureMark(message: Json): Json {
  const [first, ...others] = callsOf(message);
  if (first === undefined || [first, ...others].some((call) => call.extra_content !== undefined)) return message;
  return { ...message, tool_calls: [{ ...first, extra_content: { google: { thought_signature: UNSIGNED } } }, ...others] };
}

function withEncryptedMark(message: Json): Json {
  const details = Array.isArray(message.reasoning_details) ? message.reasoning_details.filter(isRecord) : [];
  if (details.some((detail) => detail.type === 'reasoning.encrypted')) return message;
  const marks = callsOf(message).map(({ id }, i) => ({
    type: 'reasoning.encrypted',
    data: UNSIGNED,
    id,
    format: 'google-gemini-v1',
    index: details.length + i,
  }));
  return { ...message, reasoning_details: [...details, ...marks] };
}

function withoutThoughts(message: Json): Json {
  const { reasoning_details, reasoning_content, ...rest } = message;
  const calls = callsOf(message);
  if (reasoning_details === undefined && reasoning_content === undefined && calls.every((call) => call.extra_content === undefined)) {
    return message;
  }
  return { ...rest, tool_calls: calls.map(({ extra_content: _, ...call }) => call) };
}
