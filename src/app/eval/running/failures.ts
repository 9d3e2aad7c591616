import { type ErrorCode, MomError } from '../../../core/error.js';
import type { EvalAnswer } from '../../../core/eval/records.js';

/** Why contestants have failed. */
export class Failures {
  #answered = false;
  readonly #codes = new Set<ErrorCode>();
  /** By contestant, each reason with how often it was met. */
  readonly #reasons = new Map<number, Map<string, number>>();

  note(contestant: number, { status, error }: EvalAnswer): void {
    if (status === 'answered') this.#answered = true;
    if (error === null) return;
    this.#codes.add(error.code as ErrorCode);
    const reasons = this.#reasons.get(contestant) ?? new Map<string, number>();
    reasons.set(error.message, (reasons.get(error.message) ?? 0) + 1);
    this.#reasons.set(contestant, reasons);
  }

  /** Why this contestant has failed most often; null where it never did. */
  reasonOf(contestant: number): string | null {
    const reasons = [...(this.#reasons.get(contestant) ?? [])];
    return reasons.sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
  }

  /** Where everybody was asked and nobody has answered anything, there is nothing to report on. One shared cause gives the code. */
  ofAll(): MomError | null {
    const [first] = this.#reasons.keys();
    if (this.#answered || first === undefined) return null;
    const [code = 'no_answer', ...others] = this.#codes;
    return new MomError(others.length === 0 ? code : 'no_answer', `nobody has answered any prompt: ${this.reasonOf(first)}`, {
      hint: '`mom doctor --live` shows who answers; --resume asks again when that has changed',
    });
  }
}
