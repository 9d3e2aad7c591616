import type { EvalPlan } from './plan.js';
import type { EvalPrompt } from './prompt.js';
import type { CheckResult, EvalAnswer, Judgement } from './records.js';
import type { EvalReport } from './report.js';

/** An evaluation as it is kept. */
export interface StoredEvaluation {
  id: string;
  /** ISO 8601, UTC. */
  started_at: string;
  sandbox: boolean;
  plan: EvalPlan;
  /** Of its latest run; null before there is one. */
  report: EvalReport | null;
}

/**
 * Evaluations with everything that was asked for them. Answers and judgements belong to no evaluation: a key (a hash of what
 * was asked of whom) finds them again, so nothing is paid twice. Writes are durable when a call returns.
 * Every method but {@link close} throws a MomError `store_failed` where the store can't be used.
 */
export interface EvalStore {
  /** With its prompts, as a whole or not at all; they are read one by one. */
  begin(evaluation: Omit<StoredEvaluation, 'report'>, prompts: AsyncIterable<EvalPrompt> | Iterable<EvalPrompt>): Promise<void>;
  keepPlan(id: string, plan: EvalPlan): void;
  /**
   * The evaluation with this id, or the only one whose id begins so.
   * @throws MomError `no_input` for none, `usage` for several (they are named)
   */
  find(id: string): StoredEvaluation;
  /** Null where there is none. */
  latest(sandbox: boolean): StoredEvaluation | null;
  promptCount(id: string): number;
  /** In their order, read page by page, whatever is written meanwhile. */
  prompts(id: string): IterableIterator<EvalPrompt>;
  prompt(id: string, index: number): EvalPrompt | null;
  answer(key: string): EvalAnswer | null;
  keepAnswer(key: string, answer: EvalAnswer): void;
  judgement(key: string): Judgement | null;
  keepJudgement(key: string, judgement: Judgement): void;
  check(key: string): CheckResult | null;
  keepCheck(key: string, result: CheckResult): void;
  keepReport(id: string, report: EvalReport): void;
  /** Forgets evaluations that started before, and what belongs to no other. @returns how many */
  prune(before: Date): number;
  close(): void;
}
