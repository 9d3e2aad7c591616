import { isMomError } from '../../core/error.js';
import type { History } from '../../core/history.js';
import type { Warning } from '../../core/run.js';
import type { CliContext } from '../context.js';
import { messagesOf } from '../view/messages.js';

/**
 * Opens the store, hands it to `use`, closes it. Why runs wait is told at the end, where it is not why `use` has failed too.
 * @throws MomError `store_failed`, or what `use` throws
 */
export async function withHistory<T>(context: CliContext, use: (history: History) => T | Promise<T>): Promise<T> {
  const { openHistory } = await import('../../app/history.js');
  const messages = messagesOf(context);
  const waiting: Warning[] = [];
  const onNote = (note: Warning) => (note.code === 'runs_wait' ? void waiting.push(note) : messages.warn(note.message));
  const history = await openHistory({ env: context.env, home: context.home, onNote });
  const tellWaiting = () => {
    for (const { message } of waiting) messages.warn(message);
  };
  try {
    const found = await use(history);
    tellWaiting();
    return found;
  } catch (error) {
    if (!isMomError(error) || error.code !== 'store_failed') tellWaiting();
    throw error;
  } finally {
    history.close();
  }
}
