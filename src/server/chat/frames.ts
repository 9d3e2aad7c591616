import type { ToolCall } from '../../core/tool.js';
import type { ErrorBody } from '../errors.js';
import { type FinishReason, type MomData, wireToolCall } from './answer.js';
import type { ChatUsage } from './usage.js';

/** Says nothing, and keeps a connection from looking dead. */
export const HEARTBEAT = ': mom\n\n';

export const DONE = 'data: [DONE]\n\n';

/** What all chunks of one stream have in common. */
export interface StreamHead {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
}

/** Writes the chunks of one stream as frames of server-sent events; what never changes is written once. */
export class Frames {
  readonly #head: string;

  constructor({ id, created, model }: StreamHead) {
    this.#head = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},"choices":[`;
  }

  role(): string {
    return this.#chunk('{"role":"assistant","content":""}');
  }

  text(text: string): string {
    return this.#chunk(`{"content":${JSON.stringify(text)}}`);
  }

  /** @param index counts from 0 without a gap */
  toolCall(index: number, call: ToolCall): string {
    return this.#chunk(JSON.stringify({ tool_calls: [{ index, ...wireToolCall(call) }] }));
  }

  /** The same for a client of the older form, which has room for one call. */
  functionCall(call: ToolCall): string {
    return this.#chunk(JSON.stringify({ function_call: wireToolCall(call).function }));
  }

  finish(reason: FinishReason, mom: MomData): string {
    return this.#chunk('{}', reason, `,"mom":${JSON.stringify(mom)}`);
  }

  usage(usage: ChatUsage): string {
    return `${this.#head}],"usage":${JSON.stringify(usage)}}\n\n`;
  }

  /** The last frame of a stream that failed. */
  error({ error: { message, type, code } }: ErrorBody, mom: MomData | null): string {
    const told = mom === null ? '' : `,"mom":${JSON.stringify(mom)}`;
    return this.#chunk('{}', 'error', `,"error":${JSON.stringify({ message, type, code })}${told}`);
  }

  #chunk(delta: string, reason: string | null = null, more = ''): string {
    return `${this.#head}{"index":0,"delta":${delta},"finish_reason":${reason === null ? 'null' : `"${reason}"`}}]${more}}\n\n`;
  }
}
