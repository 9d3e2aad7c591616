import { parseSets } from '../../config/load.js';
import type { Override } from '../../config/wishes.js';
import type { RunFlags } from '../run-flags.js';
import type { PasteClient } from './paste-lines.js';

/** The flags of `mom serve` as the parser hands them over. */
export interface ServeFlags extends RunFlags {
  host?: string;
  port?: number;
  auth?: boolean;
  allowRemote?: boolean;
  printEnv?: PasteClient;
}

/** Options set on the command line, those with a flag of their own last: they win. */
export async function overridesOf(flags: ServeFlags): Promise<Override[]> {
  return [
    ...(await parseSets(flags.set)),
    ...(flags.host === undefined ? [] : [{ path: 'serve.host', value: flags.host, flag: '--host' }]),
    ...(flags.port === undefined ? [] : [{ path: 'serve.port', value: flags.port, flag: '--port' }]),
  ];
}
