import type { MixtureChoice, Override } from '../../app.js';
import { parseSets } from '../../config/load.js';
import type { SamplingParams } from '../../core/model.js';
import type { OutputFormat } from '../report.js';
import type { RunFlags } from '../run-flags.js';

/** The flags of `mom ask` as the parser hands them over. */
export interface AskFlags extends RunFlags {
  system?: string;
  file?: string[];
  attach?: string[];
  stdin?: boolean;
  template?: string;
  param?: string[];
  model?: string[];
  critic?: string[] | boolean;
  strategy?: NonNullable<MixtureChoice['strategy']>;
  temperature?: number;
  maxTokens?: number;
  reasoningEffort?: string;
  role?: string;
  verify?: boolean;
  refine?: number;
  layers?: number;
  explainRoute?: boolean;
  quorum?: number;
  minAnswers?: number;
  grace?: number | 'auto';
  timeout?: number;
  modelTimeout?: number;
  retries?: number;
  strict?: boolean;
  maxCost?: number;
  dryRun?: boolean;
  continue?: boolean;
  from?: string;
  resume?: string;
  json?: boolean;
  format?: OutputFormat;
  output?: string;
  showProposals?: boolean;
  schema?: string;
  extract?: boolean;
  lang?: string;
  first?: boolean;
  all?: boolean;
  raw?: boolean;
  render?: boolean;
  open?: boolean;
  color?: 'auto' | 'always' | 'never';
  verbose?: boolean;
  cache: boolean;
  refresh?: boolean;
  record?: string;
}

/** What flags say about the mixture. */
export function choiceOf(flags: AskFlags): MixtureChoice {
  const choice = {
    mixture: flags.mixture,
    models: flags.model,
    critics: Array.isArray(flags.critic) ? flags.critic : undefined,
    noCritic: flags.critic === false ? true : undefined,
    strategy: flags.strategy,
    quorum: flags.quorum,
    minAnswers: flags.minAnswers,
    grace: flags.grace,
    runTimeout: flags.timeout,
    callTimeout: flags.modelTimeout,
    retries: flags.retries,
    maxCost: flags.maxCost,
    role: flags.role,
    verify: flags.verify,
    refine: flags.refine,
    layers: flags.layers,
  };
  return defined(choice) as MixtureChoice;
}

/** Parameters of every call. */
export function paramsOf(flags: AskFlags): SamplingParams {
  return defined({ temperature: flags.temperature, reasoning_effort: flags.reasoningEffort });
}

/** Parameters of the call that writes the answer. */
export function writerParamsOf(flags: AskFlags): SamplingParams {
  return defined({ max_tokens: flags.maxTokens });
}

export function overridesOf(flags: AskFlags): Promise<Override[]> {
  return parseSets(flags.set);
}

/** JSON wins where the flags contradict each other, so that whoever reads JSON can read what is wrong. */
export function formatOf(flags: AskFlags): OutputFormat {
  return flags.json ? 'json' : (flags.format ?? 'text');
}

function defined<T extends Record<string, unknown>>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
