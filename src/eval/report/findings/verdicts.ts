import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalKind } from '../../../core/eval/prompt.js';
import type { Finding, VerdictReport } from '../../../core/eval/report.js';
import { holm } from '../../statistics/holm.js';
import { type Compared, type Comparing, compare, costRatio } from './compare.js';
import { findingOf } from './finding.js';
import { MIN_PROMPTS, promptsNeeded } from './needs.js';
import { verdictSentence } from './sentence.js';

/** Two contestants whose comparison answers the question. */
export interface Duel {
  contestant: number;
  against: number;
  role: VerdictReport['against_role'];
}

/** More contestants than this without a mixture are a board, not a question. */
const MOST_WITHOUT_MIXTURE = 3;

/**
 * Every mixture against the best single model and, where there is one, against that model sampled at the mixture's price. Where
 * that compares nobody, the others against the baseline: all of a few, of many models the best one.
 * @param of `ranked`: the contestants by their quality, the best first
 */
export function duelsOf(
  { contestants }: Comparing['data'],
  of: { bestSingle: number | null; baseline: number; ranked: readonly number[] },
): Duel[] {
  const duels = mixtureDuels(contestants, of.bestSingle);
  if (duels.length > 0 || of.baseline < 0) return duels;
  const others = of.ranked.filter((contestant) => contestant !== of.baseline);
  const isMany = contestants.length > MOST_WITHOUT_MIXTURE;
  const asked = isMany ? others.filter((contestant) => contestants[contestant]?.role !== 'given').slice(0, 1) : others;
  return asked.map((contestant) => ({ contestant, against: of.baseline, role: 'baseline' }));
}

function mixtureDuels(contestants: readonly Contestant[], bestSingle: number | null): Duel[] {
  return contestants.flatMap(({ name, role }, contestant) => {
    if (role !== 'mixture') return [];
    const single: Duel[] =
      bestSingle === null || bestSingle === contestant ? [] : [{ contestant, against: bestSingle, role: 'best_single' }];
    const sampled = contestants.flatMap((other, against): Duel[] =>
      other.role === 'sampled' && other.matches.includes(name) ? [{ contestant, against, role: 'sampled' }] : [],
    );
    return [...single, ...sampled];
  });
}

/**
 * The answers to the question, one per duel. p values are corrected for the number of verdicts ({@link holm}); those of the
 * verdicts by kind, which is another question, among themselves.
 * @param margin points
 */
export function verdictsOf(comparing: Comparing, duels: readonly Duel[], kinds: readonly EvalKind[], margin: number): VerdictReport[] {
  const { prompts } = comparing.data;
  const wholes = duels.map(({ contestant, against }) => compare(comparing, contestant, against));
  const parts = duels.flatMap(({ contestant, against }, duel) =>
    kinds.map((kind) => ({ duel, kind, compared: compare(comparing, contestant, against, (prompt) => prompts[prompt]?.kind === kind) })),
  );
  const findings = corrected(wholes, margin);
  const byKind = corrected(
    parts.map(({ compared }) => compared),
    margin,
  );
  return duels.map((duel, i) => {
    const own = parts.flatMap((part, k): [EvalKind, Finding][] => (part.duel === i ? [[part.kind, byKind[k] as Finding]] : []));
    return verdictOf(comparing, duel, wholes[i] as Compared, findings[i] as Finding, Object.fromEntries(own), margin);
  });
}

function corrected(all: readonly Compared[], margin: number): Finding[] {
  const tested = all.filter(({ n }) => n >= MIN_PROMPTS);
  const ps = holm(tested.map(({ p }) => p));
  return all.map((compared) => findingOf(compared, ps[tested.indexOf(compared)] ?? 1, margin));
}

function verdictOf(
  { data }: Comparing,
  { contestant, against, role }: Duel,
  compared: Compared,
  finding: Finding,
  kinds: VerdictReport['kinds'],
  margin: number,
): VerdictReport {
  const [own, other] = [data.contestants[contestant], data.contestants[against]];
  const isShown = finding === 'better' || finding === 'worse';
  const verdict = {
    contestant: own?.name ?? '',
    against: other?.name ?? '',
    against_role: role,
    finding,
    kinds,
    cost_ratio: costRatio(compared),
    prompts_needed: isShown ? null : promptsNeeded(compared),
  };
  const isAlone = role === 'best_single' && (other?.role === 'model' || other?.role === 'member');
  const isFree = own?.role === 'given' && other?.role === 'given';
  return { ...verdict, sentence: verdictSentence(verdict, compared, { isAlone, isFree, margin }) };
}
