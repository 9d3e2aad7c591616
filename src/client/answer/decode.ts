import type { MomError } from '../../core/error.js';
import type { CallEvent } from '../../core/model-client.js';
import { isRecord } from '../../core/record.js';
import type { ToolCall } from '../../core/tool.js';
import type { WireDialect } from '../dialects/dialect.js';
import { callError, cleanText, readComplaint, type Subject, statusError } from '../failing/errors.js';
import { ThinkSplitter } from './think.js';
import { ThoughtReader } from './thought-reader.js';
import type { Thoughts } from './thoughts.js';
import { ToolCallCollector } from './tool-calls.js';
import { readLogprobs, readUsage } from './usage.js';

/** Turns the chunks of one answer into events, and knows at the end whether it was an answer at all. */
export class AnswerDecoder {
  readonly #subject: Subject;
  readonly #dialect: WireDialect;
  readonly #headers: Record<string, string>;
  readonly #think = new ThinkSplitter();
  /** Null where no tool may be called: then a call is no answer. */
  readonly #calls: ToolCallCollector | null;
  /** Null where thoughts are kept for nobody. */
  readonly #thoughts: { keeper: Thoughts; reader: ThoughtReader } | null;
  #events: CallEvent[] = [];
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

  constructor(subject: Subject, dialect: WireDialect, headers: Record<string, string>, mayCall: boolean, keeper: Thoughts | null = null) {
    this.#subject = subject;
    this.#dialect = dialect;
    this.#headers = headers;
    this.#calls = mayCall ? new ToolCallCollector() : null;
    this.#thoughts = mayCall && keeper ? { keeper, reader: new ThoughtReader() } : null;
    // Told before the first word, so that a call that is cut while the model still thinks can be asked for its price.
    const generationId = dialect.generationId(headers, null);
    if (generationId !== null) this.#open(generationId);
  }

  /** True once a finish reason has come: what may follow is the usage only. */
  get finished(): boolean {
    return this.#finish !== null;
  }

  /** The events since the last time; texts that follow each other are one, as each event passes many hands. */
  take(): CallEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** @throws MomError `bad_response`, or the error that the chunk carries. */
  chunk(data: string): void {
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      throw this.#bad(`sent something that is not JSON: ${cleanText(data, this.#subject.provider, 100)}`);
    }
    this.value(chunk, 'delta');
  }

  /** A chunk, or with `message` a complete answer. */
  value(chunk: unknown, part: 'delta' | 'message'): void {
    if (!isRecord(chunk)) throw this.#bad('sent a chunk that is no object');
    if (chunk.error !== undefined && chunk.error !== null) {
      const complaint = readComplaint(chunk, null) ?? { message: JSON.stringify(chunk.error), param: null, status: null };
      throw statusError(this.#subject, complaint);
    }
    if (!this.#opened) this.#open(this.#dialect.generationId(this.#headers, typeof chunk.id === 'string' ? chunk.id : null));
    if (typeof chunk.model === 'string' && chunk.model !== '' && chunk.model !== this.#model) {
      this.#model = chunk.model;
      this.#events.push({ type: 'model', resolvedModel: chunk.model });
    }
    if (chunk.choices !== undefined && !Array.isArray(chunk.choices)) throw this.#bad('sent `choices` that are no list');
    const choice: unknown = chunk.choices?.find(isFirst);
    if (choice !== undefined) this.#choice(choice, part);
    if (isRecord(chunk.usage)) this.#events.push({ type: 'usage', ...readUsage(chunk.usage) });
  }

  #open(generationId: string | null): void {
    this.#opened = true;
    this.#events.push({ type: 'open', generationId });
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

  #choice(choice: unknown, part: 'delta' | 'message'): void {
    if (!isRecord(choice)) throw this.#bad('sent a choice that is no object');
    const delta = choice[part] ?? {};
    if (!isRecord(delta)) throw this.#bad(`sent a \`${part}\` that is no object`);
    this.#thoughts?.reader.push(delta);
    this.#tell('reasoning', this.#reasoning(delta));
    const pieces = this.#think.push(this.#string(delta, 'content'));
    if (this.#finish === null) this.#weigh(pieces, readLogprobs(choice.logprobs));
    this.#pieces(pieces);
    this.#tools(delta);
    const reason = choice.finish_reason;
    if (reason === undefined || reason === null || reason === '' || this.#finish !== null) return;
    if (typeof reason !== 'string') throw this.#bad('sent a `finish_reason` that is no text');
    this.#finishWith(reason, choice);
  }

  #finishWith(reason: string, choice: Record<string, unknown>): void {
    this.#pieces(this.#think.end());
    // All at once: between the pieces of a text they would keep these from going on as one.
    const values = [...this.#logprobs, ...this.#heldLogprobs];
    if (values.length > 0) this.#events.push({ type: 'logprobs', values });
    this.#finish = reason;
    this.#failure = this.#judge(reason, choice);
    if (this.#failure !== null) return;
    for (const call of this.#toolCalls()) this.#events.push({ type: 'tool_call', call });
    this.#events.push({ type: 'finish', reason: this.#reasonTold(reason) });
  }

  #toolCalls(): readonly ToolCall[] {
    const calls = this.#calls?.calls() ?? [];
    const thoughts = calls.length === 0 ? null : this.#thoughts?.reader.read(this.#calls?.extras() ?? []);
    return thoughts ? (this.#thoughts?.keeper.keep(this.#subject, calls, thoughts) ?? calls) : calls;
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
    const broken = this.#calls?.unfinished(reason === 'length') ?? null;
    if (broken !== null) {
      return callError('bad_response', `${model} called ${broken} with arguments that are not whole (finish reason: ${reason})`, {
        hint: reason === 'length' ? 'allow more tokens (max_tokens)' : 'try again, or use another model',
      });
    }
    if (!this.#blank || this.#calls?.isEmpty === false) return null;
    return callError('empty_answer', `${model} gave an empty answer (finish reason: ${reason})`);
  }

  /** Whether tools are to be called is seen by the calls: some providers say `stop` with them, or `tool_calls` without. */
  #reasonTold(reason: string): string {
    const called = this.#calls?.isEmpty === false;
    if (called) return reason === 'length' ? reason : 'tool_calls';
    return reason === 'tool_calls' || reason === 'function_call' ? 'stop' : reason;
  }

  /** Thoughts inside the text are no part of the answer, and neither is how sure the model was of them. */
  #weigh(pieces: ReturnType<ThinkSplitter['push']>, values: readonly number[]): void {
    for (const value of values) this.#heldLogprobs.push(value);
    if (pieces.length === 0) return;
    if (pieces.some((piece) => piece.type === 'text')) for (const value of this.#heldLogprobs) this.#logprobs.push(value);
    this.#heldLogprobs = [];
  }

  #pieces(pieces: ReturnType<ThinkSplitter['push']>): void {
    for (const { type, text } of pieces) {
      if (type === 'text') {
        this.#characters += text.length;
        this.#blank &&= text.trim() === '';
      }
      this.#tell(type, text);
    }
  }

  #tools(delta: Record<string, unknown>): void {
    const said = delta.tool_calls ?? delta.function_call;
    if (said === undefined || said === null || this.#finish !== null) return;
    try {
      this.#tell('tool_delta', (this.#calls ?? new ToolCallCollector()).push(said));
    } catch {
      throw this.#bad('sent `tool_calls` that are none');
    }
  }

  #tell(type: 'text' | 'reasoning' | 'tool_delta', text: string): void {
    if (text === '') return;
    const last = this.#events.at(-1);
    if (last?.type === type) last.text += text;
    else this.#events.push({ type, text });
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

/** One answer is asked for; a server that gives several numbers them, in any order. */
function isFirst(choice: unknown): boolean {
  return !isRecord(choice) || typeof choice.index !== 'number' || choice.index === 0;
}
