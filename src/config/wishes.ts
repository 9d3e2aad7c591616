import type { SemanticRule } from '../core/answer-cache.js';
import type { Prices } from '../core/catalog.js';

/**
 * What doors hand in and get back, apart from the schema: a program that uses the library type-checks without any other package.
 */
export type Env = Readonly<Record<string, string | undefined>>;

/** One option set on the command line. */
export interface Override {
  /** `mixtures.default.quorum`; names with dots in double quotes. */
  path: string;
  value: unknown;
  /** The flag, for messages: `--set`. */
  flag: string;
}

/** What the user asked for with flags. Durations in milliseconds, money in US dollars. */
export interface MixtureChoice {
  mixture?: string | undefined;
  /** Replace the proposers; a repeated id is a second sample. */
  models?: readonly string[] | undefined;
  critics?: readonly string[] | undefined;
  noCritic?: boolean | undefined;
  strategy?: string | undefined;
  quorum?: number | undefined;
  minAnswers?: number | undefined;
  grace?: number | 'auto' | undefined;
  runTimeout?: number | undefined;
  callTimeout?: number | undefined;
  retries?: number | undefined;
  maxCost?: number | undefined;
  role?: string | undefined;
  verify?: boolean | undefined;
  refine?: number | undefined;
  /** Layers of `deep`. */
  layers?: number | undefined;
  /**
   * The run answers a client of the gateway: strategy `auto` unless another was chosen, no cap that nobody has set, and
   * more time for a client that reads along.
   */
  gateway?: 'whole' | 'stream' | undefined;
  /** No key is needed, and nothing of the providers' settings is read. */
  sandbox?: boolean | undefined;
}

/** What the doors need to know beside the mixture. */
export interface Settings {
  /** What is kept of each run. */
  log: 'full' | 'numbers' | 'nothing';
  debugRequests: boolean;
  /** An absolute path. */
  debugDir: string;
  /** Null: no answers are kept. Time in milliseconds. */
  cache: { ttl: number; maxSize: number; semantic: SemanticRule | null } | null;
  /** US dollars. */
  budget: { day: number | null; month: number | null };
  serve: ServeSettings;
  /** By model id, or provider:id. */
  pricing: Readonly<Record<string, Prices>>;
}

/** How the gateway serves. Durations in milliseconds, sizes in bytes, money in US dollars. */
export interface ServeSettings {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** Empty: on loopback anybody is served. */
  keys: readonly ServeKey[];
  /** Names beside loopback under which clients may address the server. */
  allowedHosts: readonly string[];
  /** Origins of web pages that may ask; none unless named. */
  corsOrigins: readonly string[];
  maxBody: number;
  /** Of one client; null: no limit. A key's own limits win. */
  requestsPerMinute: number | null;
  concurrency: number | null;
  /** Requests of all clients at once; more are turned away at once. */
  maxInFlight: number;
  /** How long the proposals of a request whose client went away are kept. */
  retryWindow: number;
  /** Longest silence of a stream. */
  heartbeat: number;
  /** How long requests under way may go on after a SIGTERM. */
  drain: number;
  /** Requests that clients make beside the conversation; the first rule that fits counts. */
  sideRequests: readonly SideRule[];
}

/** A key that clients show, and what its owner may use. */
export interface ServeKey {
  /** Stands for the key in logs and metrics. */
  name: string;
  key: string;
  requestsPerMinute: number | null;
  concurrency: number | null;
  budget: { day: number | null; month: number | null };
}

/** Recognises a request by texts that must stand in it, whatever their case; null: not looked at. */
export interface SideRule {
  name: string;
  /** In a system prompt. */
  system: string | null;
  /** In the last turn of the user's. */
  user: string | null;
  /** Of all messages together, at most. */
  maxCharacters: number | null;
  /** Counts for requests that offer tools too: agents of their own. Their prompts may hold anything, so the others don't. */
  tools: boolean;
  /** The name it is answered under, such as `mom:single`. */
  model: string;
}
