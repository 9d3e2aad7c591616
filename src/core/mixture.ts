import type { Timeouts } from './limits.js';
import type { Privacy, SamplingParams } from './model.js';

export const STRATEGIES = ['single', 'fuse'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** One model of a mixture with all its settings resolved. */
export interface Member {
  /** Unique in the mixture: `p1`, `p2`, … for proposers, `c1`, … for critics, `s1` for the single model. */
  id: string;
  provider: string;
  model: string;
  family: string;
  /** Name of a role, and the system text it stands for. */
  role: { name: string; text: string } | null;
  /** Waited for until its own limit, whatever the quorum says. */
  required: boolean;
  params: SamplingParams;
  extraBody: Record<string, unknown>;
  privacy: Privacy;
  timeouts: Timeouts;
  /** Context in tokens where the config says it. */
  context: number | null;
}

/** A cap in US dollars. One the user set does not let unknown prices pass. */
export interface Cap {
  usd: number;
  setByUser: boolean;
}

/** A recipe with every default filled in: what the engine needs to know before it sees the request. */
export interface Mixture {
  name: string;
  proposers: Member[];
  /** In order of preference; may be empty (proposals only). */
  critics: Member[];
  single: Member | null;
  strategy: StrategyName;
  /** Usable proposals that start the grace clock. */
  quorum: number;
  minAnswers: number;
  grace: number | 'auto';
  /** Milliseconds for the whole run. */
  runTimeout: number;
  /** Retries of one call. */
  retries: number;
  maxCost: Cap | null;
}

/** The default quorum of n proposers: all but one from three on. */
export function defaultQuorum(n: number): number {
  return n >= 3 ? n - 1 : n;
}
