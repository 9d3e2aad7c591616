import type { ProviderComplaint } from '../failing/errors.js';
import type { Body } from './body.js';
import { roomForOutput } from './output-limit.js';

/** A body that does without what a provider refused. */
export interface Repair {
  body: Body;
  /** By which this repair is known: none is made twice. */
  mark: string;
  /** In words for the user. */
  refused: string;
  how: string;
}

const COMPLAINT =
  /unsupported|unavailable|(not|n['’]t) support|not enabled|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|extra (input|field)|invalid (parameter|argument|field)|invalid schema for response_format|cannot be (combined|used)|use '?max_/i;
const NEVER_DROPPED = new Set(['model', 'messages', 'stream', 'provider', 'tools']);
const TWINS: Readonly<Record<string, string>> = { max_tokens: 'max_completion_tokens', max_completion_tokens: 'max_tokens' };
const OTHER_WORDS: Readonly<Record<string, RegExp>> = {
  response_format: /json mode|response mime type|json_schema|structured outputs?/i,
  tool_choice: /tool choice/i,
};

/** Wishes that some providers refuse with 403 (not for this key) or 422 (no such field): an answer without them is worth having. */
const REFUSED_OTHERWISE = new Set(['logprobs', 'parallel_tool_calls', 'response_format', 'tool_choice']);

/**
 * What to send instead after a refusal: with 400 for any parameter that it names as unsupported, with 403 and 422 for a mere
 * wish, and for an output limit that is too large with the one that the provider names. Null when nothing is to be mended, or
 * it was mended before.
 */
export function repairBody(body: Body, complaint: ProviderComplaint, repaired: ReadonlySet<string>): Repair | null {
  const { status } = complaint;
  if (status !== 400 && status !== 403 && status !== 422) return null;
  return (status === 403 ? null : lowered(body, complaint.message, repaired)) ?? withoutRefused(body, complaint, repaired);
}

function lowered(body: Body, message: string, repaired: ReadonlySet<string>): Repair | null {
  const name = Object.keys(TWINS).find((twin) => typeof body[twin] === 'number');
  const room = name === undefined ? null : roomForOutput(message);
  if (name === undefined || room === null) return null;
  const { [name]: value, ...rest } = body;
  const refused = `${name} ${value}`;
  const mark = `${name} lowered`;
  if (room.tokens !== null && room.tokens < Number(value) && !repaired.has(mark))
    return { body: { ...rest, [name]: room.tokens }, mark, refused, how: `with ${room.tokens}` };
  return { body: rest, mark: name, refused, how: 'without it' };
}

function withoutRefused(body: Body, { status, message, param }: ProviderComplaint, repaired: ReadonlySet<string>): Repair | null {
  if (!COMPLAINT.test(message)) return null;
  const mayDrop = (name: string) => (status === 400 ? !NEVER_DROPPED.has(name) : REFUSED_OTHERWISE.has(name));
  const candidates = Object.keys(body).filter((name) => mayDrop(name) && !repaired.has(name));
  const named = candidates.find((name) => param === name || param?.startsWith(`${name}.`));
  const dropped = named ?? candidates.find((name) => isNamed(name, message)) ?? candidates.find((name) => OTHER_WORDS[name]?.test(message));
  if (dropped === undefined) return null;
  const { [dropped]: value, ...rest } = body;
  const twin = TWINS[dropped];
  if (twin === undefined || twin in body || repaired.has(twin)) return { body: rest, mark: dropped, refused: dropped, how: 'without it' };
  return { body: { ...rest, [twin]: value }, mark: dropped, refused: dropped, how: `with ${twin}` };
}

function isNamed(name: string, message: string): boolean {
  return new RegExp(`(?<![\\w.])${name.replace(/\W/g, '\\$&')}(?!\\w)`, 'i').test(message);
}
