import { cholesky, inverse } from './cholesky.js';
import { emptySlope, type Loss, minimise, type Slope } from './newton.js';

export interface LogisticProblem {
  columns: number;
  /** Row by row. */
  features: Float64Array;
  /** Probabilities from 0 to 1, one per row. */
  targets: Float64Array;
  /** One per row; null: all 1. */
  weights: Float64Array | null;
  /** Adds `ridge / 2` times the squared length of the coefficients to the loss. */
  ridge: number;
}

export interface LogisticFit {
  coefficients: Float64Array;
  /** Inverse of the Hessian, row by row: the covariance where targets are 0 or 1 and weights are counts. Null where it has none. */
  covariance: Float64Array | null;
}

/** As {@link minimise} measures it: 1e-7 standard errors. */
const TOLERANCE = 1e-14;

/**
 * Logistic regression with targets between 0 and 1, weights and a ridge, without an intercept of its own, by Newton's method, which
 * here is iteratively reweighted least squares (McCullagh and Nelder, "Generalized Linear Models", 1989; fractional targets: Papke
 * and Wooldridge 1996). A ridge above 0 keeps coefficients finite where a feature separates the targets, and defines them where
 * features depend on each other.
 */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const { columns } = problem;
  const loss: Loss = (at, slope) => addRidge(problem.ridge, at, slope) + addRows(problem, at, slope);
  const coefficients = minimise(loss, new Float64Array(columns), TOLERANCE);
  const slope = emptySlope(columns);
  loss(coefficients, slope);
  const factor = cholesky(slope.hessian, columns);
  return { coefficients, covariance: factor && inverse(factor, columns) };
}

/** The logistic function, without overflow. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** `log(1 + exp(z))`, without overflow. */
function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/** The ridge's part of the loss; adds its part of the slope. */
export function addRidge(ridge: number, at: Float64Array, { gradient, hessian }: Slope): number {
  const size = at.length;
  let squares = 0;
  for (let i = 0; i < size; i++) {
    const value = at[i] as number;
    squares += value * value;
    gradient[i] = (gradient[i] as number) + ridge * value;
    hessian[i * size + i] = (hessian[i * size + i] as number) + ridge;
  }
  return (ridge / 2) * squares;
}

/** Cross entropy of all rows. */
function addRows({ columns, features, targets, weights }: LogisticProblem, at: Float64Array, { gradient, hessian }: Slope): number {
  let loss = 0;
  for (let row = 0; row < targets.length; row++) {
    const offset = row * columns;
    const weight = weights === null ? 1 : (weights[row] as number);
    const target = targets[row] as number;
    let z = 0;
    for (let i = 0; i < columns; i++) z += (at[i] as number) * (features[offset + i] as number);
    const p = sigmoid(z);
    loss += weight * (softplus(z) - target * z);
    for (let i = 0; i < columns; i++) {
      const feature = weight * (features[offset + i] as number);
      gradient[i] = (gradient[i] as number) + feature * (p - target);
      const curved = feature * p * (1 - p);
      for (let j = 0; j <= i; j++) {
        hessian[i * columns + j] = (hessian[i * columns + j] as number) + curved * (features[offset + j] as number);
      }
    }
  }
  return loss;
}
