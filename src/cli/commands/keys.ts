import { isServeKey, keepServeKey, readServeKey, removeServeKey, SHORTEST_SERVE_KEY, serveKeyFile } from '../../app/keys/serve-key.js';
import { errorLine, isMomError, MomError } from '../../core/error.js';
import type { Warning } from '../../core/run.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { readKey } from '../input/key.js';
import { jsonLine } from '../output/json.js';
import type { ListedKeys } from '../view/keys.js';
import { messagesOf } from '../view/messages.js';
import { sanitize } from '../view/sanitize.js';
import { screenOf } from '../view/screen.js';
import { worldOf } from '../world.js';

/** The name under which the gateway's own key is kept. */
const SERVE = 'serve';

interface KeysFlags {
  config?: string;
  json?: boolean;
}

/** `mom keys set`: keeps a key, which comes from the terminal or from stdin. @returns the exit status */
export async function set(name: string, flags: KeysFlags, context: CliContext): Promise<Exit> {
  try {
    await (name === SERVE ? setServe(context) : setProvider(name, flags, context));
    return SUCCESS;
  } catch (error) {
    if (!isMomError(error) || error.code !== 'cancelled') throw error;
    messagesOf(context).note(error.message);
    return { signal: 'SIGINT' };
  }
}

async function setProvider(name: string, flags: KeysFlags, context: CliContext): Promise<void> {
  const { openKeyDoor } = await import('../../app/keys/keys.js');
  const door = await openKeyDoor(worldOf(context, flags), name);
  const key = await readKey(`Key of ${sanitize(name)} for ${door.address}:`, context);
  warn(context, await door.keep(key));
  print(context, `kept the key of ${name} in ${door.file}; it is sent to ${door.address} only`);
  if (door.before !== null) messagesOf(context).warn(`${door.before} counts first: the kept key is used when that is gone`);
}

async function setServe(context: CliContext): Promise<void> {
  const key = await readKey('Key of mom serve:', context);
  if (!isServeKey(key)) {
    throw new MomError('input_invalid', `a key of mom serve has at least ${SHORTEST_SERVE_KEY} characters`, {
      hint: '`mom serve --auth` makes one itself where none is kept',
    });
  }
  const file = keepServeKey(context.env, context.home, key);
  print(context, `kept the key of mom serve in ${file}; --auth asks for it, a running mom serve from its next start or reload on`);
}

/** `mom keys list`: every provider and where its key comes from; runs no command. */
export async function list(flags: KeysFlags, context: CliContext): Promise<Exit> {
  const [{ listKeys }, { keysText, keysJson }] = await Promise.all([import('../../app/keys/keys.js'), import('../view/keys.js')]);
  const { rows, warnings } = await listKeys(worldOf(context, flags));
  const { serve, serveWarnings } = serveRow(context);
  warn(context, [...warnings, ...serveWarnings]);
  const listed = { rows, serve };
  context.stdout.write(flags.json ? jsonLine(keysJson(listed), screenOf(context)) : keysText(listed, screenOf(context).columns));
  return SUCCESS;
}

function serveRow({ env, home }: CliContext): { serve: ListedKeys['serve']; serveWarnings: readonly Warning[] } {
  const file = serveKeyFile(env, home);
  try {
    const kept = readServeKey(env, home);
    return { serve: { isKept: kept !== null, file, trouble: null }, serveWarnings: kept?.warnings ?? [] };
  } catch (error) {
    if (!isMomError(error)) throw error;
    return { serve: { isKept: false, file, trouble: errorLine(error) }, serveWarnings: [] };
  }
}

/** `mom keys show`: the only command that prints a key. */
export async function show(name: string, context: CliContext): Promise<Exit> {
  const { key, warnings } = name === SERVE ? servesKey(context) : await providersKey(name, context);
  warn(context, warnings);
  print(context, key);
  return SUCCESS;
}

function servesKey({ env, home }: CliContext): { key: string; warnings: readonly Warning[] } {
  const kept = readServeKey(env, home);
  if (kept) return kept;
  throw new MomError('no_input', 'mom serve has no key of its own yet', { hint: '`mom serve --auth` makes it' });
}

async function providersKey(name: string, context: CliContext) {
  return (await import('../../app/keys/keys.js')).keptKey(worldOf(context, {}), name);
}

/** `mom keys rm` */
export async function remove(name: string, context: CliContext): Promise<Exit> {
  if (name === SERVE) {
    const file = serveKeyFile(context.env, context.home);
    if (!removeServeKey(context.env, context.home)) {
      throw new MomError('no_input', 'mom serve has no key of its own', { hint: `there is no ${file}` });
    }
    print(context, `removed the key of mom serve from ${file}`);
    return SUCCESS;
  }
  const { removeKey } = await import('../../app/keys/keys.js');
  const { file, warnings } = await removeKey(worldOf(context, {}), name);
  warn(context, warnings);
  print(context, `removed the key of ${name} from ${file}`);
  return SUCCESS;
}

function warn(context: CliContext, warnings: readonly Warning[]): void {
  for (const { message } of warnings) messagesOf(context).warn(message);
}

function print(context: CliContext, line: string): void {
  context.stdout.write(`${sanitize(line)}\n`);
}
