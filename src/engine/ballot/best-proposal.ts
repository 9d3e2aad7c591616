import { extract } from '../../core/extract/index.js';
import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';
import type { RunContext } from '../context.js';
import { memberId } from '../panel/member-id.js';
import { count, winners } from './count.js';
import { isSound } from './sound.js';

/**
 * The proposal that goes out when nobody can merge: the families vote, samples of one model each on their own, and of
 * the winners the heaviest goes out, then the first. Two proposals say the same when their final numbers, or without
 * one their texts, are the same. One that is not sound is taken only if there is no other.
 * @param usable in config order
 * @param members who made them, in whatever layer, for their weights; 1 for one that is not here
 */
export function bestProposal(
  usable: readonly CallRecord[],
  members: readonly Member[],
  run: Pick<RunContext, 'request' | 'format'>,
): CallRecord | null {
  const sound = usable.filter((record) => isSound(record, run));
  const candidates = sound.length > 0 ? sound : usable;
  const weights = new Map(members.map((member) => [member.id, member.weight]));
  const voters = candidates.map(({ id, family }) => ({ id, family, weight: weights.get(memberId(id)) ?? 1 }));
  const [best] = winners(count(voters, new Map(candidates.map((record) => [record.id, said(record)]))));
  return candidates.find((record) => record.id === best) ?? null;
}

/** True when all texts are the same but for white space around them: there is nothing to merge. */
export function allIdentical(usable: readonly CallRecord[]): boolean {
  return new Set(usable.map((record) => record.text?.trim())).size === 1;
}

function said({ text }: CallRecord): string {
  const number = extract('number', text ?? '');
  return number === null ? `text ${text?.trim()}` : `number ${number}`;
}
