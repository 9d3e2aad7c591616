export interface Agreement {
  n: number;
  same: number;
  kappa: number | null;
}

/**
 * How much two judges agree on who won (a preference above 0.5, below, or a tie), over the pairs that both have seen: the share
 * with the same winner, and kappa, which takes out what chance would give (J. Cohen, "A coefficient of agreement for nominal
 * scales", 1960). Kappa is null where chance alone would make them agree always, as where both name one winner throughout.
 */
export function agreement(pairs: readonly (readonly [number, number])[]): Agreement {
  const n = pairs.length;
  const first = [0, 0, 0];
  const second = [0, 0, 0];
  let equal = 0;
  for (const [one, other] of pairs) {
    const [a, b] = [winner(one), winner(other)];
    first[a] = (first[a] ?? 0) + 1;
    second[b] = (second[b] ?? 0) + 1;
    if (a === b) equal++;
  }
  if (n === 0) return { n, same: 0, kappa: null };
  const byChance = first.reduce((sum, count, i) => sum + count * (second[i] ?? 0), 0) / n ** 2;
  return { n, same: equal / n, kappa: byChance === 1 ? null : (equal / n - byChance) / (1 - byChance) };
}

function winner(preference: number): 0 | 1 | 2 {
  if (preference === 0.5) return 2;
  return preference > 0.5 ? 1 : 0;
}
