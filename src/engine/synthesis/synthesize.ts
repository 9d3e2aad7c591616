import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';
import { allIdentical, bestProposal } from '../ballot/best-proposal.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { capError } from '../money/spend.js';
import { answered, failed, nobodyAnswered, type Outcome, panelIsWhole } from '../outcome.js';
import type { Panel } from '../panel/propose.js';
import { mayAct } from '../tools/conversation.js';
import { conclude } from './conclude.js';
import { alonePrompt, mergePrompt } from './prompts.js';
import { type Prompt, write } from './write.js';

/** What the critics make one answer of. */
export interface Reading {
  /** Whole answers; the best of them goes out when no critic can write. */
  candidates: readonly CallRecord[];
  /** False when something is missing that was planned. */
  whole: boolean;
  prompt: (critic: Member) => Prompt;
}

/** Makes one answer of what the proposers brought, whatever else goes wrong. */
export async function synthesize(ctx: RunContext, panel: Panel): Promise<Outcome> {
  const { mixture, writers } = ctx.plan;
  const stopped = stopReason(ctx);
  if (stopped && isCancelled(ctx)) return failed(stopped);
  if (panel.usable.length < mixture.minAnswers) return criticAlone(ctx, panel);
  if (writers.length === 0) return proposalsOnly(ctx, panel);
  if (!needsReader(ctx, panel.usable)) {
    const whole = panelIsWhole(ctx, panel);
    const reason = stopped ?? capError(ctx);
    if (reason && !whole) warnUnmerged(ctx, reason.code, reason.message);
    return passThrough(ctx, panel, whole);
  }
  return merge(ctx, {
    candidates: panel.usable,
    whole: panelIsWhole(ctx, panel),
    prompt: (critic) => mergePrompt(ctx, panel.usable, critic),
  });
}

/** False for one answer, or several that are the same: they go out as they are, unless tools may be called, which only a critic can decide. */
export function needsReader(ctx: RunContext, usable: readonly CallRecord[]): boolean {
  return mayAct(ctx) || (usable.length > 1 && !allIdentical(usable));
}

/** The critics in order; when all are dead, or time or money is up, the best proposal. */
export async function merge(ctx: RunContext, { candidates, whole, prompt }: Reading): Promise<Outcome> {
  const { writers } = ctx.plan;
  const written = await write(ctx, writers, prompt);
  return conclude(
    ctx,
    written,
    (record) => whole && record.id === writers[0]?.id,
    () => {
      const reason = stopReason(ctx) ?? capError(ctx);
      warnUnmerged(ctx, reason?.code ?? 'no_critic', reason?.message ?? 'no critic could write the answer');
      return passThrough(ctx, { proposals: [...candidates], usable: [...candidates] }, false);
    },
  );
}

/** One proposal as it is, without a critic; it may be of any layer. */
export function passThrough(ctx: RunContext, panel: Panel, asPlanned: boolean): Outcome {
  const { proposers, mixture } = ctx.plan;
  const best = bestProposal(panel.usable, [...proposers, ...mixture.rules.layers.aggregators], ctx);
  if (!best) return failed(stopReason(ctx) ?? nobodyAnswered(panel.proposals));
  const source = `proposal:${best.id}` as const;
  ctx.writer.whole(source, best.model, best.text ?? '');
  return answered(best, source, asPlanned);
}

/** Too few proposals: the first live critic answers the request on its own. */
async function criticAlone(ctx: RunContext, panel: Panel): Promise<Outcome> {
  const { writers, proposers } = ctx.plan;
  // Where the plan has lost all its proposers, its own warnings say so.
  if (writers.length > 0 && proposers.length > 0 && !stopReason(ctx) && !capError(ctx)) {
    const wasAsked = panel.proposals.some((record) => record.status !== 'skipped');
    const why = wasAsked ? `only ${panel.usable.length} of ${proposers.length} models answered` : 'no proposer was asked';
    ctx.recorder.warn('critic_alone', `${why}; the critic is asked alone`);
  }
  const written = await write(ctx, writers, (critic) => alonePrompt(ctx, critic));
  return conclude(
    ctx,
    written,
    () => false,
    () => {
      const reason = stopReason(ctx) ?? capError(ctx);
      if (panel.usable.length > 0) {
        if (reason) warnUnmerged(ctx, reason.code, reason.message);
        return passThrough(ctx, panel, false);
      }
      return failed(reason ?? nobodyAnswered([...panel.proposals, ...written.tried]));
    },
  );
}

/** Without a critic the proposals themselves are the outcome. */
function proposalsOnly(ctx: RunContext, panel: Panel): Outcome {
  const stopped = stopReason(ctx);
  if (stopped) ctx.recorder.warn(stopped.code, stopped.message);
  const whole = panelIsWhole(ctx, panel) && panel.usable.every((record) => record.finish_reason !== 'length');
  return { status: whole ? 'complete' : 'degraded', answer: null, tool_calls: [], answer_source: null, finish_reason: null, error: null };
}

function warnUnmerged(ctx: RunContext, code: string, why: string): void {
  ctx.recorder.warn(code, `${why}; the best proposal goes out instead of a merged answer`);
}
