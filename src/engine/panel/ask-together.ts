import { formatDuration } from '../../core/duration.js';
import { MomError } from '../../core/error.js';
import type { CallRecord } from '../../core/run.js';
import { type Ask, callModel, tariffOfAsk } from '../call/call.js';
import type { RunContext } from '../context.js';
import { type Cutters, notNeeded } from './cutters.js';
import { Wait, type WaitRule, type WaitStep } from './quorum.js';

/** Whom a round asks, and how long it waits for them. */
export interface Together {
  asked: readonly Ask[];
  /** Whose answer is there from the start. */
  there: ReadonlyMap<Ask, CallRecord>;
  rule: WaitRule;
  /** True for an answer that the wait counts. */
  counts: (record: CallRecord) => boolean;
  /** True when no other answer is needed. */
  enough: ((usable: readonly CallRecord[]) => boolean) | undefined;
}

/**
 * Asks all at once and settles when each has answered, failed or been cut: after the grace of those who are late, because
 * enough is known, or, where a price is unknown, because the money is spent.
 */
export async function askTogether(ctx: RunContext, together: Together, cutters: Cutters): Promise<CallRecord[]> {
  const { asked, there, rule, counts, enough } = together;
  const wait = new Wait(rule);
  const usable = [...there.values()];
  const startMs = ctx.recorder.elapsed();
  let stopGrace = () => {};

  const follow = (step: WaitStep) => {
    if (step.do === 'done') stopGrace();
    if (step.do !== 'grace') return;
    ctx.recorder.emit({ type: 'quorum', answered: usable.length, waiting_for: step.waitingFor, grace_ms: step.graceMs });
    stopGrace = ctx.clock.after(step.graceMs, () => {
      const over = wait.graceOver();
      if (over.do === 'cut') cutters.cut(over.ids, lateError(step.graceMs));
    });
  };
  const settle = (ask: Ask, record: CallRecord) => {
    const isUsable = counts(record);
    if (isUsable) usable.push(record);
    follow(wait.settled(ask.member.id, isUsable, ctx.recorder.elapsed() - startMs));
    if (isUsable && enough?.(usable)) cutters.cutAll(notNeeded('cut'));
    const spent = ctx.purse.reached();
    if (spent) cutters.cut(unpriced(ctx, asked), spent);
  };

  for (const ask of there.keys()) follow(wait.settled(ask.member.id, true, 0));
  const records = await Promise.all(
    asked.map(async (ask) => {
      const record = await callModel(ctx, ask);
      settle(ask, record);
      return record;
    }),
  );
  stopGrace();
  return records;
}

/** Members for whose calls nothing could be set aside. */
function unpriced(ctx: RunContext, asked: readonly Ask[]): string[] {
  return asked.filter((ask) => tariffOfAsk(ctx, ask).prices === null).map(({ member }) => member.id);
}

function lateError(graceMs: number): MomError {
  return new MomError('cancelled', `cut: it had not answered ${formatDuration(graceMs)} after enough others had`, {
    hint: 'raise grace (--grace), or make it required in the config',
  });
}
