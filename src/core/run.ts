import type { AnswerFormat } from './answer-format.js';
import type { Budget } from './budget.js';
import type { CallErrorInfo, ErrorInfo } from './error.js';
import type { Message } from './message.js';
import type { Mixture, RunStrategy } from './mixture.js';
import type { SamplingParams } from './model.js';
import type { ToolCall, ToolOffer } from './tool.js';
import type { CostSource, Usage } from './usage.js';

/** What a door hands to the engine. */
export interface RunRequest {
  messages: readonly Message[];
  mixture: Mixture;
  /** Parameters of every call that the user asked for (a flag); they win over a member's own. */
  params?: SamplingParams;
  /** Parameters of the call that writes the answer only, such as `max_tokens`. */
  writerParams?: SamplingParams;
  /** Tools that the call that writes the answer may call; proposers see them as text. */
  tools?: ToolOffer | null;
  /** The form that the answer must have: checked, repaired once, else an error. */
  format?: AnswerFormat | null;
  /** Proposals of an earlier run of this very request: used again instead of asking, and not paid again. */
  kept?: readonly CallRecord[];
  /** Money that this run shares with some others, beside what all runs of the engine share. */
  budgets?: readonly Budget[];
  /** True when the answer's text is shown while it is written: then it can't be taken back for another critic. */
  stream: boolean;
  /** Seed of everything that is drawn by chance (labels, order); made up and recorded when left out. */
  seed?: number;
  /** What may be done with stored answers, where a cache is configured. @default 'use' */
  cache?: 'use' | 'refresh' | 'off';
  /** Abort to cancel the run; the reason may be a MomError that says why. */
  signal?: AbortSignal;
}

export type RunStatus = 'complete' | 'degraded' | 'failed' | 'cancelled';
export type CallStatus = 'answered' | 'failed' | 'cancelled' | 'skipped';
export type CallKind = 'proposer' | 'critic' | 'judge' | 'verifier' | 'router' | 'embedding';
export type AnswerSource = 'critic' | `proposal:${string}` | 'cache';

export interface Warning {
  code: string;
  message: string;
}

/** One call of a run. Durations in milliseconds, cost in US dollars. */
export interface CallRecord {
  id: string;
  kind: CallKind;
  model: string;
  resolved_model: string | null;
  provider: string;
  family: string;
  role: string | null;
  layer: number;
  status: CallStatus;
  /** Null when nothing came; the partial text of a call that broke or was cut. */
  text: string | null;
  /** The tools that it wants called; empty unless its answer is whole. */
  tool_calls: readonly ToolCall[];
  finish_reason: string | null;
  error: CallErrorInfo | null;
  usage: Usage | null;
  cost_usd: number | null;
  cost_source: CostSource;
  /** Geometric mean of the probabilities of the answer's tokens, where they were asked for and given. */
  confidence: number | null;
  first_token_ms: number | null;
  duration_ms: number | null;
  attempts: number;
}

/** What is measured of a call that was never made. */
export const NOT_MADE = {
  resolved_model: null,
  status: 'skipped',
  text: null,
  tool_calls: [],
  finish_reason: null,
  error: null,
  usage: null,
  cost_usd: null,
  cost_source: 'unknown',
  confidence: null,
  first_token_ms: null,
  duration_ms: null,
  attempts: 0,
} as const satisfies Partial<CallRecord>;

/** What became of a run: the one object of `--json`, of the last event and of the library's promise. */
export interface RunResult {
  schema_version: 1;
  id: string;
  status: RunStatus;
  answer: string | null;
  /** The tools that the answer wants called, which may stand beside its text or in place of it. */
  tool_calls: readonly ToolCall[];
  answer_source: AnswerSource | null;
  finish_reason: string | null;
  mixture: string;
  strategy: RunStrategy;
  route_reason: string;
  seed: number;
  /** In config order. */
  proposals: CallRecord[];
  /** The last critic tried. */
  critic: CallRecord | null;
  /** Every call, in the order they started. */
  calls: CallRecord[];
  usage: Usage;
  cost_usd: number | null;
  cost_source: CostSource;
  duration_ms: number;
  warnings: Warning[];
  error: ErrorInfo | null;
}
