import type { MomError } from '../core/error.js';
import type { CallEvent } from '../core/model-client.js';
import type { Cost, Usage } from '../core/usage.js';
import type { WireDialect } from './dialect.js';
import { callError, cleanText, isRecord, readComplaint, type Subject, statusError } from './errors.js';
import { ThinkSplitter } from './think.js';

/** Turns the chunks of one answer into events, and knows at the end whether it was an answer at all. */
export class AnswerDecoder {
  readonly #subject: Subject;
  readonly #dialect: WireDialect;
  readonly #headers: Record<string, string>;
  readonly #think = new ThinkSplitter();
  #opened = false;
  #model: string | null = null;
  #characters = 0;
  #blank = true;
  #finish: string | null = null;
  #logprobs: number[] = [];
  /** Of tokens that are not known yet to be answer or thought. */
  #heldLogprobs: number[] = [];
  /** Thrown at the end, when the usage is in: a refused or empty answer is billed all the same. */
  #failure: MomError | null = null;

  constructor(subject: Subject, dialect: WireDialect, headers: Record<string, string>) {
    this.#subject = subject;
    this.#dialect = dialect;
    this.#headers = headers;
  }

  /** True once a finish reason has come: what may follow is the usage only. */
  get finished(): boolean {
    return this.#finish !== null;
  }

  /** @throws MomError `bad_response`, or the error that the chunk carries. */
  *chunk(data: string): Generator<CallEvent> {
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      throw this.#bad(`sent something that is not JSON: ${cleanText(data.slice(0, 100), this.#subject.provider)}`);
    }
    yield* this.value(chunk, 'delta');
  }

  /** A chunk, or with `message` a complete answer. */
  *value(chunk: unknown, part: 'delta' | 'message'): Generator<CallEvent> {
    if (!isRecord(chunk)) throw this.#bad('sent a chunk that is no object');
    if (chunk.error !== undefined && chunk.error !== null) {
      const complaint = readComplaint(chunk, null) ?? { message: JSON.stringify(chunk.error), param: null, status: null };
      throw statusError(this.#subject, complaint);
    }
    if (!this.#opened) {
      this.#opened = true;
      yield { type: 'open', generationId: this.#dialect.generationId(this.#headers, typeof chunk.id === 'string' ? chunk.id : null) };
    }
    if (typeof chunk.model === 'string' && chunk.model !== '' && chunk.model !== this.#model) {
      this.#model = chunk.model;
      yield { type: 'model', resolvedModel: chunk.model };
    }
    if (chunk.choices !== undefined && !Array.isArray(chunk.choices)) throw this.#bad('sent `choices` that are no list');
    const choice: unknown = chunk.choices?.[0];
    if (choice !== undefined) yield* this.#choice(choice, part);
    if (isRecord(chunk.usage)) yield { type: 'usage', ...readUsage(chunk.usage) };
  }

  /** The end of the stream. @throws MomError when what came is no answer. */
  end(): void {
    if (this.#failure) throw this.#failure;
    if (this.#finish === null) throw this.broken('ended without a finish reason');
  }

  /** The stream broke off; `how` says in which way. */
  broken(how: string, cause?: unknown): MomError {
    return callError('stream_broken', `the answer of ${this.#subject.model} ${how} after ${this.#characters} characters: truncated`, {
      cause,
    });
  }

  *#choice(choice: unknown, part: 'delta' | 'message'): Generator<CallEvent> {
    if (!isRecord(choice)) throw this.#bad('sent a choice that is no object');
    const delta = choice[part] ?? {};
    if (!isRecord(delta)) throw this.#bad(`sent a \`${part}\` that is no object`);
    const reasoning = this.#reasoning(delta);
    if (reasoning !== '') yield { type: 'reasoning', text: reasoning };
    const pieces = this.#think.push(this.#string(delta, 'content'));
    if (this.#finish === null) this.#weigh(pieces, readLogprobs(choice.logprobs));
    yield* this.#pieces(pieces);
    const reason = choice.finish_reason;
    if (reason === undefined || reason === null || reason === '' || this.#finish !== null) return;
    if (typeof reason !== 'string') throw this.#bad('sent a `finish_reason` that is no text');
    yield* this.#pieces(this.#think.end());
    // All at once: between the pieces of a text they would keep these from going on as one.
    const values = [...this.#logprobs, ...this.#heldLogprobs];
    if (values.length > 0) yield { type: 'logprobs', values };
    this.#finish = reason;
    this.#failure = this.#judge(reason, choice);
    if (this.#failure === null) yield { type: 'finish', reason };
  }

  #judge(reason: string, choice: Record<string, unknown>): MomError | null {
    const { model, provider } = this.#subject;
    if (reason === 'error') {
      const complaint = isRecord(choice.error) ? readComplaint(choice, null) : null;
      return statusError(this.#subject, complaint ?? { message: 'the answer ended with finish reason `error`', param: null, status: null });
    }
    if (reason === 'content_filter') {
      return callError('content_filtered', `${provider.name} withheld the answer of ${model}: content filter`);
    }
    if (!this.#blank) return null;
    return callError('empty_answer', `${model} gave an empty answer (finish reason: ${reason})`);
  }

  /** Thoughts inside the text are no part of the answer, and neither is how sure the model was of them. */
  #weigh(pieces: ReturnType<ThinkSplitter['push']>, values: readonly number[]): void {
    for (const value of values) this.#heldLogprobs.push(value);
    if (pieces.length === 0) return;
    if (pieces.some((piece) => piece.type === 'text')) for (const value of this.#heldLogprobs) this.#logprobs.push(value);
    this.#heldLogprobs = [];
  }

  *#pieces(pieces: ReturnType<ThinkSplitter['push']>): Generator<CallEvent> {
    for (const piece of pieces) {
      if (piece.type === 'text') {
        this.#characters += piece.text.length;
        this.#blank &&= piece.text.trim() === '';
      }
      yield piece;
    }
  }

  #reasoning(delta: Record<string, unknown>): string {
    const plain = this.#string(delta, 'reasoning') || this.#string(delta, 'reasoning_content');
    if (plain !== '' || !Array.isArray(delta.reasoning_details)) return plain;
    const texts = delta.reasoning_details.map((detail: unknown) => (isRecord(detail) ? (detail.text ?? detail.summary) : ''));
    return texts.filter((text) => typeof text === 'string').join('');
  }

  #string(delta: Record<string, unknown>, field: string): string {
    const value = delta[field] ?? '';
    if (typeof value === 'string') return value;
    if (Array.isArray(value))
      return value.map((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join('');
    throw this.#bad(`sent a \`${field}\` that is no text but of type ${typeof value}`);
  }

  #bad(what: string): MomError {
    return callError('bad_response', `${this.#subject.provider.name} ${what} (${this.#subject.model})`);
  }
}

/** The log probabilities of a choice's tokens. They are an extra: what is none is left out, and never an error. */
function readLogprobs(logprobs: unknown): number[] {
  const tokens: unknown = isRecord(logprobs) ? logprobs.content : null;
  if (!Array.isArray(tokens)) return [];
  const values = tokens.map((token: unknown) => (isRecord(token) ? token.logprob : null));
  return values.filter((value): value is number => typeof value === 'number' && value <= 0);
}

function readUsage(usage: Record<string, unknown>): { usage: Usage; cost: Cost } {
  const detail = (group: string, name: string): number => {
    const details = usage[group];
    return isRecord(details) ? count(details[name]) : 0;
  };
  return {
    usage: {
      input_tokens: count(usage.prompt_tokens),
      output_tokens: count(usage.completion_tokens),
      reasoning_tokens: detail('completion_tokens_details', 'reasoning_tokens'),
      cached_input_tokens: detail('prompt_tokens_details', 'cached_tokens'),
    },
    cost: typeof usage.cost === 'number' ? { usd: usage.cost, source: 'reported' } : { usd: null, source: 'unknown' },
  };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
