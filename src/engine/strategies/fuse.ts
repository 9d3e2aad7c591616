import { propose } from '../panel/propose.js';
import { plannedPanel, plannedSynthesis } from '../planned.js';
import type { Strategy } from '../strategy.js';
import { synthesize } from '../synthesis/synthesize.js';

/** Proposers of different families answer at once, a critic merges what they bring. */
export const fuse: Strategy = {
  run: async (ctx) => synthesize(ctx, await propose(ctx)),
  calls: ({ proposers, writers }) => [...plannedPanel(proposers), ...plannedSynthesis(writers, proposers.length)],
};
