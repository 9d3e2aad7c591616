import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalData } from '../../../core/eval/data.js';
import { Evidence } from '../evidence.js';
import { costPerPrompt } from './costs.js';

/** From 0 to 1, mean over so many prompts. */
export interface Quality {
  value: number;
  n: number;
}

/** A contestant with less than this share of the prompts of another one can't be said to be better. */
const COMPARABLE = 0.5;

/**
 * How good each contestant is, mean over the prompts that `isWanted`: its score where there is one, else its share of the win
 * over the baseline, which itself has 0.5 there. Null where nothing is known.
 */
export function qualities(
  data: EvalData,
  evidence: Evidence,
  baseline: number,
  isWanted?: (prompt: number) => boolean,
): (Quality | null)[] {
  const preferences = data.contestants.map((_, contestant) => evidence.preference(contestant, baseline));
  const isJudged = (prompt: number) => preferences.some(({ of }, contestant) => contestant !== baseline && of(prompt) !== null);
  return data.contestants.map((_, contestant) => {
    let [sum, n] = [0, 0];
    for (let prompt = 0; prompt < data.prompts.length; prompt++) {
      if (isWanted && !isWanted(prompt)) continue;
      const share = evidence.score(contestant, prompt) ?? preferences[contestant]?.of(prompt) ?? null;
      const known = share ?? (contestant === baseline && isJudged(prompt) ? 0.5 : null);
      if (known === null) continue;
      sum += known;
      n += 1;
    }
    return n === 0 ? null : { value: sum / n, n };
  });
}

/** The contestants, of these, that are known well enough to be the best one, the best first; of equal ones the cheaper. */
export function byWorth(data: EvalData, quality: readonly (Quality | null)[], contestants: readonly number[]): number[] {
  const most = Math.max(0, ...contestants.map((contestant) => quality[contestant]?.n ?? 0));
  const costs = new Map(contestants.map((contestant) => [contestant, costPerPrompt(data.outcomes[contestant] ?? [])?.value ?? null]));
  return contestants
    .filter((contestant) => (quality[contestant]?.n ?? -1) >= COMPARABLE * most)
    .sort(
      (a, b) => (quality[b]?.value ?? 0) - (quality[a]?.value ?? 0) || cheaperFirst(costs.get(a) ?? null, costs.get(b) ?? null) || a - b,
    );
}

/**
 * Index of the best single model: of the models that were named, the members alone, and mixtures that only ask one model, the
 * one with the best {@link qualities}; of equal ones the cheaper. Null where there is none, or nothing is known of any.
 *
 * It is chosen on the same prompts that it is then compared on, which flatters it a little: a mixture that beats it has beaten
 * a harder opponent than a model that was chosen before.
 */
export function bestSingle(data: EvalData, baseline: string): number | null {
  const of = data.contestants.findIndex(({ name }) => name === baseline);
  return bestSingleBy(data, qualities(data, new Evidence(data), of));
}

/** The same, where the qualities are known already. */
export function bestSingleBy(data: EvalData, quality: readonly (Quality | null)[]): number | null {
  const isSingle = ({ role, mixture }: Contestant) =>
    role === 'model' || role === 'member' || (role === 'mixture' && mixture?.strategy === 'single');
  const singles = data.contestants.flatMap((contestant, index) => (isSingle(contestant) ? [index] : []));
  return byWorth(data, quality, singles)[0] ?? null;
}

/** Unknown prices last. */
export function cheaperFirst(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a - b;
}
