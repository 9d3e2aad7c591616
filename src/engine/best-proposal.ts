import { extractNumber } from '../core/extract/number.js';
import type { CallRecord } from '../core/run.js';

/**
 * The proposal that goes out when nobody can merge: one that the most families agree with, else the first in config
 * order. Families agree on the same text or on the same final number.
 */
export function bestProposal(usable: readonly CallRecord[]): CallRecord | null {
  let best = usable[0] ?? null;
  let bestSupport = 1;
  for (const record of usable) {
    const support = new Set(usable.filter((other) => agree(record, other)).map((other) => other.family)).size;
    if (support > bestSupport) {
      best = record;
      bestSupport = support;
    }
  }
  return best;
}

/** True when all texts are the same but for white space around them: there is nothing to merge. */
export function allIdentical(usable: readonly CallRecord[]): boolean {
  return new Set(usable.map((record) => record.text?.trim())).size === 1;
}

function agree(a: CallRecord, b: CallRecord): boolean {
  if (a.text?.trim() === b.text?.trim()) return true;
  const number = extractNumber(a.text ?? '');
  return number !== null && number === extractNumber(b.text ?? '');
}
