import type { Budget } from '../core/budget.js';
import type { Catalog } from '../core/catalog.js';
import type { Clock } from '../core/clock.js';
import { formatDuration } from '../core/duration.js';
import { MomError, toMomError } from '../core/error.js';
import type { EventSink } from '../core/event.js';
import type { ModelClient } from '../core/model-client.js';
import type { Plan } from '../core/plan.js';
import { seededRandom } from '../core/random.js';
import type { RunRequest, RunResult } from '../core/run.js';
import { Bills } from './call/bills.js';
import { isCancelled, type RunContext } from './context.js';
import type { FormatChecker } from './format/checker.js';
import { Purse } from './money/purse.js';
import { overspend } from './money/spend.js';
import { failed, type Outcome } from './outcome.js';
import { refuseRun } from './panel/shrink.js';
import { pipeline } from './pipeline.js';
import { participant } from './plan/participant.js';
import { Recorder } from './recorder.js';
import { AnswerWriter } from './synthesis/answer-writer.js';

export interface RunInput {
  id: string;
  request: RunRequest;
  plan: Plan;
  /** Of the form that the request asks for. */
  format: FormatChecker | null;
  client: ModelClient;
  catalog: Catalog;
  /** Shared with other runs. */
  budgets: readonly Budget[];
  clock: Clock;
  drawNonce: () => string;
  sinks: readonly EventSink[];
  /** Comes first; null when the plan has to be carried out. */
  before?: (ctx: RunContext) => Promise<Outcome | null>;
}

/** One run from question to result. */
export async function runOnce(input: RunInput): Promise<RunResult> {
  const { request, plan, client, clock } = input;
  const seed = request.seed ?? Math.floor(Math.random() * 2 ** 32);
  const recorder = new Recorder(input.id, clock, input.sinks);
  const bills = new Bills(client, recorder, clock);
  const writer = new AnswerWriter(recorder, request.stream);
  const end = endOfRun(request.signal, plan.mixture.runTimeout, clock);
  const ctx: RunContext = {
    request,
    plan,
    client,
    clock,
    recorder,
    bills,
    purse: new Purse([...input.budgets, ...(request.budgets ?? [])], () => recorder.fold.cost().usd ?? 0).under(plan.mixture),
    writer,
    format: input.format,
    catalog: input.catalog,
    random: seededRandom(seed),
    drawNonce: input.drawNonce,
    signal: end.signal,
  };

  start(ctx, seed);
  const outcome = await answer(ctx, input.before).catch((error: unknown) => failed(toMomError(error), writer.shown, 'critic'));
  await (isCancelled(ctx) ? bills.abandon() : bills.settle());
  end.clear();
  warnOfFlaws(ctx, outcome);
  return finish(ctx, outcome);
}

async function answer(ctx: RunContext, before: RunInput['before']): Promise<Outcome> {
  const given = await before?.(ctx);
  if (given) return given;
  const refused = refuseRun(ctx);
  const outcome = refused ? failed(refused) : await pipeline(ctx);
  return ctx.purse.shrunk && outcome.status === 'complete' ? { ...outcome, status: 'degraded' } : outcome;
}

function start(ctx: RunContext, seed: number): void {
  const { mixture, strategy, reason, proposers, writers, warnings } = ctx.plan;
  ctx.recorder.emit({
    type: 'run.start',
    started_at: ctx.clock.date().toISOString(),
    mixture: mixture.name,
    strategy,
    route_reason: reason,
    seed,
    quorum: mixture.quorum,
    min_answers: mixture.minAnswers,
    proposers: proposers.map(participant),
    critics: writers.map(participant),
    messages: ctx.request.messages,
  });
  for (const { code, message } of warnings) ctx.recorder.warn(code, message);
}

/** What is wrong with an answer that came all the same, where no stage has said so. */
function warnOfFlaws(ctx: RunContext, outcome: Outcome): void {
  if (outcome.finish_reason === 'length') {
    ctx.recorder.warn(
      'cut_by_length',
      'the answer is cut off at its length limit; raise max_tokens (--max-tokens), or ask for less at once',
    );
  }
  const overspent = overspend(ctx);
  if (overspent && outcome.error === null && !ctx.recorder.fold.hasWarned('cost_cap')) ctx.recorder.warn('cost_cap', overspent);
}

function finish(ctx: RunContext, outcome: Outcome): RunResult {
  ctx.recorder.emit({ type: 'outcome', ...outcome });
  const result = ctx.recorder.fold.result();
  ctx.recorder.emit({ type: 'run.end', result });
  return result;
}

/** One signal for everything that ends a run from outside: its user or its deadline. */
function endOfRun(user: AbortSignal | undefined, timeoutMs: number, clock: Clock): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const onAbort = () => controller.abort(toCancelled(user?.reason));
  const stopTimer = clock.after(timeoutMs, () =>
    controller.abort(
      new MomError('timeout', `the run was not finished after ${formatDuration(timeoutMs)}`, {
        hint: 'raise timeouts.run (--timeout), or ask fewer or faster models',
      }),
    ),
  );
  if (user?.aborted) onAbort();
  else user?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      stopTimer();
      user?.removeEventListener('abort', onAbort);
    },
  };
}

/** Whatever reason a caller aborts with, the run was cancelled. */
function toCancelled(reason: unknown): MomError {
  const cause = toMomError(reason);
  return cause.code === 'cancelled' ? cause : new MomError('cancelled', 'the run was cancelled', { cause: reason });
}
