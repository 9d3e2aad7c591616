import type { History } from '../../core/history.js';
import type { CliContext } from '../context.js';
import { messagesOf } from '../view/messages.js';

/** Opens the store, hands it to `use`, closes it. @throws MomError `store_failed`, or what `use` throws */
export async function withHistory<T>(context: CliContext, use: (history: History) => T | Promise<T>): Promise<T> {
  const { openHistory } = await import('../../app/history.js');
  const messages = messagesOf(context);
  const history = await openHistory({ env: context.env, home: context.home, onNote: ({ message }) => messages.warn(message) });
  try {
    return await use(history);
  } finally {
    history.close();
  }
}
