import type { Env, Override } from '../../config/wishes.js';
import type { Contestant } from '../../core/eval/contestant.js';
import type { Comparison, Outcome } from '../../core/eval/data.js';
import type { EvalPlan } from '../../core/eval/plan.js';
import type { EvalAnswer } from '../../core/eval/records.js';
import type { EvalReport } from '../../core/eval/report.js';
import type { EventSink } from '../../core/event.js';
import type { Message } from '../../core/message.js';
import type { Bounds } from '../../core/quote.js';
import type { Warning } from '../../core/run.js';
import type { SandboxWish } from '../sandbox-place.js';

/** Where prompts come from; `sample`: only so many of them, drawn by the seed. */
export type PromptSource =
  /** A file of JSON Lines (plain or `.gz`), or text: one prompt per line. */
  | { from: 'file'; path: string; sample: number | null }
  /** Questions of the shell's and the gateway's earlier runs. */
  | { from: 'logs'; since: Date | null; sample: number | null };

/** What becomes of the money and the texts. */
export interface Keeping {
  /** Nothing is kept on this machine beyond the command. */
  nothing: boolean;
  /** Secrets that are written nowhere. */
  secrets: readonly string[];
}

/** The world, and what the user wants. Durations in milliseconds, money in US dollars. */
export interface EvaluationOptions {
  env: Env;
  cwd: string;
  home: string;
  configFile?: string;
  overrides: readonly Override[];
  sandbox: SandboxWish | null;
  /** Null: go on with the latest evaluation, its prompts and its plan, to which the wishes are added. */
  prompts: PromptSource | null;
  /** What flags say; the rest comes from the configuration. */
  wishes: Partial<EvalPlan>;
  /** Cap of what this command spends; null: as configured, else the built-in one, which lets unknown prices pass. */
  maxCost: number | null;
  /** Runs under way at once; null: as configured. */
  concurrency: number | null;
  /** Ask again what was asked before. */
  refresh: boolean;
  /** Nothing may be kept; the same holds where the configuration keeps no texts. */
  forget: boolean;
  /** It will only be priced: nobody is asked, no command is run for a key, and no evaluation is begun. */
  planOnly: boolean;
  signal: AbortSignal;
  onNote: (note: Warning) => void;
  onProgress: (progress: EvalProgress) => void;
  /** Who keeps a record of each run, by its id: evaluations stand in the costs like every other run. */
  recordersOf: (runId: string, keeping: Keeping) => readonly EventSink[];
}

export interface EvalProgress {
  stage: 'asking' | 'checking' | 'judging' | 'explaining';
  /** Of this stage, what was kept from before counted in. */
  done: number;
  total: number;
  failed: number;
  /** What this command has spent so far; null where a price is unknown. */
  spent_usd: number | null;
}

/** What one contestant or judge would be asked. */
export interface EvalQuoteLine {
  name: string;
  role: Contestant['role'] | 'judge';
  /** Prompts, or looks of a judge; and those of them that are kept from before and cost nothing. */
  runs: number;
  kept: number;
  /** Calls of all runs, of each between two bounds. */
  calls: Bounds;
  /** Null where a price is unknown. */
  usd: Bounds | null;
}

export interface EvalQuote {
  prompts: number;
  lines: readonly EvalQuoteLine[];
  usd: Bounds | null;
  unpriced: readonly string[];
  /** The cap that would hold. */
  max_cost: number;
}

/** What is kept of an evaluation beside its report, read from the store one by one. */
export interface EvalRecords {
  answers(): Iterable<AnswerRecord>;
  comparisons(): Iterable<ComparisonRecord>;
}

/** One contestant's answer to one prompt; failed ones are there too. Durations in milliseconds, cost in US dollars. */
export interface AnswerRecord
  extends Pick<EvalAnswer, 'text' | 'status' | 'error' | 'cost_usd' | 'cost_source' | 'first_token_ms' | 'duration_ms'> {
  /** Of the prompt. */
  id: string;
  contestant: string;
  messages: readonly Message[];
  score: number | null;
  scored_by: Outcome['scored_by'];
}

/** What one judge made of two answers, with the names that {@link Comparison} has indexes for. */
export interface ComparisonRecord extends Pick<Comparison, 'judge' | 'preference' | 'orders'> {
  /** Of the prompt. */
  id: string;
  a: string;
  b: string;
}

/** An evaluation that is ready to be priced or run. */
export interface Evaluation {
  readonly id: string;
  /** The configuration that was named, now or when it began; null: those that are found. */
  readonly configFile: string | null;
  readonly contestants: readonly Contestant[];
  quote(): Promise<EvalQuote>;
  /**
   * Asks and scores what is not there yet. A cap, a signal or failures end it with a report on what there is, marked partial.
   * @throws MomError where nothing can be asked at all
   */
  run(): Promise<EvalReport>;
  /** After {@link run}, and before {@link close}. */
  records(): EvalRecords;
  close(): Promise<void>;
}
