import { isMomError } from '../../core/error.js';
import type { History, StoredRun } from '../../core/history.js';
import type { CliContext } from '../context.js';
import { underWay } from './under-way.js';

/**
 * The run that this id, or its beginning, means.
 * @throws MomError `no_input` for none, `usage` for several, `input_invalid` for one that is still going on and so not in the store
 */
export function findRun(history: History, id: string, context: Pick<CliContext, 'env' | 'home'>): StoredRun {
  try {
    return history.find(id);
  } catch (error) {
    throw (isMomError(error) && error.code === 'no_input' && underWay(id, context)) || error;
  }
}
