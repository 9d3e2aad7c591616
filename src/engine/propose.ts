import { formatDuration } from '../core/duration.js';
import { MomError } from '../core/error.js';
import type { Member } from '../core/mixture.js';
import type { CallRecord } from '../core/run.js';
import { callModel } from './call.js';
import type { RunContext } from './context.js';
import { Wait, type WaitStep } from './quorum.js';
import { inRole } from './role.js';
import { capError } from './spend.js';

/** What the proposers brought, in config order. */
export interface Panel {
  proposals: CallRecord[];
  usable: CallRecord[];
}

/**
 * Asks all proposers at once and returns when the wait is over: all have settled, or the quorum's grace has run out, or
 * the cap is reached, or the run was stopped. Whoever is late then is cut upstream and has settled when this returns.
 */
export async function propose(ctx: RunContext, layer = 1): Promise<Panel> {
  const { proposers, mixture } = ctx.plan;
  const wait = new Wait({ members: proposers, quorum: mixture.quorum, grace: mixture.grace });
  const startMs = ctx.recorder.elapsed();
  const cutters = new Map(proposers.map((member) => [member.id, new AbortController()]));
  let stopGrace = () => {};

  const cut = (ids: Iterable<string>, reason: MomError) => {
    for (const id of ids) cutters.get(id)?.abort(reason);
  };
  const follow = (step: WaitStep) => {
    if (step.do === 'done') stopGrace();
    if (step.do !== 'grace') return;
    ctx.recorder.emit({ type: 'quorum', answered: mixture.quorum, waiting_for: step.waitingFor, grace_ms: step.graceMs });
    stopGrace = ctx.clock.after(step.graceMs, () => {
      const over = wait.graceOver();
      if (over.do === 'cut') cut(over.ids, lateError(step.graceMs));
    });
  };

  const calls = proposers.map(async (member) => {
    const signal = AbortSignal.any([ctx.signal, (cutters.get(member.id) as AbortController).signal]);
    const record = await callModel(ctx, proposal(ctx, member, layer, signal));
    follow(wait.settled(member.id, isUsable(record), ctx.recorder.elapsed() - startMs));
    const overCap = capError(ctx);
    if (overCap) cut(cutters.keys(), overCap);
    return record;
  });
  const proposals = await Promise.all(calls);
  stopGrace();
  return tellPanel(ctx, proposals);
}

function proposal(ctx: RunContext, member: Member, layer: number, signal: AbortSignal) {
  const messages = inRole(member, ctx.request.messages);
  return {
    kind: 'proposer' as const,
    member,
    layer,
    messages,
    record: member.role ? messages : null,
    params: { ...member.params, ...ctx.request.params },
    signal,
    maxRetryAfter: null,
    canRestart: () => true,
    onText: () => {},
    onRestart: () => {},
  };
}

function tellPanel(ctx: RunContext, proposals: CallRecord[]): Panel {
  const usable = proposals.filter(isUsable);
  const failed = proposals.filter((record) => record.status === 'failed');
  for (const record of failed)
    ctx.recorder.warn('proposer_failed', `${record.model} gave no answer: ${record.error?.message ?? 'no reason given'}`);
  ctx.recorder.emit({
    type: 'proposals',
    answered: usable.length,
    failed: failed.length,
    cut: proposals.length - usable.length - failed.length,
  });
  return { proposals, usable };
}

function isUsable(record: CallRecord): boolean {
  return record.status === 'answered' && record.text !== null && record.text.trim() !== '';
}

function lateError(graceMs: number): MomError {
  return new MomError('cancelled', `cut: it had not answered ${formatDuration(graceMs)} after enough others had`, {
    hint: 'give it longer with --grace, or make it required in the config',
  });
}
