import { sigmoid } from './logistic.js';

/** Rows that keep the fit of the length near what the judge does with a baseline made concise or verbose on purpose. */
export interface LengthRegulariser {
  /** Three per row: tanh of the standardised length difference, difficulty, 0. */
  features: Float64Array;
  targets: Float64Array;
  weights: Float64Array;
}

interface GamedBaselines {
  lengths: Float64Array[];
  model: { tanh: number; difficulty: number };
  weight: number;
}

/**
 * Reads a reference file for the length control of AlpacaEval 2 (Dubois et al. 2024, arXiv 2404.04475): `instruction_difficulty`, a
 * number per instruction, and `gamed` with `tanh_std_delta_len` (for each gamed baseline a number per instruction), `label_model`
 * (the coefficients `tanh` and `difficulty` that give the judge's preferences) and `weight_per_row`. Null where it is not one.
 */
export function regulariserFrom(reference: unknown): { difficulty: Float64Array; regulariser: LengthRegulariser } | null {
  if (!isRecord(reference)) return null;
  const difficulty = numbers(reference.instruction_difficulty);
  const gamed = difficulty && gamedFrom(reference.gamed, difficulty.length);
  return gamed && { difficulty, regulariser: regulariserOf(difficulty, gamed) };
}

function gamedFrom(value: unknown, instructions: number): GamedBaselines | null {
  if (!isRecord(value) || !Array.isArray(value.tanh_std_delta_len) || !isRecord(value.label_model)) return null;
  const lengths = value.tanh_std_delta_len.map(numbers).filter((list) => list !== null);
  if (lengths.length !== value.tanh_std_delta_len.length || lengths.some((list) => list.length !== instructions)) return null;
  const { tanh, difficulty } = value.label_model;
  const weight = value.weight_per_row;
  if (!isNumber(tanh) || !isNumber(difficulty) || !isNumber(weight) || weight < 0) return null;
  return { lengths, model: { tanh, difficulty }, weight };
}

function regulariserOf(difficulty: Float64Array, { lengths, model, weight }: GamedBaselines): LengthRegulariser {
  const rows = lengths.flatMap((list) => [...list].map((tanh, i) => ({ tanh, difficulty: difficulty[i] as number })));
  return {
    features: Float64Array.from(rows.flatMap((row) => [row.tanh, row.difficulty, 0])),
    targets: Float64Array.from(rows, (row) => sigmoid(model.tanh * row.tanh + model.difficulty * row.difficulty)),
    weights: new Float64Array(rows.length).fill(weight),
  };
}

function numbers(value: unknown): Float64Array | null {
  return Array.isArray(value) && value.length > 0 && value.every(isNumber) ? Float64Array.from(value) : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
