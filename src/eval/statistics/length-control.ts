import { hidesContestant } from './length-collinearity.js';
import type { LengthRegulariser } from './length-reference.js';
import { fitLogistic, type LogisticFit, sigmoid } from './logistic.js';
import { mean, squaredDeviations } from './moments.js';

export type { LengthRegulariser };

/** One entry per prompt in each. Preferences from 0 to 1, lengths in code points; difficulty null: unknown, the term is left out. */
export interface LengthRows {
  preference: Float64Array;
  length: Float64Array;
  baseline_length: Float64Array;
  difficulty: Float64Array | null;
}

/** Percent, its standard error in points. */
export interface LengthControlled {
  win_rate: number;
  standard_error: number | null;
  /** Of tanh of the standardised difference `baseline - contestant`, in logits: below 0 where the judge likes longer answers. */
  length_coefficient: number;
}

/** Only where a fit has no other end, as with a contestant that wins all: the published one has none. */
const RIDGE = 1e-6;

/**
 * The win rate that a contestant would have with answers as long as the baseline's: AlpacaEval 2's length control (Dubois, Galambosi,
 * Liang and Hashimoto, "Length-Controlled AlpacaEval", 2024, arXiv 2404.04475, and tatsu-lab/alpaca_eval, metrics/glm_winrate.py).
 * A logistic fit of the preference on tanh(d / sd(d)) with d = length of the baseline - length of the contestant, the difficulty of
 * the instruction and 1, without another intercept; then the mean of the fitted preferences with the first term set to 0. All rows
 * need a preference. The published fit takes difficulties by position among those that have one: whoever wants its figures passes
 * the first ones, and the regulariser, which is only used together with difficulties.
 *
 * The standard error is that of the jackknife over prompts, each left out in one step of the fit (D. Pregibon, "Logistic regression
 * diagnostics", 1981): what it moves through the coefficients and through the mean. It holds for fractional preferences too; with
 * some dozens of prompts the rate is not normally distributed, and 1.96 errors either way cover less than 95 %. The board's
 * `lc_standard_error` is another thing: the spread of the fitted preferences alone. Null for no more rows than coefficients.
 *
 * All of it null for no rows, and where length and contestant can't be told apart: one that is always longer by about the same
 * never shows what a judge makes of its answers at equal length. The two terms are then nearly multiples of each other, and only
 * the ridge would say how much of the preference is whose, the jackknife error being as small as ever: it leaves out rows, and
 * none of them tells the terms apart.
 */
export function lengthControlled(rows: LengthRows, regulariser: LengthRegulariser | null): LengthControlled | null {
  const n = rows.preference.length;
  if (n === 0) return null;
  const features = featuresOf(rows);
  if (features === null) return null;
  const problem = withRegulariser(rows, features, regulariser);
  const fit = fitLogistic(problem);
  if (hidesContestant(problem, fit.coefficients)) return null;
  const fair = fairPreferences(features, fit.coefficients, n);
  return {
    win_rate: 100 * mean(fair),
    standard_error: standardError(rows.preference, features, fit, fair),
    length_coefficient: fit.coefficients[0] as number,
  };
}

/** Row by row: tanh of the length difference, the difficulty where it is known, 1. Null for one difference, the same in all rows. */
function featuresOf({ length, baseline_length, difficulty }: LengthRows): Float64Array | null {
  const differences = baseline_length.map((value, i) => value - (length[i] as number));
  const deviation = Math.sqrt(squaredDeviations(differences) / differences.length);
  if (deviation === 0 && differences[0] !== 0) return null;
  const columns = difficulty === null ? 2 : 3;
  const features = new Float64Array(differences.length * columns);
  for (let i = 0; i < differences.length; i++) {
    features[i * columns] = deviation === 0 ? 0 : Math.tanh((differences[i] as number) / deviation);
    if (difficulty !== null) features[i * columns + 1] = difficulty[i] as number;
    features[(i + 1) * columns - 1] = 1;
  }
  return features;
}

function withRegulariser({ preference, difficulty }: LengthRows, features: Float64Array, regulariser: LengthRegulariser | null) {
  if (difficulty === null || regulariser === null) {
    const columns = features.length / preference.length;
    return { columns, features, targets: preference, weights: null, ridge: RIDGE };
  }
  return {
    columns: 3,
    features: Float64Array.from([...features, ...regulariser.features]),
    targets: Float64Array.from([...preference, ...regulariser.targets]),
    weights: Float64Array.from([...new Float64Array(preference.length).fill(1), ...regulariser.weights]),
    ridge: RIDGE,
  };
}

/** The fitted preferences at equal length. */
function fairPreferences(features: Float64Array, coefficients: Float64Array, n: number): Float64Array {
  const columns = coefficients.length;
  return Float64Array.from({ length: n }, (_, row) => {
    let z = 0;
    for (let i = 1; i < columns; i++) z += (coefficients[i] as number) * (features[row * columns + i] as number);
    return sigmoid(z);
  });
}

function standardError(preference: Float64Array, features: Float64Array, fit: LogisticFit, fair: Float64Array): number | null {
  const [n, columns] = [preference.length, fit.coefficients.length];
  const { covariance } = fit;
  if (covariance === null || n <= columns) return null;
  const gradient = gradientOf(features, fair, columns);
  const centre = mean(fair);
  let squares = 0;
  for (let row = 0; row < n; row++) {
    const x = features.subarray(row * columns, (row + 1) * columns);
    const p = sigmoid(product(fit.coefficients, x));
    const moved = times(covariance, x);
    const leverage = p * (1 - p) * product(x, moved);
    const through = (product(gradient, moved) * ((preference[row] as number) - p)) / (1 - leverage);
    squares += (through + ((fair[row] as number) - centre) / n) ** 2;
  }
  return 100 * Math.sqrt(squares);
}

/** What a unit of each coefficient moves the mean of the fitted preferences. */
function gradientOf(features: Float64Array, fair: Float64Array, columns: number): Float64Array {
  const gradient = new Float64Array(columns);
  for (let row = 0; row < fair.length; row++) {
    const p = fair[row] as number;
    for (let i = 1; i < columns; i++) {
      gradient[i] = (gradient[i] as number) + (p * (1 - p) * (features[row * columns + i] as number)) / fair.length;
    }
  }
  return gradient;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  return vector.map((_, i) => product(matrix.subarray(i * vector.length, (i + 1) * vector.length), vector));
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
