import { describe, expect, it } from 'vitest';
import { type EvalFlags, wishesOf } from '../../../src/cli/eval/flags.js';

const NONE: EvalFlags = { members: true, sampled: true, log: true };

describe('the wishes of a command line', () => {
  it('hold nothing that was not said', () => {
    expect(wishesOf(NONE, '/work')).toEqual({});
  });

  it('hold what was said, with the folder of a check in full', () => {
    const flags: EvalFlags = {
      ...NONE,
      mixture: ['fast', 'default:vote'],
      strategy: ['fuse'],
      model: ['a/b'],
      members: false,
      sampled: false,
      judge: ['c/d'],
      baseline: 'fast',
      extract: 'number',
      check: 'npm test',
      checkFolder: 'sub',
      margin: 0,
      seed: 0,
    };
    expect(wishesOf(flags, '/work')).toEqual({
      mixtures: ['fast', 'default:vote'],
      strategies: ['fuse'],
      models: ['a/b'],
      members: false,
      sampled: false,
      judges: ['c/d'],
      baseline: 'fast',
      extract: 'number',
      check: { command: 'npm test', folder: '/work/sub', timeout: 60_000 },
      margin: 0,
      seed: 0,
    });
  });

  it('hold the configuration in full, what is set but for what may be a secret, and the seed of the sandbox', () => {
    const set = ['budget.day=1', 'providers.own.api_key=sk-1', '"providers".own.base_url=x', 'serve.keys=a', 'mixtures.providers.quorum=2'];
    expect(wishesOf({ ...NONE, config: 'own.yaml', set, sandbox: true, seed: 4 }, '/work')).toEqual({
      config: '/work/own.yaml',
      sets: ['budget.day=1', 'mixtures.providers.quorum=2'],
      sandbox_seed: 4,
      seed: 4,
    });
  });

  it('take the working directory and the given time for a check', () => {
    expect(wishesOf({ ...NONE, samples: 4, check: 'make', checkTimeout: 5 }, '/work')).toEqual({
      samples: 4,
      check: { command: 'make', folder: '/work', timeout: 5 },
    });
  });
});
