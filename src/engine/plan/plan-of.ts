import { MomError } from '../../core/error.js';
import type { Member, Mixture, RunStrategy } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';

/** The plan of the strategy that the user, or a default, has chosen. @throws MomError as {@link planOf} */
export function chosenPlan(mixture: Mixture, strategy: RunStrategy): Plan {
  return planOf(mixture, strategy, `strategy '${strategy}' of mixture '${mixture.name}'`);
}

/** The plan of one strategy. @throws MomError `config_invalid` when the mixture lacks the models for it */
export function planOf(mixture: Mixture, strategy: RunStrategy, reason: string): Plan {
  const common = { mixture, strategy, reason, classifier: null, missing: [], warnings: [] };
  const { name, proposers, critics, rules } = mixture;
  if (strategy === 'single') return { ...common, proposers: [], writers: [singleOf(mixture)] };
  if (proposers.length === 0) {
    const lacks = strategy === 'self' ? "has no model for strategy 'self'" : 'has no proposers';
    const give = strategy === 'self' ? '`single:` or `critic:`' : '`proposers:`';
    throw new MomError('config_invalid', `mixture '${name}' ${lacks}`, { hint: `give it ${give}, or name a model (-m)` });
  }
  if (strategy === 'cascade' && rules.cascade.tiers.length < 2 && critics.length === 0) {
    throw new MomError('config_invalid', `mixture '${name}' has one tier only for strategy 'cascade'`, {
      hint: 'a cascade needs two tiers: give it `tiers:`, or a critic, which is then the second tier',
    });
  }
  return { ...common, proposers, writers: critics };
}

/** What writes an answer anew: no stage for one that must keep its form to the letter. */
export function rewritingOf({ refine, verify }: Mixture): string[] {
  return [...(refine > 0 ? ['refine'] : []), ...(verify ? ['verify'] : [])];
}

function singleOf({ name, single, critics }: Mixture): Member {
  const member = single ?? critics[0];
  if (member) return member;
  throw new MomError('config_invalid', `mixture '${name}' has no model for strategy 'single'`, {
    hint: 'give it `single:` or `critic:`, or name a model (-m)',
  });
}
