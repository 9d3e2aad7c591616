import type { StrategyName } from '../../core/mixture.js';
import type { Strategy } from '../strategy.js';
import { fuse } from './fuse.js';
import { single } from './single.js';

export const strategies: Readonly<Record<StrategyName, Strategy>> = { single, fuse };
