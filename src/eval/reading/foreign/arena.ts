import { isRecord } from '../../../core/record.js';
import { nameIn, requiredName } from '../fields.js';
import type { ComparisonItem, Item } from '../items.js';
import { type Row, readRows } from '../records.js';
import { battleItems } from './battles.js';
import { comparisonOf } from './comparison.js';
import { type FoundFile, stem } from './folder.js';
import { answeredText, askedMessages, choiceTurns, kindOfCategory, turnText, turnTexts } from './turns.js';

/** For the message where nothing is found. */
export const ARENA_FILES = 'question.jsonl, model_answer/, model_judgment/ or conversations with model_a, model_b and winner';

/** The baseline that Arena-Hard's configuration names where its judgments name none (config/judge_config.yaml). */
const USUAL_BASELINE = 'gpt-4-0314';

/**
 * Labels of Arena-Hard as shares of the win for A. Arena-Hard counts a clear win three times; here a win is a win, since intervals
 * would be too narrow otherwise.
 */
const LABELS: Readonly<Record<string, number>> = {
  'A>>B': 1,
  'A>B': 1,
  'A=B': 0.5,
  'A<B': 0,
  'A<<B': 0,
  'B>>A': 0,
  'B>A': 0,
  'B=A': 0.5,
  'B<A': 1,
  'B<<A': 1,
};

/**
 * Arena-Hard (lmarena/arena-hard-auto): `question.jsonl`, `model_answer/<model>.jsonl` and `model_judgment/<judge>/<model>.jsonl`, both those
 * of v0.1 (`question_id`, `turns`, `choices`) and of v2.0 (`uid`, `prompt`, `messages`, `baseline`); and conversations of Chatbot Arena.
 */
export async function* arenaItems(files: readonly FoundFile[]): AsyncGenerator<Item> {
  const isOf = (folder: string) => (file: FoundFile) => file.folders.includes(folder) && file.name.endsWith('.jsonl');
  const questions = files.filter(({ name, folders }) => name === 'question.jsonl' && !folders.includes('model_answer'));
  const [answers, judgments] = [files.filter(isOf('model_answer')), files.filter(isOf('model_judgment'))];
  for (const { path } of questions) for await (const row of readRows(path)) yield* questionItem(row);
  for (const { path } of answers) for await (const row of readRows(path)) yield* answerItem(row, stem(path));
  const baseline = baselineOf(answers, judgments);
  for (const file of judgments) for await (const row of readRows(file.path)) yield* judgmentItem(row, file, baseline);
  const known = new Set([...questions, ...answers, ...judgments]);
  const others = files.filter((file) => !known.has(file) && /\.jsonl?$/.test(file.name));
  for (const { path } of others) yield* battleItems(path);
}

function* questionItem(row: Row): Generator<Item> {
  const turns = turnTexts(row.value.turns) ?? turnTexts([row.value.prompt]);
  if (turns === null) return;
  const kind = kindOfCategory(row.value.category);
  yield { type: 'prompt', id: questionId(row), messages: askedMessages(turns), reference: null, kind };
}

function* answerItem(row: Row, fallback: string): Generator<Item> {
  const turns = choiceTurns(row.value) ?? assistantTurns(row.value.messages);
  const contestant = nameIn(row, 'model_id', 'model') ?? fallback;
  yield { type: 'answer', id: questionId(row), contestant, text: turns === null ? null : answeredText(turns), quoted: false };
}

function assistantTurns(messages: unknown): string[] | null {
  if (!Array.isArray(messages)) return null;
  return turnTexts(messages.filter((message) => isRecord(message) && message.role === 'assistant'));
}

/** In the first game the baseline is A, in the second one the model. */
function* judgmentItem(row: Row, file: FoundFile, usual: string): Generator<ComparisonItem> {
  if (!Array.isArray(row.value.games)) return;
  const [a, b] = [nameIn(row, 'model') ?? stem(file.path), nameIn(row, 'baseline') ?? usual];
  if (a === b) return;
  const [first, second] = row.value.games as unknown[];
  const baselineShare = shareOfA(first);
  const orders = { ab: shareOfA(second), ba: baselineShare === null ? null : 1 - baselineShare };
  const judge = nameIn(row, 'judge') ?? file.folders.at(-1) ?? 'unknown judge';
  yield comparisonOf({ id: questionId(row), a, b, judge, position: row.line - 1 }, orders);
}

function shareOfA(game: unknown): number | null {
  const label = isRecord(game) ? turnText(game.score) : null;
  return label !== null && Object.hasOwn(LABELS, label) ? (LABELS[label] as number) : null;
}

function questionId(row: Row): string {
  return requiredName(row, 'question_id', 'uid');
}

/** Judgments of v0.1 do not name the baseline: it is the usual one, unless one other model alone was answering and not judged. */
function baselineOf(answers: readonly FoundFile[], judgments: readonly FoundFile[]): string {
  const models = answers.map(({ path }) => stem(path));
  const judged = new Set(judgments.map(({ path }) => stem(path)));
  const [only, ...more] = models.filter((model) => !judged.has(model));
  return models.includes(USUAL_BASELINE) || only === undefined || more.length > 0 ? USUAL_BASELINE : only;
}
