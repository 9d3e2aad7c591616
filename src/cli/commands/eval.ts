import type { Evaluation } from '../../app/eval/evaluation.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { refuseContradictions } from '../eval/contradictions.js';
import { finish } from '../eval/finish.js';
import type { EvalFlags } from '../eval/flags.js';
import { goesOnLine } from '../eval/goes-on.js';
import { optionsOf } from '../eval/options.js';
import { type ProgressLine, progressLine } from '../eval/progress-line.js';
import { findPrompts, type Prompts } from '../eval/prompts.js';
import { type EvalSession, evalSession } from '../eval/session.js';
import { showQuote } from '../eval/show-quote.js';
import { openReportFolder, type ReportFolder } from '../eval/write-report.js';
import { keepHeapSmall } from '../heap.js';
import { SANDBOX_NOTE } from '../sandbox-wish.js';

/** What one `mom eval` is about. */
interface Evaluating extends EvalSession {
  flags: EvalFlags;
  /** Of `-o`. */
  folder: ReportFolder | null;
}

/** `mom eval`: what is wanted, its price, everybody asked, the report. */
export function run(prompts: string | null, given: object, context: CliContext): Promise<Exit> {
  const flags = given as EvalFlags;
  keepHeapSmall();
  return evalSession(flags, context, async (session) => {
    refuseContradictions(flags, prompts);
    const folder = flags.output === undefined ? null : openReportFolder(flags.output, context.cwd);
    const found = await findPrompts(flags, prompts, context, session.cancellation.signal);
    try {
      return await evaluate({ ...session, flags, folder }, found);
    } catch (error) {
      throw found.spool === null ? error : found.spool.named(error);
    } finally {
      found.spool?.remove();
    }
  });
}

async function evaluate(evaluating: Evaluating, prompts: Prompts): Promise<Exit> {
  const { context, flags, messages } = evaluating;
  if (flags.sandbox) messages.note(SANDBOX_NOTE);
  const [{ openEvaluation }, { createEvalRecorders }] = await Promise.all([
    import('../../app/eval/open-evaluation.js'),
    import('../eval-recorders.js'),
  ]);
  const progress = progressLine(evaluating, flags.quiet === true);
  const recorders = createEvalRecorders(context, flags);
  try {
    const options = await optionsOf(evaluating, flags, prompts.source);
    const goesOn = goesOnLine(flags);
    const evaluation = await openEvaluation({ ...options, recordersOf: recorders.of, onProgress: progress.update });
    try {
      return flags.dryRun ? await price(evaluating, evaluation) : await ask(evaluating, evaluation, progress, goesOn);
    } finally {
      progress.stop();
      await evaluation.close();
    }
  } finally {
    await recorders.close();
  }
}

/** Says what it would cost, and with `--apply` what the latest report would change. */
async function price(evaluating: Evaluating, evaluation: Evaluation): Promise<Exit> {
  const { context, flags, messages } = evaluating;
  await showQuote({ id: evaluation.id, ...(await evaluation.quote()) }, flags.json, context);
  if (!flags.apply) return SUCCESS;
  const [{ readEvaluation }, { applyReport }] = await Promise.all([
    import('../../app/eval/read-evaluation.js'),
    import('../eval/apply.js'),
  ]);
  const onNote = ({ message }: { message: string }) => messages.warn(message);
  const sandbox = flags.sandbox === true;
  const report = await readEvaluation({ env: context.env, home: context.home, id: evaluation.id, sandbox, onNote });
  return (await applyReport(evaluating, flags, evaluation, report)) ?? SUCCESS;
}

/** @param goesOn the line that goes on with it */
async function ask(evaluating: Evaluating, evaluation: Evaluation, progress: ProgressLine, goesOn: string | null): Promise<Exit> {
  const { flags, folder, messages } = evaluating;
  if (!flags.quiet) messages.note((await import('../view/eval/quote-text.js')).quoteLine(await evaluation.quote()));
  await progress.start();
  const report = await evaluation.run();
  progress.stop();
  const exit = await finish(evaluating, report, { json: flags.json, open: flags.open, folder, records: evaluation.records(), goesOn });
  if (!flags.apply || 'signal' in exit) return exit;
  const failure = await (await import('../eval/apply.js')).applyReport(evaluating, flags, evaluation, report);
  return failure ?? exit;
}
