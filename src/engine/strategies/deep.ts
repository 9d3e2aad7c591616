import type { Plan } from '../../core/plan.js';
import type { PlannedCall } from '../../core/quote.js';
import { allIdentical } from '../ballot/best-proposal.js';
import { type RunContext, stopReason } from '../context.js';
import { aggregatorsOf, climb, middleLayers } from '../layers/climb.js';
import { finalPrompt } from '../layers/prompt.js';
import type { Outcome } from '../outcome.js';
import { type Panel, propose } from '../panel/propose.js';
import { planned, plannedPanel, plannedSynthesis } from '../planned.js';
import type { Strategy } from '../strategy.js';
import { mergePrompt } from '../synthesis/prompts.js';
import { merge, needsReader, passThrough, synthesize } from '../synthesis/synthesize.js';

/** Layers of models, each reading the one below, and a final synthesis (Mixture-of-Agents, arXiv 2406.04692). */
export const deep: Strategy = {
  async run(ctx) {
    const first = await propose(ctx);
    if (!isWorthLayers(ctx, first)) return synthesize(ctx, first);
    return finish(ctx, await climb(ctx, first));
  },
  calls: (plan) => [...plannedPanel(plan.proposers), ...(plan.writers.length === 0 ? [] : plannedLayers(plan))],
};

/** Layers need several different answers, and somebody who writes the last one. */
function isWorthLayers({ plan }: RunContext, { usable }: Panel): boolean {
  return plan.writers.length > 0 && usable.length >= Math.max(2, plan.mixture.minAnswers) && !allIdentical(usable);
}

async function finish(ctx: RunContext, { candidates, notes, whole }: Awaited<ReturnType<typeof climb>>): Promise<Outcome> {
  if (candidates.length > 1 && !needsReader(ctx, candidates) && !stopReason(ctx))
    return passThrough(ctx, { proposals: [], usable: [...candidates] }, whole);
  return merge(ctx, {
    candidates,
    whole,
    prompt: (critic) => (notes.length > 0 ? finalPrompt(ctx, { candidates, notes }, critic) : mergePrompt(ctx, candidates, critic)),
  });
}

/** The middle layers from the second on may be left out: one below may have nothing to add. */
function plannedLayers(plan: Plan): PlannedCall[] {
  const { proposers, writers, mixture } = plan;
  const aggregators = aggregatorsOf(plan);
  const layers = middleLayers(plan);
  const fromProposers = { least: proposers.length, most: proposers.length };
  const carried = mixture.rules.layers.carry === 'gaps' ? aggregators.length + 1 : aggregators.length;
  const fromAbove = { least: 1, most: Math.max(proposers.length, carried) };
  const middle = layers.flatMap((layer) =>
    aggregators.map((member) =>
      planned(member, { id: `${member.id}.${layer}`, layer, certain: layer === 2, reads: layer === 2 ? fromProposers : fromAbove }),
    ),
  );
  return [...middle, ...plannedSynthesis(writers, proposers.length, { reads: layers.length > 0 ? fromAbove : fromProposers })];
}
