import { describe, expect, it } from 'vitest';
import type { MixtureChoice } from '../../../src/app.js';
import { choiceOfRun, mergedChoice } from '../../../src/cli/ask/inherited-choice.js';
import type { StoredRun } from '../../../src/core/history.js';

function earlier(choice: Record<string, unknown>, answered = 0) {
  const proposals = Array.from({ length: answered }, () => ({ status: 'answered' }));
  return { origin: { choice }, result: { mixture: 'mine', strategy: 'vote', proposals } } as unknown as StoredRun;
}

describe('what a run was asked for', () => {
  it('holds for the next one, but for money and time', () => {
    const kept = { mixture: 'mine', strategy: 'vote', quorum: 2, minAnswers: 1, role: 'critical', verify: true, refine: 1, layers: 3 };
    const limits = { maxCost: 0.1, runTimeout: 1_000, callTimeout: 500, grace: 'auto', retries: 0 };
    expect(choiceOfRun(earlier({ ...kept, ...limits }), false)).toEqual(kept);
    const panel = { models: ['a', 'b'], critics: ['c'] };
    expect(choiceOfRun(earlier({ ...panel, ...limits }), false)).toEqual(panel);
    expect(choiceOfRun(earlier({ noCritic: true }), false)).toEqual({ noCritic: true });
  });

  it('is believed only where it makes sense', () => {
    const wrong = { mixture: 7, models: ['a', null], critics: 'c', strategy: ['vote'], quorum: '2', verify: 'yes', other: 'x' };
    expect(choiceOfRun(earlier(wrong), false)).toEqual({});
  });

  it('is the mixture and strategy that made proposals, where these are used again', () => {
    const auto = { strategy: 'auto', role: 'critical' };
    expect(choiceOfRun(earlier(auto, 1), true)).toEqual({
      mixture: 'mine',
      strategy: 'vote',
      role: 'critical',
    });
    expect(choiceOfRun(earlier(auto), true)).toEqual(auto);
    expect(choiceOfRun(earlier(auto, 1), false)).toEqual(auto);
  });
});

describe('this command line', () => {
  const panel: MixtureChoice = { mixture: 'mine', models: ['a', 'b'], critics: ['c'], strategy: 'select', quorum: 2 };

  it.each<[string, MixtureChoice, MixtureChoice, MixtureChoice]>([
    ['that says nothing changes nothing', panel, {}, panel],
    ['sets its own limits', panel, { maxCost: 2, runTimeout: 9 }, { ...panel, maxCost: 2, runTimeout: 9 }],
    [
      '--mixture drops models, critics and strategy',
      { ...panel, role: 'critical' },
      { mixture: 'fast' },
      { mixture: 'fast', role: 'critical' },
    ],
    ['--mixture drops --no-critic', { noCritic: true }, { mixture: 'fast' }, { mixture: 'fast' }],
    ['--critic replaces critics', panel, { critics: ['d'] }, { ...panel, critics: ['d'] }],
    ['--critic drops --no-critic', { models: ['a', 'b'], noCritic: true }, { critics: ['d'] }, { models: ['a', 'b'], critics: ['d'] }],
    ['--no-critic drops critics', { critics: ['c'] }, { noCritic: true }, { noCritic: true }],
    [
      '-m replaces models and keeps critics and strategy',
      panel,
      { models: ['x', 'y'] },
      { mixture: 'mine', models: ['x', 'y'], critics: ['c'], strategy: 'select' },
    ],
    ['one -m is asked alone', { models: ['a', 'b'], critics: ['c'] }, { models: ['x'] }, { models: ['x'] }],
    ['-m drops a strategy for one model', { models: ['a'], strategy: 'self' }, { models: ['x', 'y'] }, { models: ['x', 'y'] }],
    [
      '--strategy replaces the strategy',
      panel,
      { strategy: 'fuse' },
      { mixture: 'mine', models: ['a', 'b'], critics: ['c'], strategy: 'fuse' },
    ],
    [
      '--strategy for one model drops several',
      { mixture: 'mine', models: ['a', 'b'], critics: ['c'] },
      { strategy: 'single' },
      { mixture: 'mine', critics: ['c'], strategy: 'single' },
    ],
    ['--strategy for one model keeps the one', { models: ['a'] }, { strategy: 'self' }, { models: ['a'], strategy: 'self' }],
    ['--strategy drops layers', { strategy: 'deep', layers: 4 }, { strategy: 'fuse' }, { strategy: 'fuse' }],
    ['--layers alone keeps the strategy', { strategy: 'deep', layers: 4 }, { layers: 2 }, { strategy: 'deep', layers: 2 }],
    ['--verify is added', { strategy: 'fuse' }, { verify: true }, { strategy: 'fuse', verify: true }],
  ])('%s', (_what, before, own, expected) => {
    expect(mergedChoice(before, own)).toEqual(expected);
  });
});
