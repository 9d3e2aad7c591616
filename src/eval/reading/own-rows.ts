import type { TextStyle } from '../../core/eval/data.js';
import { isRecord } from '../../core/record.js';
import { nameIn, numberIn, requiredName, textIn } from './fields.js';
import type { AnswerItem, ComparisonItem, Item, KnownStyle } from './items.js';
import type { PromptIds } from './prompt-ids.js';
import { messagesIn, promptOf } from './prompt-row.js';
import type { Row } from './records.js';
import { invalid, kindOfValue } from './trouble.js';

const TEXTS = ['text', 'output', 'answer'] as const;
const STYLE = ['length', 'headings', 'list_items', 'bold'] as const satisfies (keyof TextStyle)[];

/** A row of `prompts.jsonl`. */
export function promptItem(row: Row): Item {
  const { id, messages, reference, kind } = promptOf(row);
  return { type: 'prompt', id, messages, reference, kind };
}

/** True for a row that holds an answer, be it one that failed. */
export function isAnswer({ value }: Row): boolean {
  return TEXTS.some((name) => Object.hasOwn(value, name));
}

/**
 * A row of `answers.jsonl`: `{id?, contestant|model|generator?, text|output|answer, prompt|instruction|messages?}`. Without an id the prompt's
 * text tells which one it is, else the number of the line.
 */
export function* answerItems(row: Row, ids: PromptIds, fallbackContestant: string): Generator<Item> {
  const contestant = nameIn(row, 'contestant', 'model', 'generator') ?? fallbackContestant;
  const messages = messagesIn(row);
  const own = nameIn(row, 'id', 'i', 'question_id');
  const id = own ?? (messages === null ? String(row.line) : ids.idOf(messages, contestant));
  if (messages !== null) yield { type: 'prompt', id, messages, reference: null, kind: null };
  yield { type: 'answer', id, contestant, text: textIn(row, ...TEXTS), quoted: false } satisfies AnswerItem;
}

/** A row of recorded answers: `{i, question, gold, answers: {system: {text}}}`. */
export function* recordingItems(row: Row): Generator<Item> {
  const prompt = promptItem(row);
  yield prompt;
  for (const [contestant, answer] of Object.entries(row.value.answers as Record<string, unknown>)) {
    const text = isRecord(answer) ? (answer.text ?? null) : answer;
    if (text !== null && typeof text !== 'string')
      throw invalid(
        row.where,
        `the answer of ${JSON.stringify(contestant)} must be a text, not ${kindOfValue(text)}`,
        'write it as {"text": "..."}',
      );
    yield { type: 'answer', id: prompt.id, contestant, text, quoted: false };
  }
}

export function isRecording({ value }: Row): boolean {
  return isRecord(value.answers);
}

/** A row of `preferences.jsonl`: `{id, a, b, judge, preference, orders?, length_a?, length_b?, style_a?, style_b?, position?}`. */
export function comparisonItem(row: Row): ComparisonItem {
  const [a, b] = [requiredName(row, 'a'), requiredName(row, 'b')];
  if (a === b) throw invalid(row.where, `a and b are both ${JSON.stringify(a)}`, 'a comparison needs two contestants');
  return {
    type: 'comparison',
    id: requiredName(row, 'id'),
    a,
    b,
    judge: nameIn(row, 'judge') ?? 'unknown judge',
    preference: numberIn(row, 'preference', 0, 1),
    orders: ordersOf(row),
    style_a: styleIn(row, 'style_a') ?? lengthIn(row, 'length_a'),
    style_b: styleIn(row, 'style_b') ?? lengthIn(row, 'length_b'),
    position: numberIn(row, 'position', 0, Number.MAX_SAFE_INTEGER) ?? row.line - 1,
  };
}

export function isComparison({ value }: Row): boolean {
  return ['a', 'b', 'preference'].every((name) => Object.hasOwn(value, name));
}

function ordersOf(row: Row): ComparisonItem['orders'] {
  const orders = row.value.orders ?? null;
  if (orders === null) return { ab: null, ba: null };
  if (!isRecord(orders))
    throw invalid(row.where, `orders must be an object, not ${kindOfValue(orders)}`, 'write it as {"ab": 1, "ba": 0.5}');
  const inner: Row = { ...row, value: orders };
  return { ab: numberIn(inner, 'ab', 0, 1), ba: numberIn(inner, 'ba', 0, 1) };
}

function lengthIn(row: Row, name: string): KnownStyle {
  const length = numberIn(row, name, 0, Number.POSITIVE_INFINITY);
  return length === null ? null : { length };
}

function styleIn(row: Row, name: string): TextStyle | null {
  const style = row.value[name] ?? null;
  if (style === null) return null;
  if (!isRecord(style)) throw invalid(row.where, `${name} must be an object, not ${kindOfValue(style)}`, `it holds ${STYLE.join(', ')}`);
  const [length, headings, list_items, bold] = STYLE.map(
    (key) => numberIn({ ...row, value: style }, key, 0, Number.POSITIVE_INFINITY) ?? 0,
  ) as [number, number, number, number];
  return { length, headings, list_items, bold };
}
