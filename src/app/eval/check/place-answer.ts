import { closeSync, constants, lstatSync, mkdirSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { reasonOf } from '../../../core/error.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Puts an answer at its place in the copy of a folder. A link in the folder can't lead it elsewhere.
 * @param path inside of `folder`
 * @returns why it could not be placed; null when it was
 */
export function placeAnswer(folder: string, path: string, text: string): string | null {
  const file = join(folder, path);
  try {
    const root = realpathSync(folder);
    const known = realpathSync(firstKnown(dirname(file)));
    if (known !== root && !known.startsWith(root + sep)) return `${path} leads out of the folder`;
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    const fd = openSync(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
    try {
      writeFileSync(fd, text);
    } finally {
      closeSync(fd);
    }
    return null;
  } catch (error) {
    return `the answer could not be put at ${path}: ${reasonOf(error)}`;
  }
}

/** The folder itself where it is there, else the nearest one above it that is. */
function firstKnown(folder: string): string {
  return lstatSync(folder, { throwIfNoEntry: false }) === undefined ? firstKnown(dirname(folder)) : folder;
}
