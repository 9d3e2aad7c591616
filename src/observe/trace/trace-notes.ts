import type { RunEvent } from '../../core/event.js';
import type { Message } from '../../core/message.js';
import { ResultFold } from '../../core/result.js';
import type { CallRecord, RunResult, Warning } from '../../core/run.js';

export type RunStart = Extract<RunEvent, { type: 'run.start' }>;
type Route = Extract<RunEvent, { type: 'run.start' | 'route' }>;
type CallStart = Extract<RunEvent, { type: 'call.start' }>;
type Restart = Extract<RunEvent, { type: 'call.restart' }>;

/** What is known of one call so far. */
export interface CallNotes {
  start: CallStart | null;
  startedMs: number | null;
  /** What was sent; null: the conversation as it is. */
  messages: readonly Message[] | null;
  text: string;
  reasoning: string;
  restarts: Restart[];
  /** Null while the call runs. */
  record: CallRecord | null;
}

/** Collects what a trace tells; like the result, a fold over the events. */
export class TraceNotes {
  start: RunStart | null = null;
  /** What is going to be done: what the start said, until a classifier decides otherwise. */
  route: Route | null = null;
  result: RunResult | null = null;
  /** In the order they started. */
  readonly calls = new Map<string, CallNotes>();
  readonly warnings: Warning[] = [];
  /** The run's turning points, one sentence each with its time. */
  readonly steps: { t_ms: number; text: string }[] = [];
  readonly #fold = new ResultFold();

  apply(event: RunEvent): void {
    this.#fold.apply(event);
    switch (event.type) {
      case 'run.start':
        this.start = event;
        this.route = event;
        break;
      case 'route':
        this.route = event;
        this.#step(event, `mixture ${event.mixture}, strategy ${event.strategy} from here on (${event.route_reason})`);
        break;
      case 'call.start': {
        const notes = this.#call(event.call.id);
        notes.start = event;
        notes.startedMs = event.t_ms;
        notes.messages = event.messages;
        break;
      }
      case 'call.delta': {
        const notes = this.#call(event.call_id);
        notes[event.channel] += event.text;
        break;
      }
      case 'call.restart': {
        const notes = this.#call(event.call_id);
        notes.restarts.push(event);
        notes.text = '';
        notes.reasoning = '';
        break;
      }
      case 'call.end':
      case 'call.billed':
        this.#call(event.call.id).record = event.call;
        break;
      case 'call.kept':
        this.#call(event.call.id).record = event.call;
        this.#step(event, `${event.call.id} (${event.call.model}) is kept from an earlier run of the same request`);
        break;
      case 'call.skipped':
        this.#call(event.call.id).record = event.call;
        this.#step(event, `${event.call.id} (${event.call.model}) was not asked${event.call.error ? `: ${event.call.error.message}` : ''}`);
        break;
      case 'quorum':
        this.#step(
          event,
          `${event.answered} usable proposals; waiting at most ${event.grace_ms} ms for ${event.waiting_for.join(', ') || 'nobody'}`,
        );
        break;
      case 'proposals':
        this.#step(event, `the wait for proposals is over: ${event.answered} answered, ${event.failed} failed, ${event.cut} cut`);
        break;
      case 'answer.start':
        this.#step(event, `the answer begins, from ${event.source}${event.model === null ? '' : ` (${event.model})`}`);
        break;
      case 'warning':
        this.warnings.push(event.warning);
        break;
      case 'run.end':
        this.result = event.result;
        break;
    }
  }

  /** What the finished calls have cost. */
  cost() {
    return this.#fold.cost();
  }

  #step(event: RunEvent, text: string): void {
    this.steps.push({ t_ms: event.t_ms, text });
  }

  #call(id: string): CallNotes {
    let notes = this.calls.get(id);
    if (!notes) {
      notes = { start: null, startedMs: null, messages: null, text: '', reasoning: '', restarts: [], record: null };
      this.calls.set(id, notes);
    }
    return notes;
  }
}
