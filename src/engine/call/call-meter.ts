import { priceOf } from '../../core/catalog.js';
import { type MomError, wasRefused } from '../../core/error.js';
import { estimateTextTokens } from '../../core/estimate.js';
import type { CallBill, CallEvent } from '../../core/model-client.js';
import type { CallRecord } from '../../core/run.js';
import type { ToolCall } from '../../core/tool.js';
import { addUsage, type Cost, NO_USAGE, sumCosts, type Usage } from '../../core/usage.js';
import { priceOfOutput, type Tariff, worstCase } from '../money/tariff.js';

type Measured = Pick<
  CallRecord,
  | 'resolved_model'
  | 'text'
  | 'tool_calls'
  | 'finish_reason'
  | 'usage'
  | 'cost_usd'
  | 'cost_source'
  | 'confidence'
  | 'first_token_ms'
  | 'duration_ms'
  | 'attempts'
>;

/** One attempt that a provider worked on. */
export interface WorkedAttempt {
  /** Null: not told. */
  usage: Usage | null;
  cost: Cost;
  /** By which the provider can be asked what it cost; null where the attempt came to its end, or the provider gave no id. */
  billable: string | null;
}

/** What attempts have used and cost together. */
export function sumAttempts(attempts: readonly WorkedAttempt[]): Pick<CallRecord, 'usage' | 'cost_usd' | 'cost_source'> {
  const usage = attempts.reduce<Usage | null>((sum, each) => (each.usage ? addUsage(sum ?? NO_USAGE, each.usage) : sum), null);
  const cost = sumCosts(attempts.map((each) => each.cost));
  return { usage, cost_usd: cost.usd, cost_source: cost.source };
}

/** Folds the events of one call, with all its attempts, into what is measured of it. */
export class CallMeter {
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #tariff: Tariff;
  #text = '';
  #toolCalls: ToolCall[] = [];
  #logprobs = { sum: 0, count: 0 };
  #attempts = 0;
  #firstTokenMs: number | null = null;
  #resolvedModel: string | null = null;
  #finishReason: string | null = null;
  /** False before the first attempt and between two. */
  #running = false;
  #opened = false;
  #generationId: string | null = null;
  /** Estimated tokens of the attempt that runs; counted piece by piece, and only where a price makes use of them. */
  #tokens = { text: 0, reasoning: 0 };
  /** Some servers send the usage with every chunk: the last one of an attempt counts. */
  #bill: CallBill | null = null;
  /** The attempts that are over and were not refused. */
  readonly attempts: WorkedAttempt[] = [];

  constructor(tariff: Tariff, now: () => number) {
    this.#tariff = tariff;
    this.#now = now;
    this.#startMs = now();
  }

  /** What the model has said so far of its answer. */
  get said(): Pick<Measured, 'text' | 'tool_calls' | 'finish_reason'> {
    return { text: this.#text === '' ? null : this.#text, tool_calls: this.#toolCalls, finish_reason: this.#finishReason };
  }

  /** True once the model has said that its answer is whole. */
  get complete(): boolean {
    const isWhole = this.#finishReason === 'stop' || this.#finishReason === 'tool_calls';
    return isWhole && (this.#text.trim() !== '' || this.#toolCalls.length > 0);
  }

  /** Estimated output of the attempt that runs, in tokens. */
  get outputTokens(): number {
    return this.#tokens.text + this.#tokens.reasoning;
  }

  /** US dollars that attempts before the one that runs have cost, as far as known. */
  get costBefore(): number {
    return this.attempts.reduce((sum, each) => sum + (each.cost.usd ?? 0), 0);
  }

  apply(event: CallEvent): void {
    if (event.type !== 'restart' && event.type !== 'warning') this.#running = true;
    switch (event.type) {
      case 'attempt':
        this.#attempts = event.attempt;
        break;
      case 'open':
        this.#opened = true;
        this.#generationId = event.generationId ?? this.#generationId;
        break;
      case 'model':
        this.#resolvedModel = event.resolvedModel;
        break;
      case 'reasoning':
      case 'text':
        this.#firstTokenMs ??= this.#now() - this.#startMs;
        if (event.type === 'text') this.#text += event.text;
        if (this.#tariff.prices !== null) this.#tokens[event.type] += estimateTextTokens(event.text);
        break;
      case 'tool_delta':
        this.#firstTokenMs ??= this.#now() - this.#startMs;
        if (this.#tariff.prices !== null) this.#tokens.text += estimateTextTokens(event.text);
        break;
      case 'tool_call':
        this.#toolCalls.push(event.call);
        break;
      case 'logprobs':
        for (const value of event.values) this.#logprobs = { sum: this.#logprobs.sum + value, count: this.#logprobs.count + 1 };
        break;
      case 'usage':
        this.#bill = { usage: event.usage, cost: event.cost };
        break;
      case 'restart':
        this.#closeAttempt(wasRefused(event.error), this.#finishReason !== null);
        this.#text = '';
        this.#toolCalls = [];
        this.#logprobs = { sum: 0, count: 0 };
        this.#finishReason = null;
        break;
      case 'finish':
        this.#finishReason = event.reason;
        break;
    }
  }

  /**
   * What is known at the end of the call.
   * @param error why it ended, null when well
   * @param cut its end was not waited for
   */
  measured(error: MomError | null, cut: boolean): Measured {
    this.#closeAttempt(error !== null && wasRefused(error), !cut && this.#finishReason !== null);
    return {
      resolved_model: this.#resolvedModel,
      ...this.said,
      tool_calls: error === null ? this.#toolCalls : [],
      ...sumAttempts(this.attempts),
      confidence: this.#logprobs.count === 0 ? null : Math.exp(this.#logprobs.sum / this.#logprobs.count),
      first_token_ms: rounded(this.#firstTokenMs),
      duration_ms: rounded(this.#now() - this.#startMs),
      attempts: this.#attempts,
    };
  }

  /** An attempt without a bill is estimated, unless the provider refused it before it did any work. */
  #closeAttempt(refused: boolean, ended: boolean): void {
    const bill = this.#bill;
    if (this.#running && (bill || this.#opened || !refused)) {
      const cost = bill ? this.#billed(bill) : this.#estimated();
      // A provider that tells prices has told it with the end.
      const told = ended || (bill !== null && cost.usd !== null);
      this.attempts.push({ usage: bill?.usage ?? null, cost, billable: told ? null : this.#generationId });
    }
    this.#running = false;
    this.#opened = false;
    this.#generationId = null;
    this.#bill = null;
    this.#tokens = { text: 0, reasoning: 0 };
  }

  /** As the provider said, else its tokens at the list's prices. */
  #billed({ usage, cost }: CallBill): Cost {
    const { prices, images } = this.#tariff;
    return cost.usd !== null || prices === null ? cost : { usd: priceOf(usage, prices, images), source: 'computed' };
  }

  /** What came, where the answer was whole; of a call that was cut or broke, all that it was expected to write. */
  #estimated(): Cost {
    const { text, reasoning } = this.#tokens;
    const usd =
      this.#finishReason !== null
        ? priceOfOutput(this.#tariff, text, reasoning)
        : worstCase(this.#tariff, Math.max(text + reasoning, this.#tariff.outputTokens));
    return usd === null ? { usd, source: 'unknown' } : { usd, source: 'estimated' };
  }
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1_000) / 1_000;
}
