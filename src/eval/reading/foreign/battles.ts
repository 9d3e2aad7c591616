import { isMomError } from '../../../core/error.js';
import { isRecord } from '../../../core/record.js';
import { nameIn, requiredName } from '../fields.js';
import type { Item } from '../items.js';
import { type Row, readRows } from '../records.js';
import { invalid } from '../trouble.js';
import { comparisonOf } from './comparison.js';
import { answeredText, askedMessages, idOfTurn, turnText } from './turns.js';

/** Votes of Chatbot Arena, as shares of the win for the left one. */
const VOTES: Readonly<Record<string, number>> = { model_a: 1, model_b: 0, tie: 0.5, 'tie (bothbad)': 0.5, both_bad: 0.5, bothbad: 0.5 };

/** Visitors of Chatbot Arena are one judge: each has voted a few times only. */
const VISITOR = /^arena_user_/;
const VISITORS = 'arena users';

/**
 * Conversations of Chatbot Arena and the human votes of MT-Bench, which have one form (lmsys/chatbot_arena_conversations,
 * lmsys/mt_bench_human_judgments): `{question_id, model_a, model_b, winner, judge, conversation_a, conversation_b, turn}`. `model_a` stands
 * on the left. A file whose first row is something else holds nothing.
 */
export async function* battleItems(path: string): AsyncGenerator<Item> {
  const rows = readRows(path);
  const first = await rows.next().catch((error: unknown) => {
    if (isMomError(error) && error.code === 'input_invalid') return { done: true as const, value: undefined };
    throw error;
  });
  if (first.done || !isBattle(first.value)) return;
  yield* itemsOf(first.value);
  for await (const row of rows) yield* itemsOf(row);
}

function isBattle({ value }: Row): boolean {
  return ['model_a', 'model_b', 'winner'].every((name) => Object.hasOwn(value, name));
}

function* itemsOf(row: Row): Generator<Item> {
  const [a, b] = [requiredName(row, 'model_a'), requiredName(row, 'model_b')];
  const turns = typeof row.value.turn === 'number' ? row.value.turn : 1;
  const id = idOfTurn(nameIn(row, 'question_id', 'id') ?? String(row.line), turns);
  const asked = saidBy('user', row.value.conversation_a, turns);
  if (asked.length > 0) yield { type: 'prompt', id, messages: askedMessages(asked), reference: null, kind: null };
  for (const [contestant, conversation] of [[a, row.value.conversation_a] as const, [b, row.value.conversation_b] as const]) {
    const said = saidBy('assistant', conversation, turns);
    if (said.length > 0) yield { type: 'answer', id, contestant, text: answeredText(said), quoted: true };
  }
  if (a === b) return;
  yield comparisonOf({ id, a, b, judge: judgeOf(row), position: row.line - 1 }, { ab: shareOf(row), ba: null });
}

/** What one side said in the first turns of a conversation. */
function saidBy(role: string, conversation: unknown, turns: number): string[] {
  if (!Array.isArray(conversation)) return [];
  const said = conversation.filter((message) => isRecord(message) && message.role === role);
  return said.slice(0, turns).flatMap((message) => turnText(message) ?? []);
}

function shareOf(row: Row): number | null {
  const winner = row.value.winner ?? null;
  if (winner === null) return null;
  if (typeof winner === 'string' && Object.hasOwn(VOTES, winner)) return VOTES[winner] as number;
  throw invalid(row.where, `winner cannot be ${JSON.stringify(winner)}`, `it is one of ${Object.keys(VOTES).slice(0, 4).join(', ')}`);
}

function judgeOf(row: Row): string {
  const judge = nameIn(row, 'judge') ?? VISITORS;
  return VISITOR.test(judge) ? VISITORS : judge;
}
