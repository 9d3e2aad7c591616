import { type ErrorCode, MomError } from '../../../core/error.js';
import type { EvalAnswer } from '../../../core/eval/records.js';

/** What came of the questions that this command has asked, beside all that was kept. */
export class AskedNow {
  #answered = false;
  #failure: EvalAnswer['error'] = null;

  /** @param isNew nothing was kept of this question before: one that fails again tells nothing new */
  note({ status, error }: EvalAnswer, isNew: boolean): void {
    if (status === 'answered') this.#answered = true;
    // Who ends an evaluation has cut its runs.
    else if (isNew && error?.code !== 'cancelled') this.#failure ??= error;
  }

  /** Why nobody has answered anything new; null where somebody did, or nothing new was asked. */
  failure(): MomError | null {
    if (this.#answered || this.#failure === null) return null;
    const { code, message } = this.#failure;
    return new MomError(code as ErrorCode, `nobody has answered anything that was asked now: ${message}`, {
      hint: 'the report of before stands (mom eval show); `mom doctor --live` shows who answers; --resume asks again when that has changed',
    });
  }
}
