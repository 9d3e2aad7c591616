import { existsSync } from 'node:fs';
import { parseSets } from '../../../config/load.js';
import { MomError } from '../../../core/error.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import type { SandboxWish } from '../../sandbox-place.js';
import type { EvaluationOptions } from '../evaluation.js';
import { evalStoreSize, openEvalStore } from '../open-store.js';

/**
 * The options of an evaluation that is gone on with, with the configuration and the recordings that it began with; what is said
 * anew counts more. Those of a new evaluation as they are.
 * @throws MomError `no_input` for a recording that is gone, `store_failed`
 */
export async function asBegun(options: EvaluationOptions): Promise<EvaluationOptions> {
  const plan = await formerPlan(options);
  if (plan === null) return options;
  const configFile = options.configFile ?? plan.config;
  return {
    ...options,
    ...(configFile == null ? {} : { configFile }),
    overrides: [...(await parseSets(plan.sets)), ...options.overrides],
    sandbox: options.sandbox && sandboxOf(options.sandbox, plan, options.wishes),
  };
}

/** Read before the configuration is, since it says which one. */
async function formerPlan({ env, home, prompts, sandbox, forget, onNote }: EvaluationOptions): Promise<EvalPlan | null> {
  if (prompts !== null || forget || evalStoreSize(env, home).size === null) return null;
  const store = await openEvalStore({ env, home, forget: false, onNote });
  try {
    return store.latest(sandbox !== null)?.plan ?? null;
  } finally {
    store.close();
  }
}

/** Recordings in the order in which they came: their answers are kept under all of them. */
function sandboxOf(given: SandboxWish, { recorded, sandbox_seed }: EvalPlan, wishes: Partial<EvalPlan>): SandboxWish {
  const gone = recorded.find((file) => !existsSync(file));
  if (gone !== undefined) {
    throw new MomError('no_input', `the recording ${gone}, which this evaluation was answered from, is gone`, {
      hint: 'put it back, or begin a new evaluation',
    });
  }
  const added = wishes.recorded ?? [];
  const own = (given.recorded ?? []).filter((file) => !added.includes(file));
  const seed = given.seed ?? sandbox_seed;
  return { ...given, recorded: [...new Set([...own, ...recorded, ...added])], ...(seed === null ? {} : { seed }) };
}
