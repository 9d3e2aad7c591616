import { join } from 'node:path';
import { type App, createApp } from '../../app.js';
import { type ErrorInfo, exitCode, isMomError, MomError, toMomError } from '../../core/error.js';
import type { EventSink } from '../../core/event.js';
import type { RunRequest, RunResult, Warning } from '../../core/run.js';
import { type Cancellation, listenForSignals, unlessAborted } from '../cancellation.js';
import type { CliContext, Exit } from '../context.js';
import { commandHelp } from '../help.js';
import { NO_QUESTION, readInput } from '../input/index.js';
import { SizeBudget } from '../input/limits.js';
import { readStdin } from '../input/stdin.js';
import { ASK } from '../options.js';
import { type OutputFile, openOutputFile, rescueFile } from '../output/file.js';
import { type AnswerFormatter, createFormatter } from '../output/format.js';
import { openRecording } from '../output/recording.js';
import { AnswerOutput } from '../output/stdout.js';
import { errorText, type OutputFormat, unstartedOutput } from '../report.js';
import { runSinks } from '../run-sinks.js';
import { Messages } from '../view/messages.js';
import { type AskFlags, choiceOf, formatOf, overridesOf, paramsOf, writerParamsOf } from './ask-flags.js';

/** Everything one `mom ask` is about. */
interface Asking {
  prompt: readonly string[];
  flags: AskFlags;
  format: OutputFormat;
  context: CliContext;
  cancellation: Cancellation;
  messages: Messages;
  stdout: AnswerOutput;
}

/** `mom ask`: input, mixture, run, answer. */
export async function run(prompt: string[], flags: object, context: CliContext): Promise<Exit> {
  const asking = begin(prompt, flags as AskFlags, context);
  try {
    return await ask(asking);
  } catch (error) {
    return stopped(asking, toMomError(error));
  }
}

function begin(prompt: readonly string[], flags: AskFlags, context: CliContext): Asking {
  const cancellation = listenForSignals();
  const format = formatOf(flags);
  const stdout = new AnswerOutput(context.stdout, (end) =>
    cancellation.abort(end.kind === 'failed' ? end.error : new MomError('cancelled', 'the reader of the answer went away')),
  );
  const messages = new Messages(context, { quiet: flags.quiet === true, color: flags.color ?? 'auto' });
  return { prompt, flags, format, context, cancellation, messages, stdout };
}

async function ask(asking: Asking): Promise<Exit> {
  const { flags, context, cancellation, messages } = asking;
  const file = flags.output === undefined ? null : openOutputFile(flags.output, context.cwd);
  const recording = flags.record === undefined ? null : openRecording(flags.record, context.cwd);
  const making = startApp(asking, recording?.keep);
  // Input is read meanwhile; if that fails first, nobody awaits the app.
  making.catch(() => undefined);
  const [input, app] = await unlessAborted(Promise.all([question(asking), making]), cancellation.signal);
  const warnings: Warning[] = [...app.warnings, ...input.warnings, ...skippedWarning(input.skipped)];
  if (flags.sandbox) messages.note('sandbox: built-in simulated and recorded models, no network');
  for (const warning of warnings) messages.warn(warning.message);
  const request: RunRequest = {
    messages: input.messages,
    mixture: app.mixture,
    params: paramsOf(flags),
    writerParams: writerParamsOf(flags),
    stream: asking.format !== 'json' && file === null && !flags.showProposals,
    signal: cancellation.signal,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  };
  if (flags.dryRun) {
    const { dryRunText, dryRunJson } = await import('../view/dry-run.js');
    const plan = app.engine.plan(request);
    const text =
      asking.format === 'text'
        ? dryRunText(plan, app.providers, input.messages)
        : `${JSON.stringify(dryRunJson(plan, app.providers, input.messages))}\n`;
    return deliver(asking, text, file);
  }
  const exit = await answer(asking, app, request, file, warnings);
  recording?.close();
  await asking.stdout.flushed();
  return asking.stdout.end?.kind === 'failed' && exit !== null && 'status' in exit && exit.status === 0
    ? { status: exitCode('output_failed') }
    : exit;
}

async function answer(asking: Asking, app: App, request: RunRequest, file: OutputFile | null, early: readonly Warning[]): Promise<Exit> {
  const { flags, format, context, messages, stdout } = asking;
  let whole = '';
  const write = (text: string) => {
    whole += text;
    if (file === null) stdout.write(text);
  };
  const formatter = createFormatter(format, write, {
    showProposals: flags.showProposals === true,
    plain: context.stdout.isTTY === true && file === null,
    early,
  });
  const id = app.engine.newId();
  const sinks = await runSinks({ app, flags, context, messages, id });
  const all: EventSink[] = [sinks.progress, formatter, ...sinks.record].filter((sink) => sink !== null);
  const result = await app.engine.run(request, all, id);
  sinks.progress?.stop();
  for (const sink of sinks.record) await sink.close?.();
  return finish(asking, formatter, result, { whole: () => whole, file, journal: sinks.journalPath, early });
}

interface Finish {
  whole(): string;
  file: OutputFile | null;
  journal: string | null;
  early: readonly Warning[];
}

function finish(asking: Asking, formatter: AnswerFormatter, result: RunResult, { whole, file, journal }: Finish): Exit {
  const { cancellation, flags, messages, stdout } = asking;
  formatter.finish(result);
  if (file === null) stdout.closeLine();
  for (const warning of result.warnings) messages.warn(warning.message);
  const hasAnswer = result.status === 'complete' || result.status === 'degraded';
  const delivered = file && (hasAnswer || asking.format !== 'text') ? deliver(asking, closed(whole()), file) : null;
  if (stdout.end?.kind === 'failed') return rescued(asking, closed(whole()), stdout.end.error);
  if (stdout.end?.kind === 'closed') return { status: 0 };
  if (result.status === 'cancelled') return cancelled(asking, result.error, journal);
  if (result.status === 'failed') {
    const error: ErrorInfo = result.error ?? { code: 'no_answer', message: 'no model answered', hint: null };
    messages.error(errorText(error));
    return { status: exitCode(error.code) };
  }
  messages.closing(result);
  if (delivered && 'status' in delivered && delivered.status !== 0) return delivered;
  if (cancellation.received !== null) return { signal: cancellation.received };
  if (flags.strict && result.status === 'degraded') return { status: exitCode('degraded') };
  return { status: 0 };
}

/** To the file of `-o`; where that fails, to stdout, which is free then. */
function deliver(asking: Asking, text: string, file: OutputFile | null): Exit {
  if (file === null) {
    asking.stdout.write(text);
    return { status: 0 };
  }
  try {
    file.write(text);
    return { status: 0 };
  } catch (error) {
    const known = toMomError(error);
    asking.stdout.write(text);
    asking.messages.error(errorText({ code: known.code, message: known.message, hint: 'the answer went to stdout instead' }));
    return { status: exitCode(known.code) };
  }
}

/** stdout broke with an answer under way: a file keeps it. */
function rescued(asking: Asking, text: string, error: MomError): Exit {
  const path = text === '' ? null : rescueFile(text);
  asking.messages.error(
    errorText({ code: error.code, message: error.message, hint: path === null ? error.hint : `what there is of the answer is in ${path}` }),
  );
  return { status: exitCode(error.code) };
}

function cancelled(asking: Asking, error: ErrorInfo | null, journal: string | null): Exit {
  const { cancellation, messages } = asking;
  const message = error?.message ?? 'cancelled';
  messages.error(`mom: ${message}${journal === null ? '' : `; what came so far is in ${journal}`}\n`);
  return cancellation.received === null ? { status: exitCode('cancelled') } : { signal: cancellation.received };
}

/** The run never began. */
function stopped(asking: Asking, error: MomError): Exit {
  const { context, format, messages, stdout } = asking;
  if (stdout.end?.kind === 'closed') return { status: 0 };
  stdout.write(unstartedOutput(format, error));
  if (error.code === 'cancelled') return cancelled(asking, error, null);
  if (error.code === 'usage' && error.message === NO_QUESTION) messages.error(commandHelp(ASK, false));
  messages.error(errorText(error));
  if (error.code === 'bug' && isMomError(error) && error.cause instanceof Error) context.stderr.write(`${error.cause.stack ?? ''}\n`);
  return { status: exitCode(error.code) };
}

async function startApp({ flags, context }: Asking, onExchange?: Parameters<typeof createApp>[0]['onExchange']): Promise<App> {
  return createApp({
    env: context.env,
    cwd: context.cwd,
    home: context.home,
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
    overrides: await overridesOf(flags),
    choice: choiceOf(flags),
    sandbox: flags.sandbox
      ? { recorded: [join(context.packageRoot, 'recorded', 'gsm8k.jsonl')], ...(flags.seed === undefined ? {} : { seed: flags.seed }) }
      : null,
    ...(onExchange ? { onExchange } : {}),
  });
}

async function question({ prompt, flags, context, cancellation, messages }: Asking) {
  const files = flags.file ?? [];
  const attachments = flags.attach ?? [];
  const stdin = flags.stdin === undefined ? 'auto' : flags.stdin ? 'wait' : 'ignore';
  const inputContext = {
    get stdin() {
      return context.stdin;
    },
    stdinFd: 0,
    cwd: context.cwd,
    env: context.env,
    signal: cancellation.signal,
    notice: (text: string) => messages.note(text),
  };
  if (flags.sandbox && prompt.length === 0 && files.length === 0 && stdin === 'auto') {
    const { bundledQuestion } = await import('../../sandbox/bundled.js');
    const piped = context.stdin.isTTY ? null : await readStdin(inputContext, false, new SizeBudget(), { warnings: [], skipped: [] });
    return readInput({ prompt: [piped ?? bundledQuestion()], system: flags.system, files, attachments, stdin: 'ignore' }, inputContext);
  }
  return readInput({ prompt, system: flags.system, files, attachments, stdin }, inputContext);
}

function skippedWarning(skipped: readonly string[]): Warning[] {
  return skipped.length === 0 ? [] : [{ code: 'input_skipped', message: `left out: ${skipped.join(', ')}` }];
}

function closed(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
