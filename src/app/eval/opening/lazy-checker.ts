import { userConfigDir } from '../../../config/files/discover.js';
import { MomError } from '../../../core/error.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import { cacheDir, stateDir } from '../../../core/system/xdg.js';
import { answerCode } from '../check/answer-code.js';
import type { Checker } from '../check/checker.js';
import type { EvaluationOptions } from '../evaluation.js';

/** Opened for the first answer that is checked. */
export function lazyChecker({ env, home, onNote }: EvaluationOptions, { check }: EvalPlan) {
  let opened: Promise<Checker> | null = null;
  const make = async (plan: NonNullable<EvalPlan['check']>): Promise<Checker> => {
    const { createChecker } = await import('../check/create-checker.js');
    const hidden = [userConfigDir(env, home), stateDir(env, home), cacheDir(env, home)];
    return createChecker(plan, { env, hidden, codeOf: answerCode, onNote });
  };
  return {
    open(): Promise<Checker> {
      if (check === null) throw new MomError('bug', 'a checker was to be opened without a command');
      opened ??= make(check);
      return opened;
    },
    async close(): Promise<void> {
      const checker = await opened?.catch(() => null);
      await checker?.close();
    },
  };
}
