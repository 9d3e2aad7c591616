import { makeFence } from '../../core/fence.js';
import { CHARS_PER_TOKEN } from '../../core/limits.js';
import type { Message } from '../../core/message.js';
import { messageText } from '../../core/message.js';
import { type Random, shuffled } from '../../core/random.js';
import type { CallRecord } from '../../core/run.js';

/** A proposal as the critic sees it: `A1` is the first candidate of the family with the letter A. */
export interface Candidate {
  label: string;
  proposalId: string;
  text: string;
  /** Characters left out of the middle because the critic's context is too small; 0 as a rule. */
  omitted: number;
}

/** What one candidate may keep at least, in characters, however many there are. */
const MIN_CANDIDATE_CHARS = 200;

/** Tokens of a critic's context that are kept free for its answer. */
const ANSWER_RESERVE_TOKENS = 4_000;

/**
 * Anonymous candidates: one letter per family, letters and order drawn by chance.
 * @param contextTokens the critic's context, null where it is not known: then nothing is shortened
 */
export function makeCandidates(
  usable: readonly CallRecord[],
  conversation: readonly Message[],
  contextTokens: number | null,
  random: Random,
): Candidate[] {
  const letters = new Map(shuffled([...new Set(usable.map((record) => record.family))], random).map((family, i) => [family, letter(i)]));
  const room = contextTokens === null ? Number.POSITIVE_INFINITY : candidateRoom(usable, conversation, contextTokens);
  const counts = new Map<string, number>();
  return shuffled(usable, random).map((record) => {
    const family = letters.get(record.family) ?? '';
    const count = (counts.get(family) ?? 0) + 1;
    counts.set(family, count);
    return { label: `${family}${count}`, proposalId: record.id, ...shorten(record.text ?? '', room) };
  });
}

/** The candidates between fences that none of them can close. */
export function fenceCandidates(
  candidates: readonly Candidate[],
  conversation: readonly Message[],
  drawNonce: () => string,
): { nonce: string; text: string } {
  const fence = makeFence([...candidates.map((c) => c.text), ...conversation.map(messageText)], drawNonce);
  return { nonce: fence.nonce, text: candidates.map((c) => fence.wrap(c.label, c.text)).join('\n\n') };
}

/** A, B, … Z, AA, AB, … */
function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}

/** Characters each candidate may have: what the context leaves, shared so that short candidates stay whole. */
function candidateRoom(usable: readonly CallRecord[], conversation: readonly Message[], contextTokens: number): number {
  const taken = conversation.reduce((sum, message) => sum + messageText(message).length, 0);
  let free = Math.max(0, (contextTokens - ANSWER_RESERVE_TOKENS) * CHARS_PER_TOKEN - taken);
  const lengths = usable.map((record) => record.text?.length ?? 0).sort((a, b) => a - b);
  for (const [i, length] of lengths.entries()) {
    const share = free / (lengths.length - i);
    if (length > share) return Math.max(MIN_CANDIDATE_CHARS, Math.floor(share));
    free -= length;
  }
  return Number.POSITIVE_INFINITY;
}

function shorten(text: string, room: number): { text: string; omitted: number } {
  if (text.length <= room) return { text, omitted: 0 };
  const head = Math.ceil(room * 0.5);
  const tail = Math.floor(room * 0.5);
  const omitted = text.length - head - tail;
  return {
    text: `${text.slice(0, head)}\n[… ${omitted} characters left out here: too long for the reader …]\n${text.slice(-tail)}`,
    omitted,
  };
}
