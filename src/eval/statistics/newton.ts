import { cholesky, solve } from './cholesky.js';

/** Where a search stands. The Hessian is row by row; only its lower triangle is read. */
export interface Slope {
  gradient: Float64Array;
  hessian: Float64Array;
}

/**
 * A smooth convex function. Adds the slope at `at` to a slope of zeros.
 * @returns its value there
 */
export type Loss = (at: Float64Array, slope: Slope) => number;

const MAX_STEPS = 100;
const MAX_HALVINGS = 40;

/** What a step may gain beyond rounding; less of a gain counts as none. */
const ROUNDING = 1e-12;

/** Grows tenfold until a Hessian without an inverse has one: as a share of its largest diagonal element. */
const DAMPING = 1e-10;
const MAX_DAMPINGS = 20;

/**
 * Where `loss` is smallest, by Newton's method with step halving (Dennis and Schnabel, "Numerical Methods for Unconstrained
 * Optimization", 1983). It ends when the step, measured by the Hessian, is shorter than the root of `tolerance`.
 */
export function minimise(loss: Loss, start: Float64Array, tolerance: number): Float64Array {
  let at: Float64Array = start;
  let slope = emptySlope(start.length);
  let value = loss(at, slope);
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const direction = newtonDirection(slope);
    const decrement = dot(slope.gradient, direction);
    if (decrement <= tolerance) return moved(at, direction, 1);
    const next = downhill(loss, at, value, direction);
    if (next === null) return at;
    ({ at, value, slope } = next);
  }
  return at;
}

export function emptySlope(size: number): Slope {
  return { gradient: new Float64Array(size), hessian: new Float64Array(size * size) };
}

function downhill(loss: Loss, from: Float64Array, value: number, direction: Float64Array) {
  for (let halvings = 0, share = 1; halvings < MAX_HALVINGS; halvings++, share /= 2) {
    const at = moved(from, direction, share);
    const slope = emptySlope(from.length);
    const there = loss(at, slope);
    if (there <= value + ROUNDING * Math.abs(value)) return { at, value: there, slope };
  }
  return null;
}

function newtonDirection({ gradient, hessian }: Slope): Float64Array {
  const size = gradient.length;
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, hessian[i * size + i] as number);
  let factor = cholesky(hessian, size);
  for (let damping = DAMPING * (largest || 1), tries = 0; factor === null && tries < MAX_DAMPINGS; damping *= 10, tries++) {
    const damped = hessian.slice();
    for (let i = 0; i < size; i++) damped[i * size + i] = (damped[i * size + i] as number) + damping;
    factor = cholesky(damped, size);
  }
  return factor === null ? new Float64Array(size) : solve(factor, gradient);
}

function moved(from: Float64Array, direction: Float64Array, share: number): Float64Array {
  return from.map((value, i) => value - share * (direction[i] as number));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
