import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPanel } from '../../../../src/app/eval/contestants/contestants.js';
import { plainModel, sampledModel } from '../../../../src/app/eval/contestants/plain.js';
import { type Measured, sampledContestants } from '../../../../src/app/eval/contestants/sampled.js';
import { planOf } from '../../../../src/app/eval/plan.js';
import { loadConfig } from '../../../../src/config/load.js';
import type { Contestant } from '../../../../src/core/eval/contestant.js';
import type { EvalPlan } from '../../../../src/core/eval/plan.js';
import { newFolder } from '../../../store/support.js';
import { member, mixture } from '../../../support/mixture.js';

const NOTHING = { judges: [], maxCost: null, concurrency: null, margin: null, check: null };

const CONFIG = `
mixture: panel
providers: { own: { base_url: "http://127.0.0.1:9" } }
mixtures:
  panel:
    proposers: [a/one, { model: b/two, role: critical }, a/one]
    critic: c/three
    single: own:four
  "odd:fuse": { proposers: [a/one, b/two] }
  cheap: { tiers: [[a/one], [b/two]], strategy: cascade }
  lone: { strategy: single, single: b/two }
`;

async function panelOf(wishes: Partial<EvalPlan>) {
  const home = newFolder();
  const configFile = join(home, 'own.yaml');
  writeFileSync(configFile, CONFIG);
  const config = await loadConfig({ cwd: home, home, env: {}, configFile, overrides: [] });
  const deps = { config, sandbox: true, planOnly: false, signal: new AbortController().signal };
  return openPanel(deps, planOf(wishes, NOTHING, null));
}

const names = (contestants: readonly Contestant[]) => contestants.map(({ name, role }) => `${role} ${name}`);

describe('who takes part', () => {
  it('is the default mixture with each of its models once, also the single one', async () => {
    const { contestants, providers } = await panelOf({});
    expect(names(contestants)).toEqual(['mixture panel', 'member a/one', 'member b/two', 'member own:four']);
    expect(new Set(providers.map(({ name }) => name))).toEqual(new Set(['openrouter', 'own']));
  });

  it('is every mixture with every strategy that stands alone, and those that name their own', async () => {
    const { contestants } = await panelOf({
      mixtures: ['panel', 'cheap:fuse', 'odd:fuse', 'odd:fuse:vote'],
      strategies: ['vote', 'fuse'],
      members: false,
    });
    expect(names(contestants)).toEqual([
      'mixture panel:vote',
      'mixture panel:fuse',
      'mixture cheap:fuse',
      'mixture odd:fuse:vote',
      'mixture odd:fuse:fuse',
    ]);
  });

  it('is nobody but the models where only models are named', async () => {
    const { contestants } = await panelOf({ models: ['b/two', 'own:four', 'b/two'] });
    expect(names(contestants)).toEqual(['model b/two', 'model own:four']);
    expect((await panelOf({ models: ['b/two'], strategies: ['vote'], members: false })).contestants.map(({ name }) => name)).toEqual([
      'panel:vote',
      'b/two',
    ]);
  });

  it('has nobody twice: a mixture of one model stands for it', async () => {
    const { contestants } = await panelOf({ mixtures: ['lone', 'cheap'] });
    expect(names(contestants)).toEqual(['mixture lone', 'mixture cheap', 'member a/one']);
  });

  it('asks models as they are', async () => {
    const { contestants } = await panelOf({});
    const two = contestants.find(({ name }) => name === 'b/two')?.mixture;
    expect(two).toMatchObject({ strategy: 'single', proposers: [], critics: [], single: { id: 's1', role: null, params: {} } });
  });
});

describe('the plan', () => {
  it('is what flags say over the configuration, and adds lists to a former one', () => {
    const configured = { ...NOTHING, judges: ['x/judge'], margin: 3 };
    const first = planOf({ models: ['a'], seed: undefined } as object, configured, null);
    expect(first).toMatchObject({ models: ['a'], judges: ['x/judge'], margin: 3, seed: 1, members: true, sampled: true });
    expect(planOf({ judges: ['y'] }, configured, null).judges).toEqual(['y']);
    expect(planOf({ models: ['a', 'b'], judges: ['y'], sampled: false }, NOTHING, first)).toEqual({
      ...first,
      models: ['a', 'b'],
      judges: ['x/judge', 'y'],
      sampled: false,
    });
  });
});

describe('the best single model, sampled', () => {
  const base = mixture(['a', 'b', 'c'], ['d']);
  const contestants: Contestant[] = [
    { name: 'panel', role: 'mixture', mixture: base, samples: null, matches: [] },
    { name: 'panel:vote', role: 'mixture', mixture: base, samples: null, matches: [] },
    { name: 'lone', role: 'mixture', mixture: { ...base, strategy: 'single' }, samples: null, matches: [] },
    { name: 'best', role: 'member', mixture: plainModel(base, member('p1', 'a')), samples: null, matches: [] },
  ];
  const measured = (costs: readonly (number | null)[], calls: readonly (number | null)[]): Measured => ({
    contestants,
    meanCost: (index) => costs[index] ?? null,
    meanCalls: (index) => calls[index] ?? null,
  });
  const drawn = (known: Measured, samples: number | null = null) =>
    sampledContestants(known, 3, samples).map(({ name, samples: count, matches }) => [name, count, matches]);

  it('costs what the mixture does, one call of it for merging', () => {
    expect(drawn(measured([6.4, 90, 1, 1], []))).toEqual([
      ['best x5', 5, ['panel']],
      ['best x20', 20, ['panel:vote']],
    ]);
    expect(drawn(measured([1.2, 5, 1, 1], []))).toEqual([
      ['best x2', 2, ['panel']],
      ['best x4', 4, ['panel:vote']],
    ]);
  });

  it('goes by calls where prices are not known or nothing', () => {
    expect(drawn(measured([null, 0, 0, 0], [6, 4, 1, 1]))).toEqual([
      ['best x5', 5, ['panel']],
      ['best x3', 3, ['panel:vote']],
    ]);
  });

  it('is one for all mixtures that it matches with the same number of samples', () => {
    expect(drawn(measured([9, 9, 1, 1], []))).toEqual([['best x8', 8, ['panel', 'panel:vote']]]);
    expect(drawn(measured([4, 90, 1, 1], []), 4)).toEqual([['best x4', 4, ['panel', 'panel:vote']]]);
  });

  it('has a name of its own beside a contestant that is called so', () => {
    const known = measured([6, 6, 1, 1], []);
    const named = { ...known, contestants: contestants.with(1, { ...contestants[0], name: 'best x5' } as Contestant) };
    expect(sampledContestants(named, 3, null).map(({ name, matches }) => [name, matches])).toEqual([
      ['best x5 (sampled)', ['panel', 'best x5']],
    ]);
  });

  it('is not cut by the built-in cap of a question, only by one that the user has set', () => {
    const of = (setByUser: boolean) => ({ ...base, maxCost: { usd: 0.5, setByUser } });
    expect(sampledModel(of(false), member('s1', 'a'), 3).maxCost).toBeNull();
    expect(sampledModel(of(true), member('s1', 'a'), 3).maxCost).toEqual({ usd: 0.5, setByUser: true });
  });

  it('is one model that merges its own answers', () => {
    const sampled = sampledModel(base, member('s1', 'a', { role: { name: 'critical', text: 'doubt' } }), 3);
    expect(sampled).toMatchObject({ strategy: 'self', quorum: 2, single: null, verify: null, refine: 0 });
    expect([...sampled.proposers, ...sampled.critics].map(({ id, model }) => [id, model])).toEqual([
      ['p1', 'a'],
      ['p2', 'a'],
      ['p3', 'a'],
      ['c1', 'a'],
    ]);
  });
});
