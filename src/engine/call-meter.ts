import type { MomError } from '../core/error.js';
import type { CallBill, CallEvent } from '../core/model-client.js';
import type { CallRecord } from '../core/run.js';
import { addUsage, type Cost, NO_USAGE, sumCosts, type Usage } from '../core/usage.js';

type Measured = Pick<
  CallRecord,
  'resolved_model' | 'text' | 'finish_reason' | 'usage' | 'cost_usd' | 'cost_source' | 'first_token_ms' | 'duration_ms' | 'attempts'
>;

const UNKNOWN: Cost = { usd: null, source: 'unknown' };

/** Folds the events of one call, with all its attempts, into what is measured of it. */
export class CallMeter {
  readonly #now: () => number;
  readonly #startMs: number;
  #text = '';
  #attempts = 0;
  #firstTokenMs: number | null = null;
  #resolvedModel: string | null = null;
  #finishReason: string | null = null;
  #usage: Usage | null = null;
  #costs: Cost[] = [];
  #opened = false;
  /** Some servers send the usage with every chunk: the last one of an attempt counts. */
  #bill: CallBill | null = null;
  /** The provider's id of the last attempt, by which it can be asked for its price. */
  generationId: string | null = null;

  constructor(now: () => number) {
    this.#now = now;
    this.#startMs = now();
  }

  /** True once the model has said that its text is whole. */
  get complete(): boolean {
    return this.#finishReason === 'stop' && this.#text.trim() !== '';
  }

  apply(event: CallEvent): void {
    switch (event.type) {
      case 'attempt':
        this.#attempts = event.attempt;
        break;
      case 'open':
        this.#opened = true;
        this.generationId = event.generationId ?? this.generationId;
        break;
      case 'model':
        this.#resolvedModel = event.resolvedModel;
        break;
      case 'reasoning':
      case 'text':
        this.#firstTokenMs ??= this.#now() - this.#startMs;
        if (event.type === 'text') this.#text += event.text;
        break;
      case 'usage':
        this.#bill = { usage: event.usage, cost: event.cost };
        break;
      case 'restart':
        this.#closeAttempt(event.error.status !== null || event.error.code === 'connection_failed');
        this.#text = '';
        this.#finishReason = null;
        break;
      case 'finish':
        this.#finishReason = event.reason;
        break;
    }
  }

  /** What is known at the end of the call; `error` is why it ended, null when well. */
  measured(error: MomError | null): Measured {
    const refused = error !== null && (error.status !== null || error.code === 'connection_failed' || error.code === 'key_missing');
    this.#closeAttempt(refused || this.#attempts === 0);
    const cost = sumCosts(this.#costs);
    return {
      resolved_model: this.#resolvedModel,
      text: this.#text === '' ? null : this.#text,
      finish_reason: this.#finishReason,
      usage: this.#usage,
      cost_usd: cost.usd,
      cost_source: cost.source,
      first_token_ms: rounded(this.#firstTokenMs),
      duration_ms: rounded(this.#now() - this.#startMs),
      attempts: this.#attempts,
    };
  }

  /** An attempt without a bill is of unknown price, unless the provider refused it before it did any work. */
  #closeAttempt(refused: boolean): void {
    if (this.#bill) {
      this.#usage = addUsage(this.#usage ?? NO_USAGE, this.#bill.usage);
      this.#costs.push(this.#bill.cost);
    } else if (this.#opened || !refused) {
      this.#costs.push(UNKNOWN);
    }
    this.#opened = false;
    this.#bill = null;
  }
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1_000) / 1_000;
}
