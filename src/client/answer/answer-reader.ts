import { isMomError, type MomError } from '../../core/error.js';
import { isJson } from '../../core/json.js';
import type { CallEvent } from '../../core/model-client.js';
import { isRecord } from '../../core/record.js';
import type { WireDialect } from '../dialects/dialect.js';
import { callError, cleanText, type Subject } from '../failing/errors.js';
import type { HttpResponse } from '../http/transport.js';
import { readWhole } from '../http/whole-body.js';
import { AnswerDecoder } from './decode.js';
import { LineTooLongError, SseReader } from './sse.js';
import type { Thoughts } from './thoughts.js';

/** Reads a good response to its end: the events that come together as one list, as each wait for more costs. */
export class AnswerReader {
  readonly #response: HttpResponse;
  readonly #subject: Subject;
  readonly #decoder: AnswerDecoder;
  readonly #sse = new SseReader();
  #bytes: AsyncIterator<Buffer> | null = null;
  #over = false;
  /** What broke, told after the events that came before it. */
  #error: unknown;

  /** @param thoughts kept for the next turn; null: for nobody */
  constructor(response: HttpResponse, subject: Subject, dialect: WireDialect, mayCall: boolean, thoughts: Thoughts | null) {
    this.#response = response;
    this.#subject = subject;
    this.#decoder = new AnswerDecoder(subject, dialect, response.headers, mayCall, thoughts);
  }

  /** The next events; null at the end. @throws MomError when what came is no answer, or no whole one */
  async next(): Promise<readonly CallEvent[] | null> {
    for (;;) {
      const events = this.#decoder.take();
      if (events.length > 0) return events;
      if (this.#over) break;
      try {
        const bytes = this.#bytes ?? (await this.#open());
        if (bytes !== null) this.#decode(await bytes.next());
      } catch (error) {
        this.#over = true;
        this.#error = this.#reason(error);
      }
    }
    if (this.#error !== undefined) throw this.#error;
    this.#decoder.end();
    return null;
  }

  /** Null where there is no stream: the answer came whole and is read. */
  async #open(): Promise<AsyncIterator<Buffer> | null> {
    const { headers, body } = this.#response;
    const { provider, model } = this.#subject;
    const packed = headers['content-encoding'] || 'identity';
    if (packed !== 'identity') throw callError('bad_response', `${provider.name} packed its answer (${packed}) unasked (${model})`);
    const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (type === 'text/event-stream' || type === '') {
      this.#bytes = body[Symbol.asyncIterator]();
      return this.#bytes;
    }
    if (type === 'application/json') {
      this.#decoder.value(this.#parsed(await readWhole(this.#response)), 'message');
      this.#over = true;
      return null;
    }
    throw callError('bad_response', `${provider.name} answered with ${type} instead of a stream (${model})`);
  }

  #decode(next: IteratorResult<Buffer>): void {
    this.#over = next.done === true;
    for (const data of next.done ? this.#lastWords() : this.#sse.push(next.value)) {
      if (data.startsWith('[DONE]')) {
        this.#over = true;
        return;
      }
      if (data !== '') this.#decoder.chunk(data);
    }
  }

  /** An event whose end never came counts when it is whole; a piece of one says that the stream was cut. */
  #lastWords(): string[] {
    const words = this.#sse.end();
    if (words.every((data) => data.startsWith('[DONE]') || isJson(data))) return words;
    throw new Error('the stream ended in the middle of an event');
  }

  /** Undefined where nothing is amiss: all of the text is there, only the usage may be missing. */
  #reason(error: unknown): MomError | undefined {
    const { provider, model } = this.#subject;
    if (isMomError(error)) return error;
    if (error instanceof LineTooLongError) return callError('bad_response', `${provider.name} sent ${error.message} (${model})`);
    return this.#decoder.finished ? undefined : this.#decoder.broken('broke off', error);
  }

  #parsed(text: string): unknown {
    const { provider, model } = this.#subject;
    try {
      const value: unknown = JSON.parse(text);
      if (isRecord(value)) return value;
    } catch {
      // Told below, like JSON that is no object.
    }
    throw callError(
      'bad_response',
      `${provider.name} sent something that is not a JSON object: ${cleanText(text, provider, 100)} (${model})`,
    );
  }
}
