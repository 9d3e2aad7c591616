import type { AnswerFormat } from './answer-format.js';
import type { Message } from './message.js';
import type { RunResult, RunStatus } from './run.js';
import type { CostSource } from './usage.js';

/** What is known of a run beside its events: through which door it came, and what it goes on with. */
export interface RunOrigin {
  /** `doctor`: the questions of `mom doctor --live`; `eval`: those of `mom eval`. */
  door: 'ask' | 'serve' | 'doctor' | 'eval';
  /** Name of the client's key; null in the shell. */
  client: string | null;
  /** The models were simulated or recorded, and so are the dollars. */
  sandbox: boolean;
  /** The run that this one goes on with (`continued`) or takes proposals from (`resumed`). */
  parent: string | null;
  link: 'continued' | 'resumed' | null;
  /** Id of the conversation's first run; its own for a new one. */
  conversation: string;
  /** What flags asked of the mixture: a later run that goes on with this one asks the same. */
  choice: Readonly<Record<string, unknown>>;
  /** The form that the answer had to have. */
  format: AnswerFormat | null;
  /** Tools were on offer, which a later run does not have. */
  tools: boolean;
}

/** One line of the list of runs. Duration in milliseconds, cost in US dollars. */
export interface RunSummary {
  id: string;
  /** ISO 8601, UTC. */
  started_at: string;
  door: RunOrigin['door'];
  client: string | null;
  sandbox: boolean;
  mixture: string;
  strategy: string;
  status: RunStatus;
  /** Code of what went wrong; null where nothing did. */
  error_code: string | null;
  /** Of the proposers, or of the one model that was asked; in the order they started. */
  models: readonly string[];
  /** The beginning of the last question in one line; null where texts are not kept. */
  question: string | null;
  cost_usd: number | null;
  cost_source: CostSource;
  duration_ms: number;
  input_tokens: number;
  output_tokens: number;
  parent: string | null;
  link: RunOrigin['link'];
  conversation: string;
}

/** Everything that is kept of a run. */
export interface StoredRun {
  summary: RunSummary;
  origin: RunOrigin;
  /** False: only numbers were kept (`log.content: false`); no text stands anywhere. */
  content: boolean;
  /** The conversation that was asked. */
  messages: readonly Message[];
  result: RunResult;
  /** When each call started, in milliseconds since the run did, by the call's id. */
  started: Readonly<Record<string, number>>;
  /** What was sent where it was not the conversation as it was, by the call's id: to critics, judges, proposers in a role. */
  prompts: Readonly<Record<string, readonly Message[]>>;
}

/** Which runs are meant; what is left out, all. */
export interface RunQuery {
  mixture?: string;
  /** One that was called for any purpose: as configured, or as the provider resolved it. */
  model?: string;
  since?: Date;
  status?: RunStatus;
  /** Words that all stand in question or answer, in any order and case. */
  words?: string;
  sandbox?: boolean;
  door?: RunOrigin['door'];
  /** Only those that came through another door. */
  without?: RunOrigin['door'];
}

export type CostGroup = 'day' | 'model' | 'mixture' | 'client';

/** What one day (UTC), model, mixture or client has cost. Of real runs only. */
export interface CostRow {
  /** `2026-01-31`; a model's id; a mixture's name; a client's name, `shell` for `mom ask`, `gateway` for clients without a key, `eval` for `mom eval`. */
  key: string;
  runs: number;
  /** Calls that were made; none for proposals taken from an earlier run. */
  calls: number;
  input_tokens: number;
  output_tokens: number;
  /** US dollars of the calls whose price is known. */
  cost_usd: number;
  /** Of these dollars, what is an upper bound of calls that were cut. */
  estimated_usd: number;
  /** Calls that have or may have cost something nobody knows. */
  unpriced_calls: number;
}

/** What became of journals that were taken in. */
export interface Imported {
  /** Runs that are in the store now and were not before. */
  runs: number;
  /** Of these, runs whose process died before they were over. */
  died: number;
  /** Journals that could not be read, by the path under which they are set aside. */
  unreadable: readonly string[];
  /** Journals that this user may not read, by their path; they stay where they are. */
  denied: readonly string[];
}

/** A run that a living process is still writing into its journal. */
export interface RunUnderWay {
  id: string;
  pid: number;
  door: RunOrigin['door'];
}

/** How the store is, for `mom doctor`. Sizes in bytes. */
export interface StoreHealth {
  path: string;
  /** With what waits to go into the file; null where nothing has been kept yet. */
  size: number | null;
  runs: number;
  /** Journals that wait to be taken in, or belong to runs under way. */
  journals: number;
  /** What is wrong, and what to do; null when all is well. */
  trouble: { message: string; hint: string } | null;
}

/**
 * The runs of a user, the newest first where nothing else is said.
 * Every method but {@link close} throws a MomError `store_failed` where the store can't be used.
 */
export interface History {
  /** At most `limit` runs that fit. */
  list(query: RunQuery, limit: number): RunSummary[];
  /**
   * The run with this id, or the only one whose id begins so.
   * @throws MomError `no_input` for none, `usage` for several (they are named)
   */
  find(id: string): StoredRun;
  /** The newest run of the shell that has an answer to go on with; null where there is none. */
  latestAnswered(sandbox: boolean): StoredRun | null;
  /** Ids that begin so, for completion; runs of evaluations are left out, as there are thousands. */
  ids(prefix: string, limit: number): Pick<RunSummary, 'id' | 'question'>[];
  /** Sorted by day, else by cost, the dearest first. */
  costs(by: CostGroup, since: Date | null): CostRow[];
  /** Forgets runs that started before. @returns how many */
  prune(before: Date): number;
  /** Whole runs, the oldest first. */
  all(since: Date | null): IterableIterator<StoredRun>;
  close(): void;
}
