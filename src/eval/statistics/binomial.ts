/** Lanczos' approximation with g = 7 and nine terms (P. Godfrey 2001): relative error below 1e-14. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const LANCZOS_G = 7;

/** Terms this small beside their sum change no digit of it. */
const NEGLIGIBLE = 1e-17;

/**
 * Two-sided p of so many heads in `n` throws of a fair coin (exact binomial test; Clopper and Pearson 1934): twice the
 * probability of the tail, at most 1. Computed from logarithms, so that it holds for n of 100,000 and more. No throws: 1.
 */
export function fairCoin(heads: number, n: number): number {
  const fewer = Math.min(heads, n - heads);
  if (fewer * 2 >= n) return 1;
  // The tail relative to its largest term: P(j - 1) / P(j) = j / (n - j + 1).
  let term = 1;
  let tail = 0;
  for (let j = fewer; j >= 0 && term > tail * NEGLIGIBLE; j--) {
    tail += term;
    term *= j / (n - j + 1);
  }
  return Math.min(1, 2 * tail * Math.exp(logChoose(n, fewer) - n * Math.LN2));
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

function logFactorial(n: number): number {
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (n + i);
  const t = n + LANCZOS_G + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (n + 0.5) * Math.log(t) - t + Math.log(sum);
}
