import { requiredName, textIn } from './fields.js';
import type { AnswerItem, ComparisonItem, Item, PromptItem } from './items.js';
import type { PromptIds } from './prompt-ids.js';
import type { Row } from './records.js';
import { invalid, kindOfValue } from './trouble.js';

/** AlpacaEval's code for a tie, beside 1.5. */
const TIE = 0;

/**
 * A row of AlpacaEval's `annotations.json` (tatsu-lab/alpaca_eval): `{instruction, output_1, generator_1, output_2, generator_2,
 * annotator, preference}`. The first generator is the baseline. In which order the judge saw the two is not told.
 */
export function* annotationItems(row: Row, ids: PromptIds, fallbackJudge: string): Generator<Item> {
  const b = requiredName(row, 'generator_1');
  const a = requiredName(row, 'generator_2');
  const judge = textIn(row, 'annotator', 'judge') ?? fallbackJudge;
  const prompt = promptItem(row, ids, `${a}\0${b}\0${judge}`);
  const { id } = prompt;
  yield prompt;
  for (const [contestant, field] of [[b, 'output_1'] as const, [a, 'output_2'] as const]) {
    const text = textIn(row, field);
    if (text !== null) yield { type: 'answer', id, contestant, text, quoted: true };
  }
  if (a === b) return;
  const preference = shareOf(row.value.preference ?? null, row, 'preference');
  yield { type: 'comparison', id, a, b, judge, preference, orders: UNKNOWN, style_a: null, style_b: null, position: row.line - 1 };
}

/** A row of AlpacaEval's `model_outputs.json`: `{instruction, output, generator}`. */
export function outputItems(row: Row, ids: PromptIds, fallbackGenerator: string): [PromptItem, AnswerItem] {
  const contestant = textIn(row, 'generator') ?? fallbackGenerator;
  const prompt = promptItem(row, ids, contestant);
  const text = textIn(row, 'output');
  return [prompt, { type: 'answer', id: prompt.id, contestant, text, quoted: false }];
}

/**
 * All preferences of one system in one row: `{model, baseline, judge, preference: [], len_baseline: [], len_model: []}`, in
 * the order of AlpacaEval's instructions. A preference is from 1 (the baseline) to 2 (the system), null where it is missing.
 */
export function* compactItems(row: Row): Generator<ComparisonItem> {
  const [a, b] = [requiredName(row, 'model'), requiredName(row, 'baseline')];
  if (a === b) throw invalid(row.where, 'model and baseline are the same', 'a comparison needs two contestants');
  const judge = textIn(row, 'judge', 'annotator') ?? 'unknown judge';
  const preferences = row.value.preference as readonly unknown[];
  const [lengthsA, lengthsB] = [lengthsOf(row, 'len_model', preferences.length), lengthsOf(row, 'len_baseline', preferences.length)];
  for (const [position, value] of preferences.entries()) {
    const preference = shareOf(value, row, `preference[${position}]`);
    const style = (lengths: readonly (number | null)[] | null) => (lengths?.[position] == null ? null : { length: lengths[position] });
    const id = String(position + 1);
    yield {
      type: 'comparison',
      id,
      a,
      b,
      judge,
      preference,
      orders: UNKNOWN,
      style_a: style(lengthsA),
      style_b: style(lengthsB),
      position,
    };
  }
}

const UNKNOWN = { ab: null, ba: null } as const;

function promptItem(row: Row, ids: PromptIds, who: string): PromptItem {
  const instruction = textIn(row, 'instruction');
  if (instruction === null) throw invalid(row.where, 'has no instruction', "AlpacaEval's files name the instruction in each row");
  const messages = [{ role: 'user' as const, content: instruction }];
  return { type: 'prompt', id: ids.idOf(messages, who), messages, reference: null, kind: null };
}

/** From AlpacaEval's scale to a share of the win; null where it is missing. */
function shareOf(value: unknown, row: Row, name: string): number | null {
  if (value === null || value === undefined) return null;
  if (value === TIE) return 0.5;
  if (typeof value === 'number' && value >= 1 && value <= 2) return value - 1;
  const what = typeof value === 'number' ? String(value) : kindOfValue(value);
  throw invalid(
    row.where,
    `${name} cannot be ${what}`,
    'it is from 1 (the first one is better) to 2, 0 for a tie, null where it is missing',
  );
}

function lengthsOf(row: Row, name: string, count: number): readonly (number | null)[] | null {
  const list = row.value[name] ?? null;
  if (list === null) return null;
  const fits = Array.isArray(list) && list.every((length) => length === null || (Number.isSafeInteger(length) && length >= 0));
  if (!fits) throw invalid(row.where, `${name} must be a list of lengths`, 'a length is a whole number of code points, or null');
  if (list.length === count) return list;
  throw invalid(row.where, `${name} has ${list.length} lengths for ${count} preferences`, 'one length belongs to each preference');
}

/** True for a row of all preferences of one system. */
export function isCompact({ value }: Row): boolean {
  return Array.isArray(value.preference);
}

/** True for a row of AlpacaEval's annotations. */
export function isAnnotation({ value }: Row): boolean {
  return Object.hasOwn(value, 'generator_1') && Object.hasOwn(value, 'generator_2');
}
