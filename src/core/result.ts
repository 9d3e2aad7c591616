import type { RunEvent } from './event.js';
import type { CallRecord, RunResult, Warning } from './run.js';
import { addUsage, NO_USAGE, sumCosts } from './usage.js';

/**
 * The fold from events to result: cost, usage and answer are never counted anywhere else, so what was streamed and
 * what is reported can't drift apart, and a failed run reports its cost like any other.
 */
export class ResultFold {
  #start: Extract<RunEvent, { type: 'run.start' }> | null = null;
  #outcome: Extract<RunEvent, { type: 'outcome' }> | null = null;
  #calls = new Map<string, CallRecord>();
  #warnings: Warning[] = [];
  #lastMs = 0;

  apply(event: RunEvent): void {
    this.#lastMs = event.t_ms;
    switch (event.type) {
      case 'run.start':
        this.#start = event;
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
    return sumCosts(this.#asked().map((call) => ({ usd: call.cost_usd, source: call.cost_source })));
  }

  /** True when a call that ran to its end did not tell its price. */
  hasUnpricedAnswer(): boolean {
    return this.#asked().some((call) => call.status === 'answered' && call.cost_usd === null);
  }

  /** True when a warning of this kind was given. */
  hasWarned(code: string): boolean {
    return this.#warnings.some((warning) => warning.code === code);
  }

  result(): RunResult {
    const start = this.#start;
    const outcome = this.#outcome;
    if (!start || !outcome) throw new Error('a result needs run.start and outcome');
    const calls = this.#asked();
    const cost = this.cost();
    const proposerIds = start.proposers.map((p) => p.id);
    return {
      schema_version: 1,
      id: start.run_id,
      status: outcome.status,
      answer: outcome.answer,
      answer_source: outcome.answer_source,
      finish_reason: outcome.finish_reason,
      mixture: start.mixture,
      strategy: start.strategy,
      route_reason: start.route_reason,
      seed: start.seed,
      proposals: proposerIds.flatMap((id) => this.#calls.get(id) ?? []),
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

  #asked(): CallRecord[] {
    return [...this.#calls.values()].filter((call) => call.status !== 'skipped');
  }
}
