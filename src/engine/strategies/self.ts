import type { Member } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { RunContext } from '../context.js';
import { propose } from '../panel/propose.js';
import type { Strategy } from '../strategy.js';
import { synthesize } from '../synthesis/synthesize.js';
import { fuse } from './fuse.js';

/** What Self-MoA samples its proposals at (arXiv 2502.00674): without it the samples of one model are all but the same. */
const SAMPLE_TEMPERATURE = 0.7;
/** Seeds stay within what every provider takes: a signed 32-bit number. */
const MAX_SEED = 2 ** 31;

/** Several samples of one model, merged by it or another. */
export const self: Strategy = {
  async run(ctx) {
    const samples = sampling(ctx);
    return synthesize(ctx, await propose(ctx, { params: (member) => samples.get(member.id) ?? {} }));
  },
  calls: fuse.calls,
};

/**
 * What makes the samples differ: a seed each, and a temperature where neither the mixture nor the request has one. A
 * seed that several samples share counts up from one to the next.
 */
function sampling(ctx: RunContext): Map<string, SamplingParams> {
  const { proposers } = ctx.plan;
  const base = Math.floor(ctx.random() * (MAX_SEED - proposers.length));
  const taken = new Set<number>();
  return new Map(
    proposers.map((member, i) => {
      const own = { ...member.params, ...ctx.request.params };
      let seed = own.seed ?? base + i;
      while (taken.has(seed)) seed += 1;
      taken.add(seed);
      return [
        member.id,
        {
          ...(takes(ctx, member, 'seed') || own.seed !== undefined ? { seed } : {}),
          ...(own.temperature === undefined && takes(ctx, member, 'temperature') ? { temperature: SAMPLE_TEMPERATURE } : {}),
        },
      ];
    }),
  );
}

/** False where the model is known not to take a parameter: nobody asked for these, so nobody is told that they are left out. */
function takes({ catalog }: RunContext, member: Member, parameter: string): boolean {
  return catalog.facts(member.provider, member.model)?.parameters?.includes(parameter) ?? true;
}
