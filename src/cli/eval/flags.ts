import { resolve } from 'node:path';
import { isKeptSet } from '../../app/eval/kept-sets.js';
import type { EvalPlan } from '../../core/eval/plan.js';
import { CHECK_TIMEOUT } from '../../core/limits.js';

/** The flags of `mom eval` as the parser hands them over. Durations in milliseconds, money in US dollars. */
export interface EvalFlags {
  fromLogs?: boolean;
  since?: Date;
  sample?: number;
  mixture?: string[];
  model?: string[];
  strategy?: string[];
  members: boolean;
  sampled: boolean;
  samples?: number;
  set?: string[];
  judge?: string[];
  baseline?: string;
  extract?: string;
  check?: string;
  checkFolder?: string;
  checkTimeout?: number;
  margin?: number;
  maxCost?: number;
  concurrency?: number;
  dryRun?: boolean;
  resume?: boolean;
  refresh?: boolean;
  output?: string;
  json?: boolean;
  open?: boolean;
  quiet?: boolean;
  apply?: boolean;
  sandbox?: boolean;
  recorded?: string[];
  seed?: number;
  config?: string;
  log: boolean;
}

/** What the flags say of the plan; nothing of what they leave open. */
export function wishesOf(flags: EvalFlags, cwd: string): Partial<EvalPlan> {
  const wishes: { [Key in Exclude<keyof EvalPlan, 'recorded'>]: EvalPlan[Key] | undefined } = {
    mixtures: flags.mixture,
    strategies: flags.strategy,
    models: flags.model,
    members: flags.members ? undefined : false,
    sampled: flags.sampled ? undefined : false,
    samples: flags.samples,
    baseline: flags.baseline,
    judges: flags.judge,
    extract: flags.extract,
    check: checkOf(flags, cwd),
    margin: flags.margin,
    seed: flags.seed,
    sandbox_seed: flags.sandbox ? flags.seed : undefined,
    config: flags.config === undefined ? undefined : resolve(cwd, flags.config),
    sets: flags.set?.filter(isKeptSet),
  };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined));
}

function checkOf({ check, checkFolder = '.', checkTimeout = CHECK_TIMEOUT }: EvalFlags, cwd: string): EvalPlan['check'] | undefined {
  return check === undefined ? undefined : { command: check, folder: resolve(cwd, checkFolder), timeout: checkTimeout };
}
