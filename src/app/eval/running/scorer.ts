import { MomError } from '../../../core/error.js';
import type { Outcome } from '../../../core/eval/data.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { CheckResult, EvalAnswer } from '../../../core/eval/records.js';
import type { EvalStore } from '../../../core/eval/store.js';
import { EXTRACTORS, type ExtractorName } from '../../../core/extract/rule.js';
import type { Warning } from '../../../core/run.js';
import { scoreByReference } from '../../../eval/scoring/exact.js';
import { checkKey } from '../asking/keys.js';
import type { Checker } from '../check/checker.js';
import type { Stop } from '../pace/stop.js';
import { CheckTroubles, isMissing } from './check-troubles.js';
import type { ScoredBy } from './results.js';

type Scored = Pick<Outcome, 'score' | 'scored_by'>;

interface ScorerDeps {
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

/** Why a reference tells nothing, as the end of a sentence about it. */
export function unfitReference(prompt: Pick<EvalPrompt, 'messages' | 'reference'>, { extract }: Pick<EvalPlan, 'extract'>): string {
  const scored = scoreByReference(prompt, '', extractorNamed(extract));
  return 'unfit' in scored ? scored.unfit : '';
}

function extractorNamed(name: string | null): ExtractorName | null {
  return EXTRACTORS.find((known) => known === name) ?? null;
}

/** Scores by reference or by the user's command. */
export class Scorer {
  readonly #deps: ScorerDeps;
  readonly #extract: ExtractorName | null;
  readonly #troubles = new CheckTroubles();

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

  /** What the checks show that a reader of the report has to know. */
  warnings(): Warning[] {
    return this.#troubles.warnings();
  }

  async #check(prompt: EvalPrompt, text: string): Promise<CheckResult> {
    const { checker: open, store, stop } = this.#deps;
    if (open === null) throw new MomError('bug', 'an answer was to be checked without a command');
    const checker = await open();
    const key = checkKey(checker.identity, prompt, text);
    const kept = store.check(key);
    const result = kept ?? (await this.#run(checker, prompt, text));
    // One that could not be run at all says nothing about the answer: the next evaluation tries again.
    if (kept === null && !isMissing(result)) store.keepCheck(key, result);
    const error = this.#troubles.note(result);
    if (error) stop.end(error);
    return result;
  }

  #run(checker: Checker, prompt: EvalPrompt, text: string): Promise<CheckResult> {
    const { stop } = this.#deps;
    stop.throwIfEnded();
    return checker.check(prompt, text, stop.signal);
  }
}
