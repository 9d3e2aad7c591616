import { describe, expect, it } from 'vitest';
import { cacheDir, stateDir } from '../../../src/core/system/xdg.js';

describe('stateDir', () => {
  it.each([
    [{ XDG_STATE_HOME: '/state' }, '/state/mom'],
    [{ XDG_STATE_HOME: '' }, '/home/u/.local/state/mom'],
    [{ XDG_STATE_HOME: 'relative' }, '/home/u/.local/state/mom'],
    [{}, '/home/u/.local/state/mom'],
  ])('of %o is %s', (env, expected) => {
    expect(stateDir(env, '/home/u')).toBe(expected);
  });
});

describe('cacheDir', () => {
  it.each([
    [{ XDG_CACHE_HOME: '/cache' }, '/cache/mom'],
    [{ XDG_CACHE_HOME: 'relative' }, '/home/u/.cache/mom'],
    [{}, '/home/u/.cache/mom'],
  ])('of %o is %s', (env, expected) => {
    expect(cacheDir(env, '/home/u')).toBe(expected);
  });
});
