import type { RunStrategy } from '../../core/mixture.js';
import type { Strategy } from '../strategy.js';
import { cascade } from './cascade.js';
import { deep } from './deep.js';
import { fuse } from './fuse.js';
import { select } from './select.js';
import { self } from './self.js';
import { single } from './single.js';
import { vote } from './vote.js';

/** All of them, for whoever compares; a run loads its own. */
export const strategies: Readonly<Record<RunStrategy, Strategy>> = { single, fuse, self, vote, select, cascade, deep };
