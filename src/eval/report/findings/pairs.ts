import type { PairReport } from '../../../core/eval/report.js';
import { type Compared, type Comparing, compare, costRatio } from './compare.js';

/** Every two contestants of which anything is known on the same prompts; in this order of theirs. */
export function pairsOf(comparing: Comparing, order: readonly number[]): PairReport[] {
  return order.flatMap((a, place) => order.slice(place + 1).flatMap((b) => pairOf(comparing, a, b) ?? []));
}

function pairOf(comparing: Comparing, a: number, b: number): PairReport | null {
  const { contestants } = comparing.data;
  const compared: Compared = compare(comparing, a, b);
  if (compared.basis === null) return null;
  const { n, wins, losses, ties, difference, p, basis } = compared;
  const names = { a: contestants[a]?.name ?? '', b: contestants[b]?.name ?? '' };
  return { ...names, basis, n, wins, losses, ties, difference, p, cost_ratio: costRatio(compared) };
}
