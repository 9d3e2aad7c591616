import { addRidge } from './logistic.js';
import { minimise, type Slope } from './newton.js';

/** Length, headings, lists, bold. */
export const STYLE_FEATURES = 4;

/**
 * Who met whom, one entry per game. `preference` is the share of the win that goes to `a`, 0.5 a tie. `style` holds
 * {@link STYLE_FEATURES} standardised differences per game, null where they are not known. Games with the same `prompt` are drawn
 * together.
 */
export interface Games {
  a: Int32Array;
  b: Int32Array;
  preference: Float64Array;
  style: Float64Array | null;
  prompt: Int32Array;
}

/** Games to fit: `preference` counts as often as `weight` says, which may be 0. */
export type WeightedGames = Omit<Games, 'prompt'> & { weight: Float64Array };

/** Keeps a contestant that wins or loses everything at a finite place; from some dozens of games on it moves nobody else by a point. */
const RIDGE = 0.01;

/**
 * Strengths of all contestants in logits, mean 0, by the model of R. A. Bradley and M. E. Terry (Biometrika 39, 1952): the odds of
 * winning are exp(strength of a - strength of b + style * effects); a tie is half a win.
 * @param start what an earlier fit of the same contestants has returned
 */
export function fitStrengths(games: WeightedGames, contestants: number, tolerance: number, start?: Float64Array): Float64Array {
  const size = contestants + (games.style === null ? 0 : STYLE_FEATURES);
  const from = start ?? new Float64Array(size);
  return minimise((at, slope) => addRidge(RIDGE, at, slope) + addGames(games, contestants, at, slope), from, tolerance);
}

/** Cross entropy of all games, with its slope. */
function addGames(games: WeightedGames, contestants: number, at: Float64Array, slope: Slope): number {
  const { gradient, hessian } = slope;
  const { a, b, preference, weight, style } = games;
  const size = at.length;
  let loss = 0;
  for (let game = 0; game < preference.length; game++) {
    const times = weight[game] as number;
    if (times === 0) continue;
    const [one, other] = [a[game] as number, b[game] as number];
    const z = (at[one] as number) - (at[other] as number) + (style === null ? 0 : styleEffect(style, game, at, contestants));
    // Both from one exponential: most of the time of an evaluation's statistics is spent here.
    const e = Math.exp(-Math.abs(z));
    const p = (z >= 0 ? 1 : e) / (1 + e);
    const target = preference[game] as number;
    loss += times * (Math.max(z, 0) + Math.log(1 + e) - target * z);
    const residual = times * (p - target);
    const curved = times * p * (1 - p);
    gradient[one] = (gradient[one] as number) + residual;
    gradient[other] = (gradient[other] as number) - residual;
    addTo(hessian, one * size + one, curved);
    addTo(hessian, other * size + other, curved);
    addTo(hessian, Math.max(one, other) * size + Math.min(one, other), -curved);
    if (style !== null) addStyle(style, game, { one, other, contestants, residual, curved }, slope);
  }
  return loss;
}

function styleEffect(style: Float64Array, game: number, at: Float64Array, contestants: number): number {
  let sum = 0;
  for (let i = 0; i < STYLE_FEATURES; i++) sum += (at[contestants + i] as number) * (style[game * STYLE_FEATURES + i] as number);
  return sum;
}

interface GameSlope {
  one: number;
  other: number;
  contestants: number;
  residual: number;
  curved: number;
}

function addStyle(style: Float64Array, game: number, { one, other, contestants, residual, curved }: GameSlope, slope: Slope): void {
  const { gradient, hessian } = slope;
  const size = gradient.length;
  for (let i = 0; i < STYLE_FEATURES; i++) {
    const feature = style[game * STYLE_FEATURES + i] as number;
    const row = (contestants + i) * size;
    gradient[contestants + i] = (gradient[contestants + i] as number) + residual * feature;
    addTo(hessian, row + one, curved * feature);
    addTo(hessian, row + other, -curved * feature);
    for (let j = 0; j <= i; j++) addTo(hessian, row + contestants + j, curved * feature * (style[game * STYLE_FEATURES + j] as number));
  }
}

function addTo(array: Float64Array, index: number, amount: number): void {
  array[index] = (array[index] as number) + amount;
}
