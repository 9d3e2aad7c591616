import { DEFAULT_PROVIDER } from '../../../config/providers/known.js';
import { DEFAULT_RULES, defaultQuorum, type Member, type Mixture } from '../../../core/mixture.js';

/** A model's name as a user writes it, by which the contestant is known. */
export function modelName({ provider, model }: Pick<Member, 'provider' | 'model'>): string {
  return provider === DEFAULT_PROVIDER ? model : `${provider}:${model}`;
}

/**
 * One model as it is: what a mixture says of its members, such as a role or a temperature, is not meant for it.
 * @param base whose limits of time and money hold
 */
export function plainModel(base: Mixture, member: Member): Mixture {
  const single: Member = { ...member, id: 's1', role: null, params: {}, weight: 1, required: false };
  return { ...alone(base), single };
}

/**
 * The one model of a mixture of strategy `single`, asked `samples` times; it then merges its own answers. What that may cost is
 * decided by their number already: the built-in cap of a question would leave out some of them, and the merging.
 */
export function sampledModel(base: Mixture, single: Member, samples: number): Mixture {
  const copy = { ...single, weight: 1, required: false };
  return {
    ...alone(base),
    strategy: 'self',
    proposers: Array.from({ length: samples }, (_, index) => ({ ...copy, id: `p${index + 1}` })),
    critics: [{ ...copy, id: 'c1' }],
    quorum: defaultQuorum(samples),
    maxCost: base.maxCost?.setByUser ? base.maxCost : null,
  };
}

/** Nothing of the mixture that it was made from but limits: what has no effect on the answer may not change what it is known by. */
function alone(base: Mixture): Mixture {
  return {
    ...base,
    strategy: 'single',
    strategyChosen: true,
    proposers: [],
    critics: [],
    single: null,
    rules: DEFAULT_RULES,
    auto: { classifier: null, routes: {} },
    verify: null,
    refine: 0,
    quorum: 1,
    minAnswers: 1,
    grace: 'auto',
  };
}
