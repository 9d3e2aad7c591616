import { loadConfig } from '../../config/load.js';
import { settingsOf } from '../../config/settings.js';
import type { CliContext } from '../context.js';
import { usageError } from '../usage.js';
import { worldOf } from '../world.js';
import { overridesOf, type ServeFlags } from './flags.js';
import { clientUrl, keyOrigin, type PasteClient, pasteLines } from './paste-lines.js';

/** `--print-env`: the lines for the address in force, whether or not anything listens there yet. */
export async function printEnv(client: PasteClient, flags: ServeFlags, context: CliContext): Promise<void> {
  const config = await loadConfig({ ...worldOf(context, flags), overrides: await overridesOf(flags) });
  const { host, port, keys } = settingsOf(config).serve;
  if (port === 0)
    throw usageError('port 0 is picked when the server starts', 'give --port a number, or start mom serve: it prints the lines too');
  const lines = pasteLines(client, clientUrl(host, port), keyOrigin(flags.auth === true, keys));
  context.stdout.write(`${lines.join('\n')}\n`);
}
