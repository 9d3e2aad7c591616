import { isAbsolute, posix } from 'node:path';
import { EVAL_KINDS, type EvalKind, type EvalPrompt } from '../../core/eval/prompt.js';
import type { Message } from '../../core/message.js';
import { firstOf, nameIn, textIn } from './fields.js';
import { readMessages } from './messages.js';
import type { Row } from './records.js';
import { invalid, kindOfValue } from './trouble.js';

/** Where the kind is not said, it is null: who asks may find it. */
export type PromptRow = Omit<EvalPrompt, 'kind'> & { kind: EvalKind | null };

/**
 * A prompt as one object of a file says it; what else stands there is ignored. `question` and `gold` are those of a
 * recording of answers.
 * @throws MomError `input_invalid` that names the line
 */
export function promptOf(row: Row): PromptRow {
  return {
    id: nameIn(row, 'id', 'i') ?? String(row.line),
    messages: messagesOf(row),
    reference: referenceOf(row),
    kind: kindIn(row),
    answer_file: answerFile(row),
  };
}

/** The conversation of a row; a lone text is a user's turn. */
function messagesOf(row: Row): readonly Message[] {
  const messages = messagesIn(row);
  if (messages === null)
    throw invalid(row.where, 'has no prompt', 'each line needs "prompt" with a text, or "messages" with a conversation');
  return messages;
}

/** The same; null where there is none. */
export function messagesIn(row: Row): readonly Message[] | null {
  if (firstOf(row, ['messages']) !== null) return readMessages(row.value.messages, row.where);
  const prompt = textIn(row, 'prompt', 'question', 'instruction');
  if (prompt === null) return null;
  if (prompt.trim() === '') throw invalid(row.where, 'the prompt is empty', 'say what is asked, or leave the line out');
  return [{ role: 'user', content: prompt }];
}

/** As text: of a number its digits, of an object or a list its JSON. */
function referenceOf(row: Row): string | null {
  const found = firstOf(row, ['reference', 'gold', 'answer']);
  if (found === null) return null;
  if (typeof found.value === 'string') return found.value.trim() === '' ? null : found.value;
  return JSON.stringify(found.value);
}

function kindIn(row: Row): EvalKind | null {
  const kind = row.value.kind ?? null;
  if (kind === null) return null;
  const known = EVAL_KINDS.find((name) => name === kind);
  if (known !== undefined) return known;
  const what = typeof kind === 'string' ? JSON.stringify(kind) : kindOfValue(kind);
  throw invalid(row.where, `kind cannot be ${what}`, `a kind is one of ${EVAL_KINDS.join(', ')}; without one mom finds it`);
}

/** A path inside the folder that `--check` works in: nothing of an answer may be written anywhere else. */
function answerFile(row: Row): string | null {
  const path = textIn(row, 'answer_file', 'file');
  if (path === null) return null;
  const plain = posix.normalize(path.replaceAll('\\', '/'));
  if (plain === '.' || plain.endsWith('/')) throw invalid(row.where, 'answer_file names no file', 'name a file inside the folder');
  if (isAbsolute(path) || /^[a-z]:/i.test(plain) || plain.startsWith('/') || plain.split('/')[0] === '..' || path.includes('\0'))
    throw invalid(row.where, `answer_file ${JSON.stringify(path)} leaves its folder`, 'name it from the folder on: src/answer.js');
  return plain;
}
