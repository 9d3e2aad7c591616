import { describe, expect, it } from 'vitest';
import { usedAgain } from '../../../src/cli/ask/used-again.js';
import { DEFAULT_RULES } from '../../../src/core/mixture.js';
import { type CallRecord, NOT_MADE } from '../../../src/core/run.js';
import { member, mixture } from '../../support/mixture.js';

function proposal(id: string, model: string, more: Partial<CallRecord> = {}): CallRecord {
  return {
    ...NOT_MADE,
    id,
    kind: 'proposer',
    model,
    provider: 'test',
    family: model,
    role: null,
    layer: 1,
    status: 'answered',
    text: `${id} of ${model}`,
    ...more,
  };
}

const seats = (records: readonly CallRecord[]) => records.map(({ id, layer, text }) => `${id} layer ${layer}: ${text}`);
const TRIO = mixture(['alpha', 'beta', 'gamma'], ['critic']);

describe('proposals of an earlier run', () => {
  it('stay where they were', () => {
    const { kept, unused } = usedAgain([proposal('p1', 'alpha'), proposal('p3', 'gamma')], TRIO);
    expect(seats(kept)).toEqual(['p1 layer 1: p1 of alpha', 'p3 layer 1: p3 of gamma']);
    expect(unused).toEqual([]);
  });

  it('move to where their model is now, and those of other models are left out', () => {
    const { kept, unused } = usedAgain([proposal('p1', 'gamma'), proposal('p2', 'delta'), proposal('p3', 'alpha')], TRIO);
    expect(seats(kept)).toEqual(['p1 layer 1: p3 of alpha', 'p3 layer 1: p1 of gamma']);
    expect(seats(unused)).toEqual(['p2 layer 1: p2 of delta']);
  });

  it('of one model fill as many places as it has, each its own first', () => {
    const twice = mixture([member('p1', 'alpha'), member('p2', 'alpha')], ['critic']);
    const { kept, unused } = usedAgain([proposal('p3', 'alpha'), proposal('p2', 'alpha'), proposal('p4', 'alpha')], twice);
    expect(seats(kept)).toEqual(['p1 layer 1: p3 of alpha', 'p2 layer 1: p2 of alpha']);
    expect(seats(unused)).toEqual(['p4 layer 1: p4 of alpha']);
  });

  it.each<[string, Partial<CallRecord>]>([
    ['at another provider', { provider: 'other' }],
    ['in another role', { role: 'critical' }],
  ])('%s do not fit', (_what, more) => {
    const { kept, unused } = usedAgain([proposal('p1', 'alpha', more)], TRIO);
    expect({ kept, unused: seats(unused) }).toEqual({ kept: [], unused: ['p1 layer 1: p1 of alpha'] });
  });

  it.each<[string, Partial<CallRecord>]>([
    ['broke', { status: 'failed' }],
    ['were cut', { status: 'cancelled' }],
    ['were never made', { status: 'skipped', text: null }],
    ['say nothing', { text: ' \n' }],
    ['read others of a layer below', { id: 'p1.2', layer: 2 }],
    ['are reviews', { id: 'p1.r1', layer: 2 }],
  ])('that %s are not spoken of', (_what, more) => {
    expect(usedAgain([proposal('p1', 'alpha', more)], TRIO)).toEqual({ kept: [], unused: [] });
  });

  it('follow their model from tier to tier, into a cascade and out of it', () => {
    const [one, two, three] = TRIO.proposers;
    const tiers = [[one, two], [three]].map((tier) => tier.flatMap((each) => each ?? []));
    const cascade = { ...TRIO, strategy: 'cascade' as const, rules: { ...DEFAULT_RULES, cascade: { tiers, confidence: null } } };
    const flat = [proposal('p1', 'alpha'), proposal('p2', 'gamma')];
    expect(seats(usedAgain(flat, cascade).kept)).toEqual(['p1 layer 1: p1 of alpha', 'p3 layer 2: p2 of gamma']);
    expect(seats(usedAgain([proposal('p3', 'gamma', { layer: 2 })], TRIO).kept)).toEqual(['p3 layer 1: p3 of gamma']);
  });

  it('are ready for every mixture that auto may lead to', () => {
    const routed = {
      ...TRIO,
      strategy: 'auto' as const,
      auto: { classifier: null, routes: { simple: mixture(['beta'], []), math: mixture(['gamma', 'delta'], []) } },
    };
    const { kept, unused } = usedAgain([proposal('p2', 'beta'), proposal('p2', 'delta'), proposal('p4', 'epsilon')], routed);
    expect(seats(kept)).toEqual(['p2 layer 1: p2 of beta', 'p1 layer 1: p2 of beta', 'p2 layer 1: p2 of delta']);
    expect(seats(unused)).toEqual(['p4 layer 1: p4 of epsilon']);
  });
});
