import type { Comparison, EvalData } from '../../core/eval/data.js';
import { BY, differencesOf, Evidence } from './evidence.js';

/** A prompt on which contestant `a` lost to `b`; all are indexes. */
export interface Loss {
  prompt: number;
  a: number;
  b: number;
}

/**
 * The prompts on which a contestant lost most clearly, at most `n`: first those where it is wrong and the other one right, then
 * those that judges gave it least of, of equal ones those where both orders agree.
 * @param contestant index
 * @param against index
 */
export function worstLosses(data: EvalData, contestant: number, against: number, n: number): Loss[] {
  const pair = new Evidence(data).between(contestant, against);
  const agreed = agreedPrompts(data, contestant, against);
  const differences = differencesOf(pair);
  return [...pair.prompts]
    .map((prompt, place) => ({
      prompt,
      difference: differences[place] ?? 0,
      isJudged: pair.by[place] === BY.judge,
      isAgreed: agreed.has(prompt),
    }))
    .filter(({ difference }) => difference < 0)
    .sort(
      (x, y) =>
        Number(x.isJudged) - Number(y.isJudged) ||
        x.difference - y.difference ||
        Number(y.isAgreed) - Number(x.isAgreed) ||
        x.prompt - y.prompt,
    )
    .slice(0, n)
    .map(({ prompt }) => ({ prompt, a: contestant, b: against }));
}

/** Where a judge has named one winner in both orders. */
function agreedPrompts({ comparisons }: EvalData, contestant: number, against: number): ReadonlySet<number> {
  const isTheirs = ({ a, b }: Comparison) => (a === contestant && b === against) || (a === against && b === contestant);
  const isAgreed = ({ orders: { ab, ba } }: Comparison) => ab !== null && ba !== null && Math.sign(ab - 0.5) === Math.sign(ba - 0.5);
  return new Set(comparisons.filter((comparison) => isTheirs(comparison) && isAgreed(comparison)).map(({ prompt }) => prompt));
}
