import type { Outcome, OutcomeRow } from '../../../core/eval/data.js';

/** Values that are kept as their places in these lists; not asked yet is the first status. */
const STATUSES = [null, 'answered', 'failed'] as const satisfies (Outcome['status'] | null)[];
const SCORES = [null, 0, 1] as const satisfies Outcome['score'][];
const SCORERS = [null, 'reference', 'check'] as const satisfies Outcome['scored_by'][];
const SOURCES = ['reported', 'computed', 'estimated', 'partial', 'unknown'] as const satisfies Outcome['cost_source'][];

const CODES = 5;
const NUMBERS = 3;
const STYLE = 4;

/** The outcomes of one contestant in 45 bytes each outside of V8's heap, where as objects they would take five times that. */
export class OutcomeNumbers implements OutcomeRow {
  readonly length: number;
  /** Status, score, who scored, source of the cost, and whether there is a style. */
  readonly #codes: Uint8Array;
  /** Cost, first token, duration; NaN for null. */
  readonly #numbers: Float64Array;
  /** Length, headings, list items, bold. */
  readonly #style: Uint32Array;

  constructor(prompts: number) {
    this.length = prompts;
    this.#codes = new Uint8Array(CODES * prompts);
    this.#numbers = new Float64Array(NUMBERS * prompts);
    this.#style = new Uint32Array(STYLE * prompts);
  }

  set(prompt: number, outcome: Outcome): void {
    const { status, score, scored_by, cost_usd, cost_source, first_token_ms, duration_ms, style } = outcome;
    const codes = [placeIn(STATUSES, status), placeIn(SCORES, score), placeIn(SCORERS, scored_by), placeIn(SOURCES, cost_source)];
    this.#codes.set([...codes, Number(style !== null)], CODES * prompt);
    this.#numbers.set([cost_usd ?? Number.NaN, first_token_ms ?? Number.NaN, duration_ms], NUMBERS * prompt);
    if (style !== null) this.#style.set([style.length, style.headings, style.list_items, style.bold], STYLE * prompt);
  }

  at(prompt: number): Outcome | null {
    const code = CODES * prompt;
    const status = STATUSES[this.#codes[code] ?? 0] ?? null;
    if (status === null) return null;
    const number = NUMBERS * prompt;
    return {
      status,
      score: SCORES[this.#codes[code + 1] as number] ?? null,
      scored_by: SCORERS[this.#codes[code + 2] as number] ?? null,
      cost_usd: known(this.#numbers[number]),
      cost_source: SOURCES[this.#codes[code + 3] as number] ?? 'unknown',
      first_token_ms: known(this.#numbers[number + 1]),
      duration_ms: this.#numbers[number + 2] as number,
      style: this.#codes[code + 4] === 1 ? this.#styleAt(prompt) : null,
    };
  }

  *[Symbol.iterator](): IterableIterator<Outcome | null> {
    for (let prompt = 0; prompt < this.length; prompt++) yield this.at(prompt);
  }

  #styleAt(prompt: number): Outcome['style'] {
    const [length = 0, headings = 0, list_items = 0, bold = 0] = this.#style.subarray(STYLE * prompt, STYLE * (prompt + 1));
    return { length, headings, list_items, bold };
  }
}

function placeIn<T>(values: readonly T[], value: T): number {
  return Math.max(0, values.indexOf(value));
}

function known(number: number | undefined): number | null {
  return number === undefined || Number.isNaN(number) ? null : number;
}
