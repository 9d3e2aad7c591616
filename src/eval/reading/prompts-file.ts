import { MomError } from '../../core/error.js';
import type { EvalKind, EvalPrompt } from '../../core/eval/prompt.js';
import type { Message } from '../../core/message.js';
import { type Line, readLines } from './lines.js';
import { promptOf } from './prompt-row.js';
import { rowsOf } from './records.js';
import { invalid } from './trouble.js';

/** A prompt and the line, or the item of a list, that it stands at, from 1. */
export interface ReadPrompt {
  prompt: EvalPrompt;
  line: number;
}

/**
 * The prompts of a file, one by one: JSON Lines of `{id?, prompt|messages, reference?, kind?, answer_file?}` or recorded
 * answers `{i, question, gold}`, one JSON list of such objects, or text with one prompt on each line. An id that is not
 * given is the number of the line.
 * @param kindOf finds the kind of a prompt that does not say it
 * @throws MomError `no_input` for a missing or empty file, `input_invalid` that names the line
 */
export async function* readPrompts(
  path: string,
  { kindOf }: { kindOf: (messages: readonly Message[]) => EvalKind },
): AsyncGenerator<ReadPrompt> {
  const lines = readLines(path);
  const first = await lines.next();
  if (first.done) throw new MomError('no_input', `${path} is empty`, { hint: 'write one prompt on each line' });
  const all = startingWith(first.value, lines);
  const prompts = isPlainText(path, first.value.text) ? plainPrompts(all) : promptsOf(path, all);
  const seen = new Map<string, number>();
  for await (const { prompt, line } of prompts) {
    const before = seen.get(prompt.id);
    if (before !== undefined)
      throw invalid(
        `${path}, line ${line}`,
        `the id ${JSON.stringify(prompt.id)} is that of line ${before} already`,
        'give each prompt an id of its own',
      );
    seen.set(prompt.id, line);
    yield { prompt: { ...prompt, kind: prompt.kind ?? kindOf(prompt.messages) }, line };
  }
  if (seen.size === 0) throw new MomError('no_input', `${path} holds no prompt`, { hint: 'write one prompt on each line' });
}

type Found = { prompt: Omit<EvalPrompt, 'kind'> & { kind: EvalKind | null }; line: number };

async function* promptsOf(path: string, lines: AsyncIterable<Line>): AsyncGenerator<Found> {
  for await (const row of rowsOf(path, lines)) yield { prompt: promptOf(row), line: row.line };
}

async function* plainPrompts(lines: AsyncIterable<Line>): AsyncGenerator<Found> {
  for await (const { number, text } of lines) {
    const messages: Message[] = [{ role: 'user', content: text.trim() }];
    yield { prompt: { id: String(number), messages, reference: null, kind: null, answer_file: null }, line: number };
  }
}

/** What calls itself JSON is never taken for text, however its first line begins: that would send broken lines to models. */
function isPlainText(path: string, first: string): boolean {
  const name = path.replace(/\.gz$/i, '');
  if (/\.txt$/i.test(name)) return true;
  return !/\.(?:jsonl|ndjson|json)$/i.test(name) && !/^\s*[{[]/.test(first);
}

async function* startingWith(first: Line, rest: AsyncIterable<Line>): AsyncGenerator<Line> {
  yield first;
  yield* rest;
}
