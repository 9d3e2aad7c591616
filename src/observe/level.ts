import type { CallRecord } from '../core/run.js';

/** A call's later place in its run, null for the first one: `layer 2` of deep, `tier 2` of a cascade, `round 1` of refining. */
export function levelOf({ id, layer }: Pick<CallRecord, 'id' | 'layer'>): string | null {
  const round = /\.[rw](\d+)$/.exec(id)?.[1];
  if (round !== undefined) return `round ${round}`;
  if (layer <= 1) return null;
  // A member's own id, without a number behind it: a cascade asks each of them once.
  return `${id.includes('.') ? 'layer' : 'tier'} ${layer}`;
}

/** True for the first call of a proposer; those of later layers and rounds are the same models again, or read what these said. */
export function isFirstAnswer({ kind, id }: Pick<CallRecord, 'id' | 'kind'>): boolean {
  return kind === 'proposer' && !id.includes('.');
}

/** True for the call of a check that writes its questions; the other ones answer them. */
export function writesQuestions(id: string): boolean {
  return /^v0(\.|$)/.test(id);
}

/** True for the call that compares a draft with its checks, and repairs it. */
export function isRepair(id: string): boolean {
  return id.endsWith('.v');
}
