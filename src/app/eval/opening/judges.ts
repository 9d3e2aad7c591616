import { unlockMixture } from '../../../config/keys/unlock.js';
import type { LoadedConfig } from '../../../config/load.js';
import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import { membersOf } from '../../../core/mixture.js';
import type { EvaluationOptions } from '../evaluation.js';
import { type ChosenJudges, chooseJudges } from '../judging/choose.js';
import type { SurveyedPrompt } from '../running/results.js';

/** Where something else tells how good all answers are, judges are asked only when they are named: why an answer lost. */
export async function judgesFor(
  { sandbox, planOnly, signal }: EvaluationOptions,
  config: LoadedConfig,
  { judges }: EvalPlan,
  { contestants, prompts }: { contestants: readonly Contestant[]; prompts: readonly SurveyedPrompt[] },
): Promise<Pick<ChosenJudges, 'seats' | 'providers' | 'warnings'>> {
  if (judges.length === 0 && prompts.every(({ by }) => by !== 'judge')) return { seats: [], providers: [], warnings: [] };
  const families = contestants.flatMap(({ mixture }) => (mixture === null ? [] : membersOf(mixture).map(({ family }) => family)));
  const chosen = await chooseJudges(config, { judges, sandbox: sandbox !== null }, families);
  if (!planOnly) await Promise.all(chosen.resolved.map((resolved) => unlockMixture(config, resolved, signal)));
  return chosen;
}
