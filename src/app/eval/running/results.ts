import type { Contestant } from '../../../core/eval/contestant.js';
import type { Comparison, EvalData, Outcome } from '../../../core/eval/data.js';
import type { EvalKind } from '../../../core/eval/prompt.js';
import type { EvalAnswer } from '../../../core/eval/records.js';
import { styleOf } from '../../../eval/scoring/style.js';
import { OutcomeNumbers } from './outcome-numbers.js';

/** Who tells how good the answers to a prompt are. */
export type ScoredBy = 'reference' | 'check' | 'judge';

export interface SurveyedPrompt {
  id: string;
  kind: EvalKind;
  by: ScoredBy;
}

/** What is known of an answer beside its text. */
interface Known {
  outcome: Outcome;
  calls: number;
}

/** What came of all runs so far, as numbers: texts stay in the store, however many prompts there are. */
export class Results implements EvalData {
  readonly prompts: readonly SurveyedPrompt[];
  readonly contestants: Contestant[] = [];
  readonly outcomes: OutcomeNumbers[] = [];
  readonly comparisons: Comparison[] = [];
  readonly #calls: number[] = [];

  constructor(prompts: readonly SurveyedPrompt[], contestants: readonly Contestant[]) {
    this.prompts = prompts;
    for (const contestant of contestants) this.add(contestant);
  }

  /** @returns its index */
  add(contestant: Contestant): number {
    this.outcomes.push(new OutcomeNumbers(this.prompts.length));
    this.#calls.push(0);
    return this.contestants.push(contestant) - 1;
  }

  note(contestant: number, prompt: number, { outcome, calls }: Known): void {
    const row = this.outcomes[contestant] as OutcomeNumbers;
    if (row.at(prompt) === null) this.#calls[contestant] = (this.#calls[contestant] ?? 0) + calls;
    row.set(prompt, outcome);
  }

  /** Calls that the contestant makes for a prompt, mean; null before its first outcome. */
  meanCalls(contestant: number): number | null {
    const n = this.#row(contestant).length;
    return n === 0 ? null : (this.#calls[contestant] ?? 0) / n;
  }

  /** US dollars per prompt, mean; null where a price is unknown. */
  meanCost(contestant: number): number | null {
    const row = this.#row(contestant);
    let sum = 0;
    for (const { cost_usd, cost_source } of row) {
      if (cost_usd === null || cost_source === 'partial') return null;
      sum += cost_usd;
    }
    return row.length === 0 ? null : sum / row.length;
  }

  /** Comparisons come in as they are made; in the order of the prompts the same ones give the same report. */
  sort(): void {
    this.comparisons.sort((x, y) => x.prompt - y.prompt || x.a - y.a || (x.judge < y.judge ? -1 : 1));
  }

  indexOf(name: string): number {
    return this.contestants.findIndex((contestant) => contestant.name === name);
  }

  #row(contestant: number): Outcome[] {
    return [...(this.outcomes[contestant] ?? [])].filter((outcome) => outcome !== null);
  }
}

export function outcomeOf(answer: EvalAnswer, score: Pick<Outcome, 'score' | 'scored_by'>): Outcome {
  const { status, text, cost_usd, cost_source, first_token_ms, duration_ms } = answer;
  return { status, ...score, cost_usd, cost_source, first_token_ms, duration_ms, style: text === null ? null : styleOf(text) };
}
