import type { AnswerFormat } from '../../core/answer-format.js';
import { isRecord } from '../../core/record.js';
import { bare } from './bare.js';
import { readSchema, type Validate } from './schema.js';
import { Stopwatch } from './stopwatch.js';

/** What the check of an answer may take, in milliseconds, and more for each thousand characters of it: nothing else happens meanwhile. */
const CHECK_TIMEOUT = { least: 250, perThousand: 1 } as const;

/** So many checks of a run may run out of time; then no other one is tried. */
const MAX_TIMEOUTS = 3;

/** What was found out about one text. */
export interface Finding {
  /** The JSON alone, where the text is JSON of the form that was asked for; else null. */
  json: string | null;
  /** What is wrong and where, the first few things; empty when nothing is. */
  complaints: readonly string[];
  /** False where the check could not be brought to an end: then nobody knows what to repair. */
  checked: boolean;
}

/** Tells whether texts have the form that was asked for. */
export interface FormatChecker {
  readonly format: AnswerFormat;
  /** `a JSON object`, `JSON that fits the schema 'person'`. */
  readonly demand: string;
  /** Each text is checked once. */
  check(text: string): Finding;
}

/** @throws MomError `input_invalid` when the schema can't be used */
export function makeChecker(format: AnswerFormat): FormatChecker {
  const stopwatch = new Stopwatch();
  const validate = format.type === 'json_schema' ? readSchema(format, stopwatch) : anyObject;
  const known = new Map<string, Finding>();
  let timeouts = 0;

  const look = (text: string): Finding => {
    const json = bare(text);
    const parsed = parse(json);
    if ('reason' in parsed) return unfit([parsed.reason]);
    const limit = CHECK_TIMEOUT.least + Math.floor(json.length / 1_000) * CHECK_TIMEOUT.perThousand;
    if (timeouts >= MAX_TIMEOUTS) return unchecked(limit);
    try {
      const result = stopwatch.run(limit, () => validate(parsed.value));
      if (!result.done) timeouts += 1;
      if (!result.done) return unchecked(limit);
      return result.value.length === 0 ? { json, complaints: [], checked: true } : unfit(result.value);
    } catch (error) {
      if (error instanceof RangeError) return unfit(['it is nested too deeply to be checked']);
      throw error;
    }
  };

  return {
    format,
    demand: format.type === 'json_schema' ? `JSON that fits the schema '${format.name}'` : 'a JSON object',
    check(text) {
      const finding = known.get(text) ?? look(text);
      known.set(text, finding);
      return finding;
    },
  };
}

function unchecked(limit: number): Finding {
  return { json: null, complaints: [`checking it against the schema takes longer than ${limit} ms`], checked: false };
}

function unfit(complaints: readonly string[]): Finding {
  return { json: null, complaints, checked: true };
}

const anyObject: Validate = (value) => (isRecord(value) ? [] : [`at the top: must be object, is ${kindOf(value)}`]);

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function parse(text: string): { value: unknown } | { reason: string } {
  if (text === '') return { reason: 'it is empty' };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/ \(line \d+ column \d+\)$/, '') : String(error);
    return { reason: `it is not JSON: ${reason}` };
  }
}
