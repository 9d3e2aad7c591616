/** Draws that are the same at every run of the bench. */
export function createChance(seed) {
  let state = seed;
  /** In [0, 1). */
  const draw = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    draw,
    between: (low, high) => low + Math.floor(draw() * (high - low + 1)),
    /** One of [item, weight] pairs. */
    among(weighted) {
      let left = draw() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of weighted) {
        left -= weight;
        if (left < 0) return item;
      }
      return weighted[0][0];
    },
  };
}
