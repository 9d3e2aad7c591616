import type { Member } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { RunContext } from '../context.js';

/** The names that say that a model takes a parameter, where more than its own do. */
const ON_THE_WIRE: Partial<Record<keyof SamplingParams, readonly string[]>> = {
  max_tokens: ['max_tokens', 'max_completion_tokens'],
  reasoning_effort: ['reasoning', 'reasoning_effort', 'include_reasoning'],
};

/**
 * The parameters without those that the model is known not to take; each is told of once in a run. A `max_tokens` beyond
 * what the model can write means as much as it can: some providers refuse more, and agents ask for any number.
 */
export function takenParams(ctx: RunContext, member: Member, params: SamplingParams): SamplingParams {
  const facts = ctx.catalog.facts(member.provider, member.model);
  if (facts === null) return params;
  const { maxOutput, parameters } = facts;
  const { max_tokens } = params;
  const most = maxOutput !== null && max_tokens !== undefined && max_tokens > maxOutput ? { ...params, max_tokens: maxOutput } : params;
  return parameters === null ? most : withoutRefused(ctx, member, most, parameters);
}

function withoutRefused(ctx: RunContext, member: Member, params: SamplingParams, known: readonly string[]): SamplingParams {
  const takes = (name: keyof SamplingParams) => (ON_THE_WIRE[name] ?? [name]).some((alias) => known.includes(alias));
  const asked = (Object.keys(params) as (keyof SamplingParams)[]).filter((name) => params[name] !== undefined);
  const refused = asked.filter((name) => !takes(name));
  if (refused.length === 0) return params;
  tell(ctx, member, refused);
  return Object.fromEntries(asked.filter((name) => takes(name)).map((name) => [name, params[name]])) as SamplingParams;
}

function tell({ recorder }: RunContext, { provider, model }: Member, refused: readonly string[]): void {
  const news = refused.filter((name) => recorder.isNews(`parameter ${provider} ${model} ${name}`));
  if (news.length > 0) recorder.warn('parameter_dropped', `${model} does not take ${news.join(' and ')}: left out`);
}
