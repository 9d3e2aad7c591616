import { resolve } from 'node:path';
import type { EvalQuote } from '../../app/eval/evaluation.js';
import type { FilesEvaluation, JudgeFilesOptions } from '../../app/eval/judge-files.js';
import { ERRORS, type ErrorCode, exitCode } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { finish } from '../eval/finish.js';
import { progressLine } from '../eval/progress-line.js';
import { type EvalSession, evalSession } from '../eval/session.js';
import { openReportFolder } from '../eval/write-report.js';
import { createEvalRecorders, type EvalRecorders } from '../eval-recorders.js';
import { jsonText } from '../output/json.js';
import { SANDBOX_NOTE, sandboxWish } from '../sandbox-wish.js';
import { usageError } from '../usage.js';
import { sanitize } from '../view/sanitize.js';
import { screenOf } from '../view/screen.js';
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
        if (flags.dryRun) return await showQuote(evaluation, flags, context);
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
  const pairs: [boolean | undefined, string, string][] = [
    [csv && json, '--csv and --json', 'leave one of them out'],
    [csv && output !== undefined, '--csv and --output', 'leave one of them out'],
    [csv && open, '--csv and --open', 'leave one of them out'],
    [csv && dryRun, '--csv and --dry-run', 'a dry run asks nobody, so there is no report: leave one of them out'],
    [output !== undefined && dryRun, '--output and --dry-run', 'a dry run asks nobody, so there is no report: leave one of them out'],
    [open && dryRun, '--open and --dry-run', 'a dry run asks nobody, so there is no report: leave one of them out'],
    [open && !log, '--open and --no-log', 'the page is kept to be opened: leave one of them out, or write it with -o'],
  ];
  const found = pairs.find(([holds]) => holds);
  if (found) throw usageError(`${found[1]} cannot be used together`, found[2]);
}

function optionsOf(
  files: readonly string[],
  flags: JudgeFlags,
  { context, cancellation, messages }: EvalSession,
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
    onNote: ({ message }) => messages.warn(message),
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

async function showQuote(evaluation: FilesEvaluation, { json }: JudgeFlags, context: CliContext): Promise<Exit> {
  const quote: EvalQuote = await evaluation.quote();
  const screen = screenOf(context);
  if (json) context.stdout.write(jsonText({ schema_version: 1, ...quote }, screen));
  else context.stdout.write((await import('../view/eval/quote-text.js')).quoteText(quote, screen));
  return SUCCESS;
}

async function showCsv(report: EvalReport, { context, cancellation }: EvalSession): Promise<Exit> {
  const text = (await import('../view/eval/board-csv.js')).boardCsv(report);
  context.stdout.write(context.stdout.isTTY ? sanitize(text) : text);
  if (cancellation.received !== null) return { signal: cancellation.received };
  if (report.partial === null) return SUCCESS;
  return { status: report.partial.code in ERRORS ? exitCode(report.partial.code as ErrorCode) : exitCode('no_answer') };
}
