import { MomError } from '../../../core/error.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { EvalStore, StoredEvaluation } from '../../../core/eval/store.js';
import type { Warning } from '../../../core/run.js';
import { stampedId } from '../../../core/stamped-id.js';
import type { EvaluationOptions } from '../evaluation.js';
import { promptsOf } from '../prompts/intake.js';
import type { SurveyedPrompt } from '../running/results.js';
import { scoredBy } from '../running/scorer.js';
import { UnfitReferences } from './unfit.js';

interface Begun {
  id: string;
  startedAt: string;
  prompts: readonly SurveyedPrompt[];
  /** What a reader of the report has to know of the prompts. */
  warnings: readonly Warning[];
}

/** A new evaluation with its prompts, or the former one with its new plan. */
export async function begin(options: EvaluationOptions, store: EvalStore, plan: EvalPlan, former: StoredEvaluation | null): Promise<Begun> {
  const { prompts: source, planOnly, env, home, onNote } = options;
  const prompts: SurveyedPrompt[] = [];
  const unfit = new UnfitReferences();
  const survey = (prompt: EvalPrompt) => {
    const by = scoredBy(prompt, plan);
    prompts.push({ id: prompt.id, kind: prompt.kind, by });
    unfit.note(prompt, plan, by);
  };
  if (former !== null) {
    if (!planOnly) store.keepPlan(former.id, plan);
    for (const prompt of store.prompts(former.id)) survey(prompt);
    return { id: former.id, startedAt: former.started_at, prompts, warnings: unfit.warnings(plan) };
  }
  const sandbox = options.sandbox !== null;
  const now = new Date();
  const [id, startedAt] = [stampedId(now), now.toISOString()];
  if (source === null) throw new MomError('bug', 'an evaluation was to begin without prompts');
  async function* surveyed(given: AsyncIterable<EvalPrompt>) {
    for await (const prompt of given) {
      survey(prompt);
      yield prompt;
    }
  }
  await store.begin(
    { id, started_at: startedAt, sandbox, plan },
    surveyed(promptsOf({ source, seed: plan.seed, sandbox, env, home, onNote })),
  );
  return { id, startedAt, prompts, warnings: unfit.warnings(plan) };
}
