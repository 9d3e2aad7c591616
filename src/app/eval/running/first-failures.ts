import { type ErrorCode, MomError } from '../../../core/error.js';
import type { EvalAnswer } from '../../../core/eval/records.js';
import { EVAL } from '../../../core/limits.js';

/** Reasons that asking the next prompt does not change, and what to do about them. */
const LASTING: Partial<Record<ErrorCode, string>> = {
  key_missing: 'set the key (`mom keys set`); `mom doctor` shows which ones are used',
  key_refused: 'check the key (`mom doctor --live`), then go on with --resume',
  no_credit: 'add credit at the provider, then go on with --resume',
  model_unknown: 'look at `mom models` for ids that are there',
  connection_failed: 'check the network and the base_url of the provider, then go on with --resume',
};

/** Finds out that nobody can be asked, before every prompt was tried. One contestant that always fails is a result. */
export class FirstFailures {
  #hopeful = false;
  readonly #failures = new Map<string, number>();
  #code: string | null = null;

  /**
   * @param all names of the contestants
   * @param prompts how many each of them is asked
   * @returns the error of all, once each has failed on its first prompts for the same lasting reason and nobody has answered
   */
  note(name: string, { status, error }: EvalAnswer, all: readonly string[], prompts: number): MomError | null {
    const hint = error === null ? undefined : LASTING[error.code as ErrorCode];
    if (this.#hopeful) return null;
    if (status === 'answered' || error === null || hint === undefined || (this.#code !== null && this.#code !== error.code)) {
      this.#hopeful = true;
      return null;
    }
    this.#code = error.code;
    this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
    const enough = Math.min(EVAL.firstFailures, prompts);
    if (!all.every((each) => (this.#failures.get(each) ?? 0) >= enough)) return null;
    const whom = all.length === 1 ? all[0] : `all ${all.length} contestants`;
    return new MomError(error.code as ErrorCode, `${whom} failed from the first prompt on: ${error.message}`, { hint });
  }
}
