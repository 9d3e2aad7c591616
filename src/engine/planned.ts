import type { Member } from '../core/mixture.js';
import type { PlannedCall } from '../core/quote.js';

/** A planned call that every good run makes and that reads the conversation only, changed by `more`. */
export function planned(member: Member, more: Partial<PlannedCall> = {}): PlannedCall {
  return { id: member.id, kind: 'proposer', member, layer: 1, certain: true, reads: { least: 0, most: 0 }, output: null, ...more };
}

/** All members at once. */
export function plannedPanel(members: readonly Member[], more: Partial<PlannedCall> = {}): PlannedCall[] {
  return members.map((member) => planned(member, more));
}

/** A critic that reads the answers of `n` others; none where the plan has no critic. */
export function plannedSynthesis(writers: readonly Member[], n: number, more: Partial<PlannedCall> = {}): PlannedCall[] {
  return writers.slice(0, 1).map((writer) => planned(writer, { kind: 'critic', layer: 0, reads: { least: n, most: n }, ...more }));
}
