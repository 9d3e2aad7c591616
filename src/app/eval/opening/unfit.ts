import type { EvalPlan } from '../../../core/eval/plan.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { Warning } from '../../../core/run.js';
import type { ScoredBy } from '../running/results.js';
import { unfitReference } from '../running/scorer.js';

/** References that tell nothing: they are counted, and the first one is named. */
export class UnfitReferences {
  #references = 0;
  #unfit = 0;
  #first = '';

  note(prompt: EvalPrompt, plan: EvalPlan, by: ScoredBy): void {
    if (prompt.reference === null) return;
    this.#references += 1;
    if (by === 'reference') return;
    this.#unfit += 1;
    if (this.#unfit === 1) this.#first = `of ${JSON.stringify(prompt.id)}, ${unfitReference(prompt, plan)}`;
  }

  warnings({ check }: EvalPlan): Warning[] {
    if (this.#unfit === 0) return [];
    const instead = check === null ? 'judges compare these answers' : '--check tells instead';
    const many = `${this.#unfit} of ${this.#references} references fit no extractor, so ${instead}`;
    return [{ code: 'reference_unfit', message: `${many}; the first one is that ${this.#first}` }];
  }
}
