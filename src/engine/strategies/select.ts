import { VERDICT_TOKENS } from '../../core/limits.js';
import type { Plan } from '../../core/plan.js';
import type { PlannedCall } from '../../core/quote.js';
import { allIdentical } from '../ballot/best-proposal.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { applicable } from '../edits/applicable.js';
import { answered, failed, type Outcome, panelIsWhole } from '../outcome.js';
import { type Panel, propose } from '../panel/propose.js';
import { answerLimits } from '../panel/verbatim.js';
import { planned, plannedPanel } from '../planned.js';
import type { Strategy } from '../strategy.js';
import { chooseProposal } from '../synthesis/judge.js';
import { synthesize } from '../synthesis/synthesize.js';

/** Proposers answer at once, a judge names one of the answers, and that one goes out byte for byte. */
export const select: Strategy = { run, calls };

async function run(ctx: RunContext): Promise<Outcome> {
  const panel = await propose(ctx, { params: answerLimits(ctx.request) });
  // Where there is nothing to choose, nothing is merged either: one proposal, none at all, or no judge.
  return hasChoice(ctx, panel) ? choose(ctx, panel) : synthesize(ctx, panel);
}

function hasChoice(ctx: RunContext, { usable }: Panel): boolean {
  const { mixture, writers } = ctx.plan;
  return !isCancelled(ctx) && writers.length > 0 && usable.length >= Math.max(2, mixture.minAnswers) && !allIdentical(usable);
}

async function choose(ctx: RunContext, panel: Panel): Promise<Outcome> {
  const candidates = applicable(ctx, panel.usable);
  const [first] = candidates;
  const { proposal, asPlanned } =
    first && allIdentical(candidates) ? { proposal: first, asPlanned: true } : await chooseProposal(ctx, candidates);
  const stopped = stopReason(ctx);
  if (stopped && isCancelled(ctx)) return failed(stopped);
  const source = `proposal:${proposal.id}` as const;
  ctx.writer.whole(source, proposal.model, proposal.text ?? '');
  return answered(proposal, source, asPlanned && panelIsWhole(ctx, panel));
}

function calls({ mixture, proposers, writers }: Plan): PlannedCall[] {
  const [judge] = writers;
  if (!judge || proposers.length < 2) return plannedPanel(proposers);
  const reads = { least: proposers.length, most: proposers.length };
  const look = planned(judge, { kind: 'judge', layer: 0, reads, output: VERDICT_TOKENS });
  const looks = mixture.rules.select.secondLook ? [look, { ...look, id: `${judge.id}.2` }] : [look];
  return [...plannedPanel(proposers), ...looks];
}
