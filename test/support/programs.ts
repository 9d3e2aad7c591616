import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** True when the machine has this program; what needs one that it lacks is skipped. */
export function hasProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, name)));
}
