import type { EvalSettings } from '../../config/eval.js';
import type { EvalPlan } from '../../core/eval/plan.js';
import { EVAL } from '../../core/limits.js';

/** Decides what is drawn by chance where no seed is named: the same command then draws the same prompts. */
const DEFAULT_SEED = 1;

/**
 * What is evaluated: what flags say, over the evaluation that is gone on with, else over the configuration. Lists of a new
 * command are added to those of the former one.
 */
export function planOf(wishes: Partial<EvalPlan>, configured: EvalSettings, former: EvalPlan | null): EvalPlan {
  const base = { ...freshPlan(configured, wishes), ...former };
  const said = Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined)) as Partial<EvalPlan>;
  return {
    ...base,
    ...said,
    mixtures: both(base.mixtures, said.mixtures),
    strategies: both(base.strategies, said.strategies),
    models: both(base.models, said.models),
    judges: both(base.judges, said.judges),
    recorded: both(base.recorded, said.recorded),
    // What is set last counts.
    sets: [...base.sets.filter((set) => !said.sets?.includes(set)), ...(said.sets ?? [])],
  };
}

function freshPlan({ judges, margin, check }: EvalSettings, wishes: Partial<EvalPlan>): EvalPlan {
  return {
    mixtures: [],
    strategies: [],
    models: [],
    members: true,
    sampled: true,
    samples: null,
    baseline: null,
    // Judges of the configuration are asked where the command names none.
    judges: wishes.judges?.length ? [] : judges,
    extract: null,
    check,
    margin: margin ?? EVAL.margin,
    seed: DEFAULT_SEED,
    config: null,
    sets: [],
    recorded: [],
    sandbox_seed: null,
  };
}

function both(before: readonly string[], added: readonly string[] = []): string[] {
  return [...new Set([...before, ...added])];
}
