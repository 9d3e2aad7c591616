import { fairCoin } from './binomial.js';

export interface PositionBias {
  first_share: number;
  p: number;
  consistent: number;
}

/**
 * Whether a judge prefers what it is shown first, from the pairs that it has read in both orders (`ab` and `ba` are the share of
 * `a`, from 0 to 1). `first_share`: how often the first one shown won, of the looks without a tie, 0.5 where all are ties.
 * `consistent`: the share of pairs with the same result in both orders. Null without such pairs.
 *
 * `p` is a two-sided sign test over pairs (swapping positions as in Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot
 * Arena", 2023): in those where the order changed the result, the first and the second place should profit equally often. Looks
 * alone would not do: both looks at a pair depend on its answers, so their share of firsts varies less than a fair coin's.
 */
export function positionBias(looks: readonly { ab: number | null; ba: number | null }[]): PositionBias | null {
  const both = looks.flatMap(({ ab, ba }) => (ab === null || ba === null ? [] : [[Math.sign(ab - 0.5), Math.sign(ba - 0.5)] as const]));
  if (both.length === 0) return null;
  const decided = both.flat().filter((sign) => sign !== 0).length;
  const firstWon = both.reduce((sum, [ab, ba]) => sum + Number(ab > 0) + Number(ba < 0), 0);
  // Shown first, `a` does better than shown second.
  const toFirst = both.filter(([ab, ba]) => ab > ba).length;
  const toSecond = both.filter(([ab, ba]) => ab < ba).length;
  return {
    first_share: decided === 0 ? 0.5 : firstWon / decided,
    p: fairCoin(toFirst, toFirst + toSecond),
    consistent: (both.length - toFirst - toSecond) / both.length,
  };
}
