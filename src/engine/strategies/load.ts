import type { RunStrategy } from '../../core/mixture.js';
import type { Strategy } from '../strategy.js';
import { fuse } from './fuse.js';
import { single } from './single.js';

/** Most runs need one of the first two; the others are loaded when they are wanted. */
const LOAD: Readonly<Record<RunStrategy, () => Strategy | Promise<Strategy>>> = {
  single: () => single,
  fuse: () => fuse,
  self: async () => (await import('./self.js')).self,
  vote: async () => (await import('./vote.js')).vote,
  select: async () => (await import('./select.js')).select,
  cascade: async () => (await import('./cascade.js')).cascade,
  deep: async () => (await import('./deep.js')).deep,
};

export async function loadStrategy(name: RunStrategy): Promise<Strategy> {
  return LOAD[name]();
}
