import type { RunEvent } from './event.js';
import type { CallRecord, RunResult, Warning } from './run.js';
import { addUsage, NO_USAGE, sumCosts } from './usage.js';

/**
 * The fold from events to result: cost, usage and answer are never counted anywhere else, so what was streamed and
 * what is reported can't drift apart, and a failed run reports its cost like any other.
 */
export class ResultFold {
  #start: Extract<RunEvent, { type: 'run.start' }> | null = null;
  #route: Extract<RunEvent, { type: 'run.start' | 'route' }> | null = null;
  #outcome: Extract<RunEvent, { type: 'outcome' }> | null = null;
  #calls = new Map<string, CallRecord>();
  #started = new Map<string, number>();
  #warnings: Warning[] = [];
  #lastMs = 0;

  apply(event: RunEvent): void {
    this.#lastMs = event.t_ms;
    switch (event.type) {
      case 'run.start':
        this.#start = event;
        this.#route = event;
        break;
      case 'route':
        this.#route = event;
        break;
      case 'call.start':
        this.#started.set(event.call.id, this.#started.size);
        break;
      case 'call.kept':
        this.#started.set(event.call.id, this.#started.size);
        this.#calls.set(event.call.id, event.call);
        break;
      case 'call.end':
      case 'call.billed':
      case 'call.skipped':
        this.#calls.set(event.call.id, event.call);
        break;
      case 'warning':
        this.#warnings.push(event.warning);
        break;
      case 'outcome':
        this.#outcome = event;
        break;
    }
  }

  /** What the calls so far have cost; calls that still run are not in it. */
  cost() {
    return sumCosts(this.ended().map((call) => ({ usd: call.cost_usd, source: call.cost_source })));
  }

  /** True when a call that ran to its end did not tell its price. */
  hasUnpricedAnswer(): boolean {
    return this.ended().some((call) => call.status === 'answered' && call.cost_usd === null);
  }

  /** True when a warning of this kind was given. */
  hasWarned(code: string): boolean {
    return this.#warnings.some((warning) => warning.code === code);
  }

  result(): RunResult {
    const start = this.#start;
    const outcome = this.#outcome;
    const route = this.#route;
    if (!start || !route || !outcome) throw new Error('a result needs run.start and outcome');
    const calls = this.#inOrderOfStart(this.ended());
    const cost = this.cost();
    return {
      schema_version: 1,
      id: start.run_id,
      status: outcome.status,
      answer: outcome.answer,
      tool_calls: outcome.tool_calls,
      answer_source: outcome.answer_source,
      finish_reason: outcome.finish_reason,
      mixture: route.mixture,
      strategy: route.strategy,
      route_reason: route.route_reason,
      seed: start.seed,
      proposals: this.#proposals(route.proposers.map((p) => p.id)),
      critic: calls.filter((call) => call.kind === 'critic').at(-1) ?? null,
      calls,
      usage: calls.reduce((sum, call) => addUsage(sum, call.usage ?? NO_USAGE), { ...NO_USAGE }),
      cost_usd: cost.usd,
      cost_source: cost.source,
      duration_ms: this.#lastMs,
      warnings: [...this.#warnings],
      error: outcome.error,
    };
  }

  /** Those of the plan in its order, then the calls of later layers and rounds, as they started: in the order of the config too. */
  #proposals(planned: readonly string[]): CallRecord[] {
    const later = [...this.#calls.values()].filter((call) => call.kind === 'proposer' && !planned.includes(call.id));
    return [...planned.flatMap((id) => this.#calls.get(id) ?? []), ...this.#inOrderOfStart(later)];
  }

  #inOrderOfStart(calls: readonly CallRecord[]): CallRecord[] {
    const place = (call: CallRecord) => this.#started.get(call.id) ?? this.#started.size;
    return calls.toSorted((a, b) => place(a) - place(b));
  }

  /** Every call that has ended, in that order. */
  ended(): CallRecord[] {
    return [...this.#calls.values()].filter((call) => call.status !== 'skipped');
  }
}
