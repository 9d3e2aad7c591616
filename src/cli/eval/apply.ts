import type { Evaluation } from '../../app/eval/evaluation.js';
import { exitCode, type MomError, toMomError } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import type { Exit } from '../context.js';
import { errorText } from '../report.js';
import type { EvalFlags } from './flags.js';
import type { EvalSession } from './session.js';

/** Writes what the report recommends into the user's configuration, or says what would be written. Null where that went well. */
export async function applyReport(
  session: EvalSession,
  flags: EvalFlags,
  { contestants }: Evaluation,
  report: EvalReport,
): Promise<Exit | null> {
  const { context, messages } = session;
  const { env, home, cwd } = context;
  if (report.partial !== null) {
    messages.warn('nothing was applied: the evaluation is not complete');
    return null;
  }
  const config = flags.config === undefined ? {} : { configFile: flags.config };
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

function isError(outcome: object): outcome is MomError {
  return 'code' in outcome;
}
