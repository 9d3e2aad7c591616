import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { MomError } from '../../core/error.js';
import { isOutside } from './folder.js';
import { isKeyLike } from './key-like.js';
import type { Found, LeftOut } from './types.js';

/**
 * The files a pattern matches, sorted by path. Hidden files are matched only by a dot in the pattern, `node_modules` and
 * `.git` only by their names; key-like files and links out of the working directory are left out.
 * @throws {MomError} `no_input` when nothing matches
 */
export async function expandPattern(pattern: string, cwd: string): Promise<{ found: Found[]; leftOut: LeftOut[] }> {
  const unnamed = ['node_modules', '.git'].filter((folder) => !pattern.includes(folder));
  const paths = await glob(pattern, {
    cwd,
    onlyFiles: true,
    expandDirectories: false,
    ignore: unnamed.map((folder) => `**/${folder}/**`),
  });
  if (paths.length === 0) {
    throw new MomError('no_input', `no file matches ${pattern}`, { hint: 'check the pattern; quote it so that the shell leaves it alone' });
  }
  const root = realpathSync(cwd);
  const found: Found[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of paths.sort()) {
    const place = resolve(cwd, path);
    const target = realpathSync(place);
    if (isKeyLike(path) || isKeyLike(target)) leftOut.push({ path, reason: 'looks like a key' });
    else if (!isOutside(cwd, place) && isOutside(root, target)) leftOut.push({ path, reason: 'link out of the folder' });
    else found.push({ path, place });
  }
  return { found, leftOut };
}
