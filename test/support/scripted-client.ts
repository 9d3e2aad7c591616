import { MomError, toMomError } from '../../src/core/error.js';
import type { CallBill, CallEvent, CallRequest, Embedding, ModelClient } from '../../src/core/model-client.js';
import type { ToolCall } from '../../src/core/tool.js';
import type { Usage } from '../../src/core/usage.js';
import type { FakeClock } from './fake-clock.js';

/** One step of a scripted call. `wait` is in milliseconds of the fake clock; `hang` lasts until the call is cut. */
export type Step = CallEvent | { wait: number } | { hang: true } | { fail: MomError };

/** A client that plays a script per model, and keeps every request it got. */
export class ScriptedClient implements ModelClient {
  readonly requests: CallRequest[] = [];
  readonly startedAt = new Map<string, number>();
  /** Models whose call was aborted while it ran. */
  readonly aborted: string[] = [];
  readonly lookups: string[] = [];
  bill: CallBill | null = null;
  readonly #clock: FakeClock;
  readonly #scripts: Record<string, readonly Step[]>;

  constructor(clock: FakeClock, scripts: Record<string, readonly Step[]>) {
    this.#clock = clock;
    this.#scripts = scripts;
  }

  async *call(request: CallRequest): AsyncIterable<CallEvent> {
    this.requests.push(request);
    this.startedAt.set(request.model, this.#clock.now());
    yield { type: 'attempt', attempt: 1 };
    for (const step of this.#scripts[request.model] ?? [{ fail: new MomError('model_unknown', `no script for ${request.model}`) }]) {
      if ('type' in step) yield step;
      else if ('fail' in step) throw step.fail;
      else await this.#pause('wait' in step ? step.wait : null, request);
    }
  }

  async lookupBill(_provider: string, generationId: string): Promise<CallBill | null> {
    this.lookups.push(generationId);
    return this.bill;
  }

  /** By model; what is not here fails. */
  embeddings: Record<string, (text: string) => Embedding> = {};

  async embed(_provider: string, model: string, text: string): Promise<Embedding> {
    const embedding = this.embeddings[model];
    if (!embedding) throw new MomError('model_unknown', `no embedding for ${model}`);
    return embedding(text);
  }

  #pause(ms: number | null, request: CallRequest): Promise<void> {
    const { signal, model } = request;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.aborted.push(model);
        reject(toMomError(signal.reason));
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      if (ms === null) return;
      this.#clock.after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  }
}

export const USAGE: Usage = { input_tokens: 10, output_tokens: 5, reasoning_tokens: 0, cached_input_tokens: 0 };

/** A good call: after `ms`, `text` with a reported price. */
export function answers(text: string, ms = 0, usd = 0.01, finish = 'stop'): Step[] {
  return [
    ...(ms > 0 ? [{ wait: ms }] : []),
    { type: 'open', generationId: null },
    { type: 'text', text },
    { type: 'finish', reason: finish },
    { type: 'usage', usage: USAGE, cost: { usd, source: 'reported' } },
  ];
}

/** A call the provider refuses after `ms`. */
export function refuses(code: MomError['code'], status: number, ms = 0): Step[] {
  return [
    ...(ms > 0 ? [{ wait: ms }] : []),
    { fail: new MomError(code, `the provider said ${status}`, { status, hint: `hint for ${status}` }) },
  ];
}

/** A good call that wants tools called, after `text` where there is some. */
export function callsTools(calls: readonly ToolCall[], { text = '', ms = 0, finish = 'tool_calls' } = {}): Step[] {
  return [
    ...(ms > 0 ? [{ wait: ms }] : []),
    { type: 'open', generationId: null },
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...calls.map((call) => ({ type: 'tool_delta' as const, text: call.arguments })),
    ...calls.map((call) => ({ type: 'tool_call' as const, call })),
    { type: 'finish', reason: finish },
    { type: 'usage', usage: USAGE, cost: { usd: 0.01, source: 'reported' } },
  ];
}
