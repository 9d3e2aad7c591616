import type { Catalog } from '../../core/catalog.js';
import { MomError } from '../../core/error.js';
import type { Member, Mixture } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import type { RunRequest, Warning } from '../../core/run.js';
import { Admission, type Refusal } from './admission.js';

/**
 * The plan without models that can't take the request: no images, too small a context, or out of service. Each is told
 * of in the plan's warnings. What is not known of a model never leaves it out.
 * @throws MomError when nobody is left to answer: `input_too_large` where all of them could with less, else `input_invalid`
 */
export function admit(plan: Plan, request: RunRequest, catalog: Catalog): Plan {
  const admission = new Admission(request, catalog);
  const proposers = admission.keep(plan.proposers);
  const left = new Set(proposers.map(({ id }) => id));
  const missing = plan.proposers.filter((member) => member.required && !left.has(member.id));
  const writers = admission.keep(plan.writers);
  const classifier = admission.keepInService(plan.classifier);
  const mixture = admitMixture(plan, proposers.length, admission);
  const warnings = [...plan.warnings, ...admission.refusals.map(toWarning)];
  const admitted: Plan = { ...plan, mixture, proposers, writers, classifier, missing, warnings };
  if (writers.length === 0 && plan.writers.length > 0) return withoutWriters(plan, admitted, admission, request);
  if (proposers.length === 0 && plan.proposers.length > 0) return withoutProposers(admitted, admission.refusals);
  return admitted;
}

/** The mixture with the same models left out; only those that the plan asks are told of. */
function admitMixture(plan: Plan, proposers: number, admission: Admission): Mixture {
  const { mixture, strategy } = plan;
  const { cascade, layers } = mixture.rules;
  const silent = admission.silently();
  return {
    ...mixture,
    proposers: silent.keep(mixture.proposers),
    critics: silent.keep(mixture.critics),
    single: mixture.single && (silent.keep([mixture.single])[0] ?? null),
    rules: {
      ...mixture.rules,
      cascade: { ...cascade, tiers: cascade.tiers.map((tier) => silent.keep(tier)).filter((tier) => tier.length > 0) },
      layers: { ...layers, aggregators: (strategy === 'deep' ? admission : silent).keep(layers.aggregators) },
    },
    verify: mixture.verify && { ...mixture.verify, verifier: admission.keepInService(mixture.verify.verifier) },
    quorum: proposers === plan.proposers.length ? mixture.quorum : Math.max(1, Math.min(mixture.quorum, proposers)),
  };
}

/** Somebody else writes: another critic where nobody chose this one, else the proposer that counts most. */
function withoutWriters(plan: Plan, admitted: Plan, { refusals }: Admission, request: RunRequest): Plan {
  const { mixture } = admitted;
  // Where the critics were to go on alone, nobody else was planned.
  const proposers = plan.goesOn ? mixture.proposers : admitted.proposers;
  // A mixture that `auto` leads to has a strategy of its own, which is not what the user asked for.
  const isChosen = plan.mixture.single !== null && request.mixture.strategy !== 'auto';
  const critics = plan.strategy === 'single' && !isChosen ? mixture.critics : [];
  const [best] = proposers.toSorted((a, b) => b.weight - a.weight);
  const stand = best && { ...best, id: (plan.writers[0] as Member).id, role: null, required: false };
  const writers = critics.length > 0 ? critics : stand ? [stand] : [];
  const [writer] = writers;
  if (!writer) throw nobodyLeft(plan, refusals);
  const message = `no critic is left that can take this request: ${writer.model} writes the answer`;
  return { ...admitted, writers, warnings: [...admitted.warnings, { code: 'critic_replaced', message }] };
}

/** The critic answers alone: a synthesis of nothing, which is told as the fallback that it is. */
function withoutProposers(admitted: Plan, refusals: readonly Refusal[]): Plan {
  const [writer] = admitted.writers;
  if (!writer) throw nobodyLeft(admitted, refusals);
  const message = `no proposer is left that can take this request: ${writer.model} answers alone`;
  const warnings = [...admitted.warnings, { code: 'critic_alone', message }];
  return { ...admitted, mixture: { ...admitted.mixture, refine: 0 }, strategy: 'fuse', classifier: null, warnings };
}

function toWarning(refusal: Refusal): Warning {
  return { code: refusal.code, message: `${refusal.reason}: left out; ${refusal.instead}` };
}

function nobodyLeft({ mixture }: Plan, refusals: readonly Refusal[]): MomError {
  const reasons = refusals.map(({ reason }) => reason).join('; ');
  const code = refusals.every((refusal) => refusal.code === 'context_too_small') ? 'input_too_large' : 'input_invalid';
  return new MomError(code, `no model of mixture '${mixture.name}' can take this request: ${reasons}`, {
    hint: [...new Set(refusals.map(({ instead }) => instead))].join('; '),
  });
}
