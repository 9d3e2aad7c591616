import { stopReason } from '../context.js';
import { failed, nobodyAnswered } from '../outcome.js';
import { planned } from '../planned.js';
import type { Strategy } from '../strategy.js';
import { conclude } from '../synthesis/conclude.js';
import { alonePrompt, plainPrompt } from '../synthesis/prompts.js';
import { write } from '../synthesis/write.js';

/** One model answers; nothing is merged. `complete` when it is the first that the plan names. */
export const single: Strategy = {
  async run(ctx) {
    const written = await write(ctx, ctx.plan.writers, (member) => (ctx.plan.goesOn ? alonePrompt(ctx, member) : plainPrompt(ctx, member)));
    return conclude(
      ctx,
      written,
      (record) => record.id === ctx.plan.writers[0]?.id,
      () => failed(stopReason(ctx) ?? nobodyAnswered(written.tried)),
    );
  },
  calls: ({ writers }) => writers.slice(0, 1).map((member) => planned(member, { kind: 'critic', layer: 0 })),
};
