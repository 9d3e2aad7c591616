import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { CheckResult } from '../../../core/eval/records.js';

/** Runs a user's command on answers, each in a copy of a folder of its own. */
export interface Checker {
  /** @throws MomError `cancelled` when `signal` aborts, `config_invalid` where the command can't be run at all */
  check(prompt: EvalPrompt, text: string, signal: AbortSignal): Promise<CheckResult>;
  /** What of the command and the folder decides about a result, for the key under which it is kept. */
  readonly identity: string;
  close(): Promise<void>;
}
