import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';

/** A usable answer with what it is compared by. */
export interface KnownAnswer {
  record: CallRecord;
  member: Member;
  /** Its canonical form; null where nothing can be taken out of it. */
  value: string | null;
}

/** Answers that say the same. */
export interface AgreementGroup {
  value: string | null;
  answers: KnownAnswer[];
  families: number;
  /** Each family counts once, with the weight of its heaviest member here. */
  weight: number;
}

/** The answers by what they say: the same value, or where there is none the same text but for white space around it. */
export function groupAnswers(known: readonly KnownAnswer[]): AgreementGroup[] {
  const groups = new Map<string, KnownAnswer[]>();
  for (const answer of known) {
    const key = answer.value === null ? `text ${answer.record.text?.trim()}` : `value ${answer.value}`;
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }
  return [...groups.values()].map((answers) => {
    const weights = new Map<string, number>();
    for (const { member } of answers) weights.set(member.family, Math.max(weights.get(member.family) ?? 0, member.weight));
    const weight = [...weights.values()].reduce((sum, each) => sum + each, 0);
    return { value: answers[0]?.value ?? null, answers, families: weights.size, weight };
  });
}

/** What two families or more agree on; null where none do, or as many agree on something else. */
export function agreedGroup(known: readonly KnownAnswer[]): AgreementGroup | null {
  const [first, second] = groupAnswers(known).sort((a, b) => b.families - a.families);
  return first && first.families >= 2 && first.families > (second?.families ?? 0) ? first : null;
}

/** The answer with the highest weight, then of the latest layer, then the first in the list; null of none. */
export function heaviest(answers: readonly KnownAnswer[]): KnownAnswer | null {
  return answers.reduce<KnownAnswer | null>((best, next) => (best === null || isHeavier(next, best) ? next : best), null);
}

function isHeavier(a: KnownAnswer, b: KnownAnswer): boolean {
  if (a.member.weight !== b.member.weight) return a.member.weight > b.member.weight;
  return a.record.layer > b.record.layer;
}
