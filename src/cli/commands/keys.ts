import { readServeKey } from '../../app/serve-key.js';
import { MomError } from '../../core/error.js';
import type { CliContext } from '../context.js';
import { usageError } from '../usage.js';
import { Messages } from '../view/messages.js';

/** `mom keys show serve`: the one place where the gateway's key is printed. @returns the exit status */
export function show(name: string, context: CliContext): number {
  if (name !== 'serve') {
    throw usageError(`there is no key called ${JSON.stringify(name)}`, 'mom keys show serve prints the key of mom serve --auth');
  }
  const kept = readServeKey(context.env, context.home);
  if (kept === null) throw new MomError('no_input', 'mom serve has no key of its own yet', { hint: '`mom serve --auth` makes it' });
  const messages = new Messages(context, { quiet: false, color: 'never' });
  for (const { message } of kept.warnings) messages.warn(message);
  context.stdout.write(`${kept.key}\n`);
  return 0;
}
