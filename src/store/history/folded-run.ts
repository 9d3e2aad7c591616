import type { RunEvent } from '../../core/event.js';
import type { RunOrigin, StoredRun } from '../../core/history.js';
import type { OriginLine } from '../../core/journal-line.js';
import { ResultFold } from '../../core/result.js';
import { type CallRecord, NOT_MADE, type RunResult } from '../../core/run.js';
import type { RunToKeep } from './keep-run.js';
import { summarize } from './pack.js';

type Start = Extract<RunEvent, { type: 'run.start' }>;
type CallStart = Extract<RunEvent, { type: 'call.start' }>;

/** What a call that has not ended has brought so far. */
interface OpenCall {
  call: CallStart['call'];
  startedMs: number;
  text: string;
  firstTokenMs: number | null;
  attempts: number;
}

/** A run as it comes out of a journal, line by line. */
export class FoldedRun {
  readonly id: string;
  isOver = false;
  readonly #origin: OriginLine | null;
  readonly #fold = new ResultFold();
  readonly #open = new Map<string, OpenCall>();
  readonly #kept = new Set<string>();
  readonly #started: Record<string, number> = {};
  readonly #prompts: Record<string, StoredRun['messages']> = {};
  #start: Start | null = null;
  #source: Extract<RunEvent, { type: 'answer.start' }>['source'] | null = null;
  #writer: string | null = null;
  #hasOutcome = false;
  #last: { run_id: string; t_ms: number } | null = null;
  #result: RunResult | null = null;

  /** @param origin null in journals of versions before there was a history */
  constructor(id: string, origin: OriginLine | null) {
    this.id = id;
    this.#origin = origin;
  }

  /** True where something of it is known that could be lost. */
  get hasBegun(): boolean {
    return this.#last !== null;
  }

  get #hasContent(): boolean {
    return this.#origin?.content ?? true;
  }

  apply(event: RunEvent): void {
    this.#fold.apply(event);
    this.#last = { run_id: event.run_id, t_ms: event.t_ms };
    switch (event.type) {
      case 'run.start':
        this.#start = event;
        break;
      case 'call.start':
        this.#begin(event);
        break;
      case 'call.kept':
        this.#kept.add(event.call.id);
        this.#started[event.call.id] = event.t_ms;
        break;
      case 'call.delta':
        this.#hear(event);
        break;
      case 'call.restart':
        this.#again(event.call_id, event.attempt);
        break;
      case 'call.end':
        this.#open.delete(event.call.id);
        break;
      case 'answer.start':
        this.#source = event.source;
        break;
      case 'outcome':
        this.#hasOutcome = true;
        break;
      case 'run.end':
        this.isOver = true;
        this.#result = event.result;
        break;
    }
  }

  /** The whole run; one that has not come to its end counts as broken off. Null where its beginning is missing. */
  whole(): RunToKeep | null {
    const start = this.#start;
    if (start === null || Number.isNaN(Date.parse(start.started_at))) return null;
    const result = this.#result ?? this.#brokenOff();
    const origin = this.#origin?.origin ?? formerOrigin(this.id, result);
    const content = this.#hasContent;
    const run = {
      origin,
      content,
      messages: content ? start.messages : [],
      result,
      started: this.#started,
      prompts: content ? this.#prompts : {},
    };
    return { run: { summary: summarize(run, start.started_at), ...run }, kept: this.#kept };
  }

  #begin({ call, messages, t_ms }: CallStart): void {
    this.#open.set(call.id, { call, startedMs: t_ms, text: '', firstTokenMs: null, attempts: 1 });
    this.#started[call.id] = t_ms;
    if (messages) this.#prompts[call.id] = messages;
    if (call.kind === 'critic') this.#writer = call.id;
  }

  #hear({ call_id, channel, text, t_ms }: Extract<RunEvent, { type: 'call.delta' }>): void {
    const open = this.#open.get(call_id);
    if (open === undefined) return;
    open.firstTokenMs ??= t_ms - open.startedMs;
    if (channel === 'text') open.text += text ?? '';
  }

  #again(callId: string, attempt: number): void {
    const open = this.#open.get(callId);
    if (open === undefined) return;
    open.text = '';
    open.firstTokenMs = null;
    open.attempts = attempt;
  }

  /** Calls under way when mom ended may have cost something, and nobody knows what. */
  #brokenOff(): RunResult {
    const { run_id, t_ms } = this.#last as { run_id: string; t_ms: number };
    const cut = new Map([...this.#open.values()].map((open) => [open.call.id, cutCall(open, t_ms)]));
    for (const call of cut.values()) this.#fold.apply({ type: 'call.end', call, run_id, t_ms });
    if (!this.#hasOutcome) {
      this.#fold.apply({
        type: 'outcome',
        status: 'cancelled',
        answer: this.#partialAnswer(),
        tool_calls: [],
        answer_source: this.#source,
        finish_reason: null,
        error: { ...ENDED_EARLY, hint: this.#hasContent ? this.#wayOn(run_id) : null },
        run_id,
        t_ms,
      });
    }
    return this.#fold.result();
  }

  #wayOn(id: string): string {
    return `mom ask${this.#origin?.origin.sandbox ? ' --sandbox' : ''} --resume ${id} pays only for what is missing`;
  }

  #partialAnswer(): string | null {
    const source = this.#source;
    if (source === null || source === 'cache') return null;
    const id = source === 'critic' ? this.#writer : source.slice('proposal:'.length);
    const ended = this.#fold.ended().find((call) => call.id === id);
    return ended?.text ?? null;
  }
}

const ENDED_EARLY = { code: 'cancelled', message: 'the journal ends before the run does' } as const;

function cutCall({ call, startedMs, text, firstTokenMs, attempts }: OpenCall, now: number): CallRecord {
  return {
    ...NOT_MADE,
    ...call,
    status: 'cancelled',
    text: text === '' ? null : text,
    error: { ...ENDED_EARLY, hint: null, status: null },
    first_token_ms: firstTokenMs,
    duration_ms: Math.max(0, now - startedMs),
    attempts,
  };
}

/** Of a run in a journal that tells no origin: models of the sandbox can be told by the names under which they answer. */
function formerOrigin(id: string, { calls }: RunResult): RunOrigin {
  return {
    door: 'ask',
    client: null,
    sandbox: calls.some(({ resolved_model: name }) => name !== null && /^(simulated|sandbox|recorded)\//.test(name)),
    parent: null,
    link: null,
    conversation: id,
    choice: {},
    format: null,
    tools: false,
  };
}
