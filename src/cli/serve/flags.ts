import { parseSet } from '../../config/load.js';
import type { Override } from '../../config/wishes.js';
import type { PasteClient } from './paste-lines.js';

/** The flags of `mom serve` as the parser hands them over. */
export interface ServeFlags {
  host?: string;
  port?: number;
  auth?: boolean;
  allowRemote?: boolean;
  printEnv?: PasteClient;
  mixture?: string;
  set?: string[];
  log: boolean;
  sandbox?: boolean;
  seed?: number;
  config?: string;
  debugRequests?: boolean;
  debugDir?: string;
  quiet?: boolean;
}

/** Options set on the command line, those with a flag of their own last: they win. */
export async function overridesOf(flags: ServeFlags): Promise<Override[]> {
  const sets = await Promise.all((flags.set ?? []).map(parseSet));
  return [
    ...sets,
    ...(flags.host === undefined ? [] : [{ path: 'serve.host', value: flags.host, flag: '--host' }]),
    ...(flags.port === undefined ? [] : [{ path: 'serve.port', value: flags.port, flag: '--port' }]),
  ];
}
