import { resolve } from 'node:path';
import type { FilesEvaluation, JudgeFilesOptions } from '../../app/eval/judge-files.js';
import type { EvalReport } from '../../core/eval/report.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { NO_REPORT, PAGE_IS_KEPT, refuse, together } from '../eval/contradictions.js';
import { finish, partialExit } from '../eval/finish.js';
import { progressLine } from '../eval/progress-line.js';
import { type EvalSession, evalSession } from '../eval/session.js';
import { showQuote } from '../eval/show-quote.js';
import { openReportFolder } from '../eval/write-report.js';
import { createEvalRecorders, type EvalRecorders } from '../eval-recorders.js';
import { SANDBOX_NOTE, sandboxWish } from '../sandbox-wish.js';
import { sanitize } from '../view/sanitize.js';
import { worldOf } from '../world.js';

interface JudgeFlags {
  judge?: string[];
  baseline?: string;
  difficulty?: string;
  margin?: number;
  maxCost?: number;
  concurrency?: number;
  dryRun?: boolean;
  output?: string;
  json?: boolean;
  csv?: boolean;
  open?: boolean;
  quiet?: boolean;
  sandbox?: boolean;
  seed?: number;
  config?: string;
  log: boolean;
}

/** Decides what is drawn by chance where no seed is named: the same files then give the same report. */
const DEFAULT_SEED = 1;

/** `mom eval judge`: a report on answers or preferences that are there. */
export function run(files: readonly string[], given: object, context: CliContext): Promise<Exit> {
  const flags = given as JudgeFlags;
  return evalSession(flags, context, async (session) => {
    refuseContradictions(flags);
    const folder = flags.output === undefined ? null : openReportFolder(flags.output, context.cwd);
    const { openJudgeFiles } = await import('../../app/eval/judge-files.js');
    const progress = progressLine(session, flags.quiet === true);
    const recorders = createEvalRecorders(context, flags);
    const options = optionsOf(files, flags, session, recorders);
    try {
      const evaluation = await openJudgeFiles({ ...options, onProgress: progress.update });
      try {
        if (flags.dryRun) {
          await showQuote(await evaluation.quote(), flags.json, context);
          return SUCCESS;
        }
        await announce(evaluation, flags, session);
        await progress.start();
        const report = await evaluation.run().finally(progress.stop);
        if (flags.csv) return await showCsv(report, session);
        const { json, open } = flags;
        return await finish(session, report, { json, open, folder, records: evaluation.records(), goesOn: 'the same command goes on' });
      } finally {
        await evaluation.close();
      }
    } finally {
      await recorders.close();
    }
  });
}

/** @throws MomError `usage` */
function refuseContradictions({ json, csv, output, open, dryRun, log }: JudgeFlags): void {
  refuse([
    together('--csv', '--json', csv && json),
    together('--csv', '--output', csv && output !== undefined),
    together('--csv', '--open', csv && open),
    together('--csv', '--dry-run', csv && dryRun, NO_REPORT),
    together('--output', '--dry-run', output !== undefined && dryRun, NO_REPORT),
    together('--open', '--dry-run', open && dryRun, NO_REPORT),
    together('--open', '--no-log', open && !log, PAGE_IS_KEPT),
  ]);
}

function optionsOf(
  files: readonly string[],
  flags: JudgeFlags,
  { context, cancellation, warn }: EvalSession,
  recorders: EvalRecorders,
): Omit<JudgeFilesOptions, 'onProgress'> {
  return {
    ...worldOf(context, flags),
    files: files.map((file) => resolve(context.cwd, file)),
    judges: flags.judge ?? [],
    baseline: flags.baseline ?? null,
    difficulty: flags.difficulty === undefined ? null : resolve(context.cwd, flags.difficulty),
    margin: flags.margin ?? null,
    maxCost: flags.maxCost ?? null,
    concurrency: flags.concurrency ?? null,
    seed: flags.seed ?? DEFAULT_SEED,
    sandbox: sandboxWish(flags, context),
    forget: !flags.log,
    planOnly: flags.dryRun === true,
    signal: cancellation.signal,
    onNote: warn,
    recordersOf: recorders.of,
  };
}

/** What will be asked, before it is; nothing where nobody is. */
async function announce(evaluation: FilesEvaluation, { sandbox, quiet }: JudgeFlags, { context, messages }: EvalSession): Promise<void> {
  if (quiet) return;
  const quote = await evaluation.quote();
  if (quote.lines.length === 0) return;
  if (sandbox) messages.note(SANDBOX_NOTE);
  if (!context.stderrIsTTY) return;
  const { looksLine } = await import('../view/eval/looks-line.js');
  messages.note(looksLine(quote));
}

/** A table for programs has no room for warnings: people read them beside it. */
async function showCsv(report: EvalReport, { context, cancellation, warn }: EvalSession): Promise<Exit> {
  const text = (await import('../view/eval/board-csv.js')).boardCsv(report);
  context.stdout.write(context.stdout.isTTY ? sanitize(text) : text);
  for (const warning of report.warnings) warn(warning);
  if (cancellation.received !== null) return { signal: cancellation.received };
  return partialExit(report);
}
