import type { LoadedConfig } from '../../../config/load.js';
import { mixtureNames } from '../../../config/mixture/recipe.js';
import { nameHint } from '../../../config/nearest.js';
import { MomError } from '../../../core/error.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import { STRATEGIES, type StrategyName } from '../../../core/mixture.js';

/** A mixture as it was named; its own strategy where none is. */
export interface WantedMixture {
  mixture: string;
  strategy: StrategyName | null;
}

/**
 * The mixtures that take part. Where neither a mixture nor a model is named it is the default one, as it is where only a
 * strategy stands beside the models.
 * @throws MomError `usage` for a name or a strategy that is not there
 */
export function wantedMixtures(config: LoadedConfig, plan: Pick<EvalPlan, 'mixtures' | 'strategies' | 'models'>): WantedMixture[] {
  const isDefault = plan.mixtures.length === 0 && (plan.models.length === 0 || plan.strategies.length > 0);
  const names = isDefault ? [config.values.mixture ?? 'default'] : plan.mixtures;
  const known = mixtureNames(config);
  const strategies = plan.strategies.map((strategy) => strategyNamed(strategy));
  const wanted = names.flatMap((name): WantedMixture[] => {
    const read = readName(name, known);
    if (read.strategy !== null || strategies.length === 0) return [read];
    return strategies.map((strategy) => ({ mixture: read.mixture, strategy }));
  });
  return wanted.filter((each, index) => wanted.findIndex((other) => nameOf(other) === nameOf(each)) === index);
}

/** `name` or `name:strategy`, by which the contestant is known. */
export function nameOf({ mixture, strategy }: WantedMixture): string {
  return strategy === null ? mixture : `${mixture}:${strategy}`;
}

/** A mixture's name may hold colons; the whole of it counts before a part of it does. */
function readName(name: string, known: readonly string[]): WantedMixture {
  if (known.includes(name)) return { mixture: name, strategy: null };
  const colon = name.lastIndexOf(':');
  const mixture = name.slice(0, Math.max(colon, 0));
  if (known.includes(mixture)) return { mixture, strategy: strategyNamed(name.slice(colon + 1)) };
  throw new MomError('usage', `there is no mixture '${name}'`, { hint: nameHint(name, known) });
}

function strategyNamed(name: string): StrategyName {
  const strategy = STRATEGIES.find((known) => known === name);
  if (strategy !== undefined) return strategy;
  throw new MomError('usage', `there is no strategy '${name}'`, { hint: nameHint(name, STRATEGIES) });
}
