import { nameIn, requiredName } from '../fields.js';
import type { ComparisonItem, Item } from '../items.js';
import { type Row, readRows } from '../records.js';
import { battleItems } from './battles.js';
import { comparisonOf } from './comparison.js';
import { type FoundFile, stem } from './folder.js';
import { type Grade, gradeOf, gradesCompared } from './grades.js';
import { answeredText, choiceTurns, idOfTurn, kindOfCategory, turnPrompts, turnTexts } from './turns.js';

/** For the message where nothing is found. */
export const MT_BENCH_FILES = 'question.jsonl, model_answer/ or model_judgment/';

/** Who won, as shares of the win for the first model; `error` and anything else is nobody. */
const WINNERS: Readonly<Record<string, number>> = { model_1: 1, model_2: 0, tie: 0.5 };

/**
 * MT-Bench (lm-sys/FastChat, fastchat/llm_judge): `question.jsonl`, `model_answer/*.jsonl`, `model_judgment/*_pair.jsonl` with both orders and
 * `*_single.jsonl` with grades; and human votes. Each turn is a prompt of its own; an answer to the second turn holds the first one too, as the judge saw it.
 */
export async function* mtBenchItems(files: readonly FoundFile[]): AsyncGenerator<Item> {
  const isOf = (folder: string) => (file: FoundFile) => file.folders.includes(folder) && file.name.endsWith('.jsonl');
  const [answers, judgments] = [files.filter(isOf('model_answer')), files.filter(isOf('model_judgment'))];
  const questions = files.filter(({ name }) => name === 'question.jsonl');
  for (const { path } of questions) for await (const row of readRows(path)) yield* questionItems(row);
  for (const { path } of answers) for await (const row of readRows(path)) yield* answerItems(row, stem(path));
  for (const { path } of judgments) yield* judgmentItems(path);
  const known = new Set([...questions, ...answers, ...judgments]);
  const others = files.filter((file) => !known.has(file) && !file.folders.includes('reference_answer') && /\.jsonl?$/.test(file.name));
  for (const { path } of others) yield* battleItems(path);
}

function* questionItems(row: Row): Generator<Item> {
  const turns = turnTexts(row.value.turns);
  if (turns === null) return;
  const references = Array.isArray(row.value.reference) ? (row.value.reference as unknown[]) : [];
  yield* turnPrompts(requiredName(row, 'question_id'), turns, { kind: kindOfCategory(row.value.category), references });
}

function* answerItems(row: Row, fallback: string): Generator<Item> {
  const question = requiredName(row, 'question_id');
  const contestant = nameIn(row, 'model_id', 'model') ?? fallback;
  const turns = choiceTurns(row.value);
  if (turns === null) yield { type: 'answer', id: question, contestant, text: null, quoted: false };
  for (const i of turns?.keys() ?? [])
    yield { type: 'answer', id: idOfTurn(question, i + 1), contestant, text: answeredText(turns?.slice(0, i + 1) ?? []), quoted: false };
}

/** Pairs as they come; grades only tell who is better when all of them are there. */
async function* judgmentItems(path: string): AsyncGenerator<ComparisonItem> {
  const grades: Grade[] = [];
  for await (const row of readRows(path)) {
    if (Object.hasOwn(row.value, 'model_1')) yield* pairItem(row);
    else if (Object.hasOwn(row.value, 'score')) grades.push(gradeOf(row, judgeOf(row)));
  }
  yield* gradesCompared(grades);
}

function* pairItem(row: Row): Generator<ComparisonItem> {
  const [a, b] = [requiredName(row, 'model_1'), requiredName(row, 'model_2')];
  if (a === b) return;
  const turn = typeof row.value.turn === 'number' ? row.value.turn : 1;
  const orders = { ab: shareOf(row.value.g1_winner ?? row.value.winner), ba: shareOf(row.value.g2_winner) };
  const id = idOfTurn(requiredName(row, 'question_id'), turn);
  yield comparisonOf({ id, a, b, judge: judgeOf(row), position: row.line - 1 }, orders);
}

function shareOf(winner: unknown): number | null {
  return typeof winner === 'string' && Object.hasOwn(WINNERS, winner) ? (WINNERS[winner] as number) : null;
}

/** A judge is named with its template, which differs by the kind of question: it is one judge. */
function judgeOf(row: Row): string {
  const [name] = Array.isArray(row.value.judge) ? (row.value.judge as unknown[]) : [row.value.judge];
  return typeof name === 'string' && name !== '' ? name : 'unknown judge';
}
