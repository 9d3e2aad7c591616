/**
 * The p values corrected for there being several of them (S. Holm, "A simple sequentially rejective multiple test procedure",
 * Scandinavian Journal of Statistics 6, 1979): the smallest times their number, the next times one less, and so on; none below
 * a smaller one's.
 */
export function holm(ps: readonly number[]): number[] {
  const corrected = new Array<number>(ps.length).fill(1);
  let floor = 0;
  for (const [place, index] of [...ps.keys()].sort((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1)).entries()) {
    floor = Math.max(floor, Math.min(1, (ps.length - place) * (ps[index] ?? 1)));
    corrected[index] = floor;
  }
  return corrected;
}
