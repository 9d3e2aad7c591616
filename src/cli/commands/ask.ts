import { type App, createApp } from '../../app.js';
import { unlessAborted } from '../../core/abort.js';
import { exitCode, toMomError } from '../../core/error.js';
import type { EventSink } from '../../core/event.js';
import type { RunRequest, Warning } from '../../core/run.js';
import { type Asking, begin } from '../ask/asking.js';
import { refuseContradictions } from '../ask/contradictions.js';
import { deliver, endOutput } from '../ask/delivery.js';
import { ending, unstarted } from '../ask/ending.js';
import { keep } from '../ask/keep.js';
import { makeOrder, type Order } from '../ask/order.js';
import { readQuestion } from '../ask/question.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import type { Input } from '../input/types.js';
import type { Extractor } from '../output/extracting.js';
import { type OutputFile, openOutputFile } from '../output/file.js';
import { createFormatter, type WriteText } from '../output/format.js';
import { Recording } from '../output/recording.js';
import { runSinks } from '../run-sinks.js';
import { SANDBOX_NOTE, sandboxWish } from '../sandbox-wish.js';
import { worldOf } from '../world.js';
import { type AskFlags, overridesOf, paramsOf, writerParamsOf } from './ask-flags.js';

/** Where everything goes that comes out of a run. */
interface Outputs {
  file: OutputFile | null;
  recording: Recording | null;
  /** Warnings that no event carries; they come at any time, and stand in the result. */
  notes: Warning[];
}

/** What is asked, of whom, and where it goes. */
interface Prepared {
  order: Order;
  app: App;
  request: RunRequest;
  outputs: Outputs;
}

/** `mom ask`: what is wanted, input, mixture, run, answer. */
export async function run(prompt: string[], flags: object, context: CliContext): Promise<Exit> {
  const asking = begin(prompt, flags as AskFlags, context);
  try {
    return { ...(await ask(asking)), lossIsTold: true };
  } catch (error) {
    return unstarted(asking, toMomError(error));
  }
}

async function ask(asking: Asking): Promise<Exit> {
  refuseContradictions(asking.flags, asking.prompt);
  const outputs = openOutputs(asking);
  const order = await makeOrder(asking);
  const making = startApp(asking, order, outputs);
  // Input is read meanwhile; if that fails first, nobody awaits the app.
  making.catch(() => undefined);
  const [question, app] = await unlessAborted(Promise.all([readQuestion(asking, order), making]), asking.cancellation.signal);
  const { request, warnings } = await goOn(order, app, requestOf(asking, order, question, app, outputs));
  const early = [...app.warnings, ...question.warnings, ...warnings];
  announce(asking, early);
  outputs.notes.push(...early);
  try {
    const prepared = { order, app, request, outputs };
    if (asking.flags.explainRoute) return await showRoute(asking, prepared);
    return asking.flags.dryRun ? await showPlan(asking, prepared) : await answer(asking, prepared);
  } finally {
    await app.close();
    outputs.recording?.close();
  }
}

/** What an earlier run has brought already is not asked for again. */
async function goOn({ earlier }: Order, app: App, request: RunRequest): Promise<{ request: RunRequest; warnings: readonly Warning[] }> {
  return earlier === null ? { request, warnings: [] } : (await import('../ask/earlier.js')).requestAfter(earlier, app, request);
}

function openOutputs({ flags, context, messages }: Asking): Outputs {
  return {
    file: flags.output === undefined ? null : openOutputFile(flags.output, context.cwd),
    recording: flags.record === undefined ? null : new Recording(flags.record, context.cwd, (error) => messages.warn(error.message)),
    notes: [],
  };
}

async function startApp(
  { flags, context, messages, cancellation }: Asking,
  { choice }: Order,
  { recording, notes }: Outputs,
): Promise<App> {
  return createApp({
    ...worldOf(context, flags),
    overrides: await overridesOf(flags),
    choice,
    sandbox: sandboxWish(flags, context),
    planOnly: flags.dryRun === true || flags.explainRoute === true,
    signal: cancellation.signal,
    onNote: (note) => {
      notes.push(note);
      messages.warn(note.message);
    },
    ...(recording ? { onExchange: (exchange) => recording.keep(exchange) } : {}),
  });
}

function announce({ flags, messages }: Asking, warnings: readonly Warning[]): void {
  if (flags.sandbox) messages.note(SANDBOX_NOTE);
  for (const warning of warnings) messages.warn(warning.message);
}

function requestOf({ flags, format, cancellation }: Asking, order: Order, question: Input, app: App, { file }: Outputs): RunRequest {
  return {
    messages: question.messages,
    mixture: app.mixture,
    params: paramsOf(flags),
    writerParams: writerParamsOf(flags),
    ...(order.format ? { format: order.format } : {}),
    stream: format !== 'json' && file === null && !flags.showProposals && !flags.extract,
    cache: flags.cache ? (flags.refresh ? 'refresh' : 'use') : 'off',
    signal: cancellation.signal,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  };
}

async function showPlan(asking: Asking, { app, request, outputs }: Prepared): Promise<Exit> {
  const { dryRunText, dryRunJson } = await import('../view/dry-run.js');
  const plan = await app.engine.plan(request);
  for (const warning of plan.warnings) asking.messages.warn(warning.message);
  const dryRun = { plan, quote: await app.engine.quote(plan, request), request, providers: app.providers, early: outputs.notes };
  const text = asking.format === 'text' ? dryRunText(dryRun) : `${JSON.stringify(dryRunJson(dryRun))}\n`;
  const lost = await deliver(asking, text, outputs.file);
  return lost ? { status: exitCode(lost.code) } : SUCCESS;
}

async function showRoute(asking: Asking, { app, request, outputs }: Prepared): Promise<Exit> {
  const { routeText, routeJson } = await import('../view/route.js');
  const plan = await app.engine.plan(request);
  for (const warning of plan.warnings) asking.messages.warn(warning.message);
  const text = asking.format === 'text' ? routeText(plan) : `${JSON.stringify(routeJson(plan))}\n`;
  const lost = await deliver(asking, text, outputs.file);
  return lost ? { status: exitCode(lost.code) } : SUCCESS;
}

async function answer(asking: Asking, { order, app, request, outputs }: Prepared): Promise<Exit> {
  const { flags, format, context, messages, stdout } = asking;
  const { file, recording, notes: early } = outputs;
  let whole = '';
  const write: WriteText = (text, proposals) => {
    whole += text;
    if (file === null) stdout.write(text, proposals);
  };
  if (asking.rendering && file === null && !flags.extract && order.format === null) stdout.render(asking.rendering);
  const id = app.engine.newId();
  const extractor = flags.extract ? await codeOnly(asking, app, id, write) : null;
  const formatter =
    extractor ?? createFormatter(format, write, { showProposals: flags.showProposals === true, early, onAsked: () => stdout.prepare() });
  const sinks = await runSinks({ app, flags, context, messages, id, order });
  const all: EventSink[] = [sinks.progress, formatter, ...sinks.record].filter((sink) => sink !== null);
  recording?.open();
  const result = await app.engine.run(request, all, id);
  sinks.progress?.stop();
  formatter.finish(result);
  const lack = extractor?.lack ?? null;
  const hasAnswer = (result.status === 'complete' || result.status === 'degraded') && lack === null;
  const toFile = file !== null && (hasAnswer || format !== 'text');
  const lost = toFile ? await deliver(asking, whole, file) : await endOutput(asking, whole);
  for (const sink of sinks.record) await sink.close?.();
  const journal = app.settings.log === 'full' ? sinks.journalPath : null;
  const exit = ending(asking, result, { lost, lack, keeping: { journal, sandbox: flags.sandbox === true } });
  if (sinks.journalPath !== null) await keep(asking, sinks.journalPath);
  if (flags.open) await (await import('../ask/open-page.js')).openPage(asking, id);
  return exit;
}

/** What `-x` prints in place of the answer. */
async function codeOnly({ flags, messages }: Asking, app: App, id: string, write: (text: string) => void): Promise<Extractor> {
  const { createExtractor, wishOf } = await import('../output/extracting.js');
  const isKept = flags.log && app.settings.log === 'full';
  return createExtractor(write, { wish: wishOf(flags), warn: (message) => messages.warn(message), shownBy: isKept ? id : null });
}
