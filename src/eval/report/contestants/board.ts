import type { EvalData } from '../../../core/eval/data.js';
import type { BoardLine } from '../../../core/eval/report.js';
import { promptDifficulty } from '../../statistics/difficulty.js';
import { type LengthControlled, type LengthRegulariser, lengthControlled } from '../../statistics/length-control.js';
import { boardLine } from '../../statistics/win-rate.js';
import type { Evidence } from '../evidence.js';

/** Difficulties of a published board's instructions, and what keeps its length coefficient in bounds. */
export interface BoardDifficulty {
  difficulty: Float64Array;
  regulariser: LengthRegulariser | null;
}

/** A contestant's comparisons with the baseline, by prompt, ascending. All arrays have the same length. */
export interface BoardRows {
  prompts: Int32Array;
  preference: Float64Array;
  /** Code points; NaN where unknown. */
  length: Float64Array;
  baseline_length: Float64Array;
  difficulty: Float64Array | null;
}

/** Fewer comparisons say nothing about what length does. */
const MIN_LENGTH_CONTROLLED = 20;

/**
 * A length-controlled rate says nothing where its standard error is above so many points, or where length alone decides (an effect
 * above so many logits, which no finite sample measures): what the judge would say of equal lengths was then never seen.
 */
const MOST_LENGTH_CONTROLLED = { error: 25, effect: 10 } as const;

/** Other contestants that have to be compared with the baseline, on an average prompt, before they tell how hard it is. */
const MIN_OTHERS = 3;

/**
 * The rows of every contestant, none for the baseline. Difficulties are those of the published board where they are given, taken
 * by position among the prompts that have a preference, as the board does; else estimated from how the other contestants fare
 * ({@link promptDifficulty}) where at least three others are compared with the baseline on an average prompt; else left out.
 */
export function boardRows(data: EvalData, evidence: Evidence, baseline: number, published: BoardDifficulty | null): readonly BoardRows[] {
  const all = data.contestants.map((_, contestant) => rowsOf(data, evidence, contestant, baseline));
  if (published) return all.map((rows) => ({ ...rows, difficulty: published.difficulty.slice(0, rows.prompts.length) }));
  const compared = all.reduce((sum, { prompts }) => sum + prompts.length, 0);
  if (compared < (MIN_OTHERS + 1) * data.prompts.length) return all;
  const byPrompt = all.map((rows) => spread(rows, data.prompts.length));
  return all.map((rows, contestant) => {
    if (rows.prompts.length === 0) return rows;
    const others = byPrompt.filter((_, other) => other === contestant || (other !== baseline && (all[other]?.prompts.length ?? 0) > 0));
    const difficulty = promptDifficulty(others, others.indexOf(byPrompt[contestant] as Float64Array));
    return { ...rows, difficulty: difficulty && Float64Array.from(rows.prompts, (prompt) => difficulty[prompt] ?? 0) };
  });
}

/** The line of AlpacaEval's board, of the prompts that `isWanted`; null where nothing is compared. */
export function boardOf(
  rows: BoardRows,
  regulariser: LengthRegulariser | null,
  averageLength: number | null,
  isWanted: ((prompt: number) => boolean) | null,
): BoardLine | null {
  const wanted = isWanted ? chosen(rows, isWanted) : rows;
  if (wanted.prompts.length === 0) return null;
  const controlled = controlledOf(wanted, regulariser);
  return {
    ...boardLine(wanted.preference),
    avg_length: averageLength,
    length_controlled_winrate: controlled?.win_rate ?? null,
    lc_standard_error: controlled?.standard_error ?? null,
  };
}

function controlledOf(rows: BoardRows, regulariser: LengthRegulariser | null): LengthControlled | null {
  const controlled = hasLengths(rows) ? lengthControlled(rows, regulariser) : null;
  if (controlled === null) return null;
  const { standard_error, length_coefficient } = controlled;
  const isVague = (standard_error ?? 0) > MOST_LENGTH_CONTROLLED.error || Math.abs(length_coefficient) > MOST_LENGTH_CONTROLLED.effect;
  return isVague ? null : controlled;
}

function rowsOf(data: EvalData, evidence: Evidence, contestant: number, baseline: number): BoardRows {
  const { of, compared } = evidence.preference(contestant, baseline);
  const known = compared && contestant !== baseline ? [...data.prompts.keys()].filter((prompt) => of(prompt) !== null) : [];
  const lengths = known.map((prompt) => lengthsOf(data, contestant, baseline, prompt));
  return {
    prompts: Int32Array.from(known),
    preference: Float64Array.from(known, (prompt) => of(prompt) ?? 0),
    length: Float64Array.from(lengths, ([own]) => own),
    baseline_length: Float64Array.from(lengths, ([, other]) => other),
    difficulty: null,
  };
}

/** A failure has no length: it is taken as long as the other answer, so that length explains nothing of its loss. */
function lengthsOf({ outcomes }: EvalData, contestant: number, baseline: number, prompt: number): [number, number] {
  const [own, other] = [outcomes[contestant]?.at(prompt), outcomes[baseline]?.at(prompt)];
  const length = own?.style?.length ?? (own?.status === 'failed' ? (other?.style?.length ?? 0) : Number.NaN);
  return [length, other?.style?.length ?? (other?.status === 'failed' ? length : Number.NaN)];
}

function hasLengths({ prompts, length, baseline_length }: BoardRows): boolean {
  return prompts.length >= MIN_LENGTH_CONTROLLED && ![...length, ...baseline_length].some(Number.isNaN);
}

/** Preferences at the places of their prompts, NaN between them. */
function spread({ prompts, preference }: BoardRows, size: number): Float64Array {
  const spread = new Float64Array(size).fill(Number.NaN);
  for (const [place, prompt] of prompts.entries()) spread[prompt] = preference[place] ?? Number.NaN;
  return spread;
}

function chosen(rows: BoardRows, isWanted: (prompt: number) => boolean): BoardRows {
  const places = [...rows.prompts.keys()].filter((place) => isWanted(rows.prompts[place] ?? 0));
  const take = (values: Float64Array) => Float64Array.from(places, (place) => values[place] ?? 0);
  return {
    prompts: Int32Array.from(places, (place) => rows.prompts[place] ?? 0),
    preference: take(rows.preference),
    length: take(rows.length),
    baseline_length: take(rows.baseline_length),
    difficulty: rows.difficulty && take(rows.difficulty),
  };
}
