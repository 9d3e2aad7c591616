import type { MixtureChoice, ServeKey, Settings } from '../../config/wishes.js';
import type { Budget } from '../../core/budget.js';
import type { MomError } from '../../core/error.js';
import type { LatestEvaluation } from '../../core/eval/latest.js';
import type { Mixture } from '../../core/mixture.js';
import type { BreakerState } from '../../core/request-report.js';
import type { Warning } from '../../core/run.js';
import type { Engine } from '../../engine/index.js';
import type { BudgetState } from '../../observe/metrics/metrics.js';

/** One name that clients may ask for. */
export interface ServedModel {
  /** `mom`, `mom/<mixture>`, `mom:<strategy>`, `mom/<mixture>:<strategy>`, or a provider's own id. */
  id: string;
  /** Tokens that every model behind the name can read; null where that is not known. */
  contextLength: number | null;
}

/** What a name means. */
export interface Target {
  mixture: Mixture;
  /** A provider's own id, asked as strategy `single`. */
  isPassedOn: boolean;
  /** The name says the strategy, or is a provider's own id: nothing may put another in its place. */
  namesStrategy: boolean;
  warnings: readonly Warning[];
}

/** What came of a request for embeddings, as the provider answered it. */
export interface ForwardedEmbeddings {
  /** A JSON object in the shape of the OpenAI API. */
  body: Record<string, unknown>;
  costUsd: number | null;
}

/** All parts behind the gateway, made from one state of the configuration. */
export interface Service {
  engine: Engine;
  settings: Settings;
  /** Everything that `GET /v1/models` lists, the default mixture first. */
  models(): Promise<readonly ServedModel[]>;
  /** One name, also of those that are not listed; null when nobody has it. */
  model(id: string): Promise<ServedModel | null>;
  /** @throws MomError `model_unknown` when nobody has the name, else what is wrong with its configuration or key */
  target(name: string, reader: NonNullable<MixtureChoice['gateway']>): Promise<Target>;
  /** @throws MomError as a call does, `cost_cap` when no budget has anything left */
  embed(request: Record<string, unknown>, budgets: readonly Budget[], signal: AbortSignal): Promise<ForwardedEmbeddings>;
  /** What a key may spend, over all processes. */
  budgetsOf(key: ServeKey): readonly Budget[];
  /** Why the default mixture can't answer now; null when it can. Asks nobody. */
  unready(): Promise<MomError | null>;
  breakers(): readonly BreakerState[];
  /** Of all runs and of keys, with what is left of them. */
  budgets(): readonly BudgetState[];
  /** What the evaluation that was reported last has shown, of the sandbox's own for the sandbox; null where there is none. */
  evaluation(): LatestEvaluation | null;
  /** Keys in use now, which are written nowhere; a command may print another one later. */
  secrets: readonly string[];
  /** Files that the configuration came from, and those that would count if they were there. */
  configFiles: readonly string[];
  warnings: readonly Warning[];
  /** Ends connections that are kept, and the sandbox. */
  close(): Promise<void>;
}
