import { DEFAULT_TIMEOUTS, EXPECTED_OUTPUT_TOKENS } from '../../src/core/limits.js';
import { DEFAULT_RULES, defaultQuorum, type Member, type Mixture } from '../../src/core/mixture.js';

export function member(id: string, model: string, more: Partial<Member> = {}): Member {
  return {
    id,
    provider: 'test',
    model,
    family: model,
    weight: 1,
    role: null,
    required: false,
    params: {},
    extraBody: {},
    privacy: {},
    timeouts: DEFAULT_TIMEOUTS,
    context: null,
    ...more,
  };
}

/** A fuse mixture of the named models; `p1`, `p2`, … and `c1`, `c2`, … are their ids. */
export function mixture(
  proposers: readonly (string | Member)[],
  critics: readonly (string | Member)[],
  more: Partial<Mixture> = {},
): Mixture {
  const members = (list: readonly (string | Member)[], prefix: string) =>
    list.map((item, i) => (typeof item === 'string' ? member(`${prefix}${i + 1}`, item) : { ...item, id: `${prefix}${i + 1}` }));
  return {
    name: 'test',
    proposers: members(proposers, 'p'),
    critics: members(critics, 'c'),
    single: null,
    strategy: 'fuse',
    strategyChosen: true,
    rules: DEFAULT_RULES,
    auto: { classifier: null, routes: {} },
    verify: null,
    refine: 0,
    quorum: defaultQuorum(proposers.length),
    minAnswers: 1,
    grace: 'auto',
    runTimeout: 300_000,
    retries: 2,
    maxCost: null,
    expectedOutput: EXPECTED_OUTPUT_TOKENS,
    allowUnknownPrice: false,
    ...more,
  };
}
