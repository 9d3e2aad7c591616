import type { Evaluation } from '../../app/eval/evaluation.js';
import { exitCode, type MomError, toMomError } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import type { Exit } from '../context.js';
import { errorText } from '../report.js';
import { counted } from '../view/words.js';
import type { EvalFlags } from './flags.js';
import type { EvalSession } from './session.js';

/** Writes what the report recommends into the user's configuration, or says what would be written. Null where that went well. */
export async function applyReport(
  session: EvalSession,
  flags: EvalFlags,
  { contestants, configFile }: Evaluation,
  report: EvalReport,
): Promise<Exit | null> {
  const { context, messages } = session;
  const { env, home, cwd } = context;
  if (report.partial !== null) {
    messages.warn('nothing was applied: the evaluation is not complete');
    return null;
  }
  if (report.recommendations.length === 0) {
    messages.note(nothingToApply(report));
    return null;
  }
  const config = configFile === null ? {} : { configFile };
  const { applyRecommendations } = await import('../../app/eval/apply/index.js');
  const wish = { report, contestants, env, home, cwd, dryRun: flags.dryRun === true, ...config };
  const applied = await applyRecommendations(wish).catch(toMomError);
  if (isError(applied)) {
    messages.error(errorText(applied));
    return { status: exitCode(applied.code) };
  }
  const { file, changes, written, warnings } = applied;
  if (changes.length === 0) messages.note(`${file} says so already`);
  else messages.note(`${written ? 'written to' : 'would be written to'} ${file}:`);
  for (const change of changes) messages.note(`  ${change}`);
  for (const { message } of warnings) messages.warn(message);
  return null;
}

/** What the first verdict says stands in the report already. */
function nothingToApply({ prompts, verdicts: [verdict] }: EvalReport): string {
  const scored = prompts.by_reference + prompts.by_check + prompts.by_judge;
  const needed = verdict?.prompts_needed ?? null;
  const there = scored === prompts.total ? counted(scored, 'prompt') : `${counted(scored, 'prompt')} with a result`;
  const nothing = 'nothing was applied, as nobody is recommended';
  if (needed === null) return `${nothing}: ${there} show nobody who is as good as the best one at a lower price, or better`;
  const many = needed.toLocaleString('en-US');
  return `${nothing}: a difference like the one found takes about ${many} prompts to be shown, and this is on ${there}`;
}

function isError(outcome: object): outcome is MomError {
  return 'code' in outcome;
}
