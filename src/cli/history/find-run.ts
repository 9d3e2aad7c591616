import { isMomError, MomError } from '../../core/error.js';
import type { History, RunUnderWay, StoredRun } from '../../core/history.js';
import type { CliContext } from '../context.js';

/**
 * The run that this id, or its beginning, means.
 * @throws MomError `no_input` for none, `usage` for several, `input_invalid` for one that is still going on and so not in the store
 */
export async function findRun(history: History, id: string, context: Pick<CliContext, 'env' | 'home'>): Promise<StoredRun> {
  try {
    return history.find(id);
  } catch (error) {
    if (!isMomError(error) || error.code !== 'no_input') throw error;
    const { findUnderWay } = await import('../../app/history.js');
    const run = findUnderWay(context, id);
    throw run === null ? error : stillGoingOn(run);
  }
}

function stillGoingOn({ id, pid, door }: RunUnderWay): MomError {
  const isShared = door === 'serve' || door === 'eval';
  const hint = isShared ? 'wait for its end' : `wait for its end, or end it first: kill -INT ${pid}`;
  const where = isShared ? `in mom ${door}, process` : 'in process';
  return new MomError('input_invalid', `run ${id} is still going on, ${where} ${pid}`, { hint });
}
