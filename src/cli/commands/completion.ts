import { nearestName } from '../../config/nearest.js';
import { SCRIPTS, type Shell } from '../completion/scripts.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { usageError } from '../usage.js';

/** `mom completion`: the script of one shell. */
export async function run(shell: string, { stdout }: CliContext): Promise<Exit> {
  const names = Object.keys(SCRIPTS);
  if (!Object.hasOwn(SCRIPTS, shell)) {
    const near = nearestName(shell, names);
    throw usageError(
      `there is no completion for ${JSON.stringify(shell)}`,
      `${near === null ? '' : `did you mean ${near}? `}there is one for ${names.join(', ')}`,
    );
  }
  stdout.write(SCRIPTS[shell as Shell]);
  return SUCCESS;
}
