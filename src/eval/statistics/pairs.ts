import type { Games } from './games.js';

/** Two contestants, by their indexes. */
export type Pair = readonly [number, number];

/** All pairs that have met, each once, and for every game which of them it was. */
export function pairsOf({ a, b }: Games): { pairs: Pair[]; pairOf: Int32Array } {
  const indexes = new Map<string, number>();
  const pairs: Pair[] = [];
  const pairOf = a.map((one, game) => {
    const other = b[game] as number;
    const key = `${Math.min(one, other)} ${Math.max(one, other)}`;
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, pairs.length);
    return pairs.push([one, other]) - 1;
  });
  return { pairs, pairOf };
}

/** Pairs that would have to meet, so that no contestant stands apart from the first one: nothing is known of how these would end. */
export function bridges(pairs: readonly Pair[], contestants: number): Pair[] {
  const group = Array.from({ length: contestants }, (_, i) => i);
  const join = ([one, other]: Pair) => {
    const [into, gone] = [group[one] as number, group[other] as number];
    for (let i = 0; i < contestants; i++) if (group[i] === gone) group[i] = into;
  };
  for (const pair of pairs) join(pair);
  const added: Pair[] = [];
  for (let i = 1; i < contestants; i++) {
    if (group[i] === group[0]) continue;
    added.push([0, i]);
    join([0, i]);
  }
  return added;
}
