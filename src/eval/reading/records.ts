import { isRecord } from '../../core/record.js';
import { type Line, readLines } from './lines.js';
import { invalid, kindOfValue } from './trouble.js';

/** Characters of a file at most that is one list of JSON, which is read as a whole. */
const MAX_LIST = 400 * 1024 * 1024;

const ONE_OBJECT = 'a file of JSON Lines holds one JSON object on each line';

/** One JSON object of a file. */
export interface Row {
  value: Readonly<Record<string, unknown>>;
  /** For messages: `FILE, line 3`, or `FILE, item 3` of a list. */
  where: string;
  /** Number of its line, or of its item in a list, from 1. */
  line: number;
}

/**
 * The objects of a file of JSON Lines, one by one, or of a file that holds one JSON list of them.
 * @throws MomError `no_input`, or `input_invalid` with the line
 */
export async function* readRows(path: string): AsyncGenerator<Row> {
  yield* rowsOf(path, readLines(path));
}

/** The same of lines that are being read. */
export async function* rowsOf(path: string, lines: AsyncIterable<Line>): AsyncGenerator<Row> {
  let first = true;
  let list: string[] | null = null;
  let size = 0;
  for await (const { number, text } of lines) {
    if (first && text.trimStart().startsWith('[')) list = [];
    first = false;
    if (list === null) {
      yield rowOf(parsed(text, `${path}, line ${number}`), `${path}, line ${number}`, number);
      continue;
    }
    list.push(text);
    size += text.length;
    if (size > MAX_LIST) throw invalid(path, 'too long for one JSON list', 'write it as JSON Lines: one object on each line');
  }
  if (list !== null) yield* itemsOf(path, list.join('\n'));
}

function* itemsOf(path: string, text: string): Generator<Row> {
  const items = parsed(text, path);
  if (!Array.isArray(items)) throw invalid(path, `must hold a list, not ${kindOfValue(items)}`, ONE_OBJECT);
  for (const [i, item] of items.entries()) yield rowOf(item, `${path}, item ${i + 1}`, i + 1);
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(where, 'not valid JSON', ONE_OBJECT);
  }
}

function rowOf(value: unknown, where: string, line: number): Row {
  if (!isRecord(value)) throw invalid(where, `must be a JSON object, not ${kindOfValue(value)}`, ONE_OBJECT);
  return { value, where, line };
}
