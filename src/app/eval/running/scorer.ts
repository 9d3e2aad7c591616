import { MomError } from '../../../core/error.js';
import type { Outcome } from '../../../core/eval/data.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { CheckResult, EvalAnswer } from '../../../core/eval/records.js';
import type { EvalStore } from '../../../core/eval/store.js';
import { EXTRACTORS, type ExtractorName } from '../../../core/extract/rule.js';
import { scoreByReference } from '../../../eval/scoring/exact.js';
import { checkKey } from '../asking/keys.js';
import type { Checker } from '../check/checker.js';
import type { ScoredBy } from './results.js';
import type { Stop } from './stop.js';

type Scored = Pick<Outcome, 'score' | 'scored_by'>;

export interface ScorerDeps {
  store: Pick<EvalStore, 'check' | 'keepCheck'>;
  extract: string | null;
  /** Opens the one that runs the user's command; null where there is none. */
  checker: (() => Promise<Checker>) | null;
  stop: Stop;
}

/** Who tells how good an answer is: the reference where it fits an extractor, else the user's command, else judges. */
export function scoredBy(
  prompt: Pick<EvalPrompt, 'messages' | 'reference'>,
  { extract, check }: Pick<EvalPlan, 'extract' | 'check'>,
): ScoredBy {
  if (prompt.reference !== null && 'score' in scoreByReference(prompt, '', extractorNamed(extract))) return 'reference';
  return check === null ? 'judge' : 'check';
}

function extractorNamed(name: string | null): ExtractorName | null {
  return EXTRACTORS.find((known) => known === name) ?? null;
}

/** Scores by reference or by the user's command. */
export class Scorer {
  readonly #deps: ScorerDeps;
  readonly #extract: ExtractorName | null;

  constructor(deps: ScorerDeps) {
    this.#deps = deps;
    this.#extract = extractorNamed(deps.extract);
  }

  /** A failed answer is wrong wherever something else than a judge tells. */
  async score(prompt: EvalPrompt, { text }: EvalAnswer, by: ScoredBy): Promise<Scored> {
    if (by === 'judge') return { score: null, scored_by: null };
    if (text === null) return { score: 0, scored_by: by };
    if (by === 'check') return { score: (await this.#check(prompt, text)).passed ? 1 : 0, scored_by: by };
    const scored = scoreByReference(prompt, text, this.#extract);
    return { score: 'score' in scored ? scored.score : null, scored_by: by };
  }

  async #check(prompt: EvalPrompt, text: string): Promise<CheckResult> {
    const { checker: open, store, stop } = this.#deps;
    if (open === null) throw new MomError('bug', 'an answer was to be checked without a command');
    const checker = await open();
    const key = checkKey(checker.identity, prompt, text);
    const kept = store.check(key);
    if (kept !== null) return kept;
    stop.throwIfEnded();
    const result = await checker.check(prompt, text, stop.signal);
    store.keepCheck(key, result);
    return result;
  }
}
