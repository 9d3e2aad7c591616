import type { Contestant } from '../../../core/eval/contestant.js';
import type { Bounds, QuotedCall } from '../../../core/quote.js';
import type { Answers, PlacedPrompt } from '../asking/answers.js';
import type { EvalQuoteLine } from '../evaluation.js';
import { NOTHING, sumBounds } from './bounds.js';

/** Who reads several answers is not asked where they are the same, which short ones often are. */
function isCertain({ certain, reads }: QuotedCall): boolean {
  return certain && reads.least <= 1;
}

/** What one contestant would be asked, prompt by prompt. */
export class ContestantLine {
  readonly contestant: Contestant;
  readonly unpriced = new Set<string>();
  readonly #answers: Answers;
  #runs = 0;
  #kept = 0;
  #calls: Bounds = NOTHING;
  #usd: Bounds | null = NOTHING;
  /** With what was paid for kept answers. */
  #whole: { usd: number | null; calls: number } = { usd: 0, calls: 0 };

  constructor(contestant: Contestant, answers: Answers) {
    this.contestant = contestant;
    this.#answers = answers;
  }

  async add(placed: PlacedPrompt): Promise<void> {
    this.#runs += 1;
    const kept = this.#answers.kept(this.contestant, placed.question);
    if (kept?.status === 'answered') {
      this.#kept += 1;
      this.#count(kept.cost_source === 'partial' ? null : kept.cost_usd, kept.calls);
      return;
    }
    const quote = await this.#answers.quote(this.#answers.request(this.contestant, placed));
    // What can't be asked costs nothing.
    const { calls = [], usd = NOTHING, unpriced = [] } = quote ?? {};
    const certain = calls.filter(isCertain);
    this.#calls = { low: this.#calls.low + certain.length, high: this.#calls.high + calls.length };
    const least = certain.reduce((sum, call) => sum + (call.usd?.low ?? 0), 0);
    this.#usd = sumBounds([this.#usd, usd && { low: least, high: usd.high }]);
    for (const model of unpriced) this.unpriced.add(model);
    this.#count(usd && (usd.low + usd.high) / 2, calls.length);
  }

  line(): EvalQuoteLine {
    const { name, role } = this.contestant;
    return { name, role, runs: this.#runs, kept: this.#kept, calls: this.#calls, usd: this.#usd };
  }

  /** US dollars per prompt in the middle of the bounds; null where a price is unknown. */
  meanUsd(): number | null {
    return this.#whole.usd === null || this.#runs === 0 ? null : this.#whole.usd / this.#runs;
  }

  meanCalls(): number | null {
    return this.#runs === 0 ? null : this.#whole.calls / this.#runs;
  }

  #count(usd: number | null, calls: number): void {
    this.#whole = { usd: usd === null || this.#whole.usd === null ? null : this.#whole.usd + usd, calls: this.#whole.calls + calls };
  }
}
