import { MomError } from '../../../core/error.js';
import type { CheckResult } from '../../../core/eval/records.js';
import type { Warning } from '../../../core/run.js';

/** A command whose first checks all end like this is not there; later ones may be what a model has written. */
const FIRST_CHECKS = 4;

/** A shell's word for a command that it can't find, or can't run. */
const MISSING = /^exit 12[67]$/;
const SLOW = /^took longer than /;

export function isMissing({ reason }: CheckResult): boolean {
  return reason !== null && MISSING.test(reason);
}

/** Checks that did not come to a judgement of their own: they count as wrong answers, which a reader has to know. */
export class CheckTroubles {
  #checks = 0;
  #missing = 0;
  #slow = 0;
  #said = '';

  /** @returns the error of a command that is not there at all */
  note(result: CheckResult): MomError | null {
    this.#checks += 1;
    if (result.reason !== null && SLOW.test(result.reason)) this.#slow += 1;
    if (!isMissing(result)) return null;
    this.#missing += 1;
    this.#said ||= result.output.split('\n').at(-1) || `it ended with ${result.reason}`;
    if (this.#missing < this.#checks || this.#checks < FIRST_CHECKS) return null;
    return new MomError('usage', `the command of --check can't be run: ${this.#said}`, {
      hint: 'it runs in a copy of --check-folder with the PATH of mom',
    });
  }

  warnings(): Warning[] {
    const of = (count: number) => `${count} of ${this.#checks} checks`;
    const missing = {
      code: 'check_missing',
      message: `${of(this.#missing)} could not run a command, which counts as wrong: ${this.#said}`,
    };
    const slow = {
      code: 'check_slow',
      message: `${of(this.#slow)} did not end in time, which counts as wrong: --check-timeout allows more`,
    };
    return [...(this.#missing > 0 ? [missing] : []), ...(this.#slow > 0 ? [slow] : [])];
  }
}
