import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { unreadable } from './errors.js';
import { isKeyLike } from './key-like.js';
import type { Found, LeftOut } from './types.js';

/** The rules of one .gitignore and the folder they are relative to. */
interface Rules {
  base: string;
  rules: Ignore;
}

/**
 * The files of a folder and its subfolders, sorted by path. Honours .gitignore files, also those above the folder up to
 * the repository's root; leaves out hidden and key-like files, special files, and links that lead to folders or out of it.
 * What .gitignore excludes is not named, unless it looks like a key.
 * @throws {MomError} `no_input` when a folder can't be read
 */
export function walkFolder(name: string, place: string): { found: Found[]; leftOut: LeftOut[] } {
  const root = realpathSync(place);
  const found: Found[] = [];
  const leftOut: LeftOut[] = [];
  const shownRoot = name.replace(/(?<=.)\/+$/, '');
  walk(root, rulesAbove(root));
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { found, leftOut };

  function walk(folder: string, above: readonly Rules[]): void {
    const rules = withRulesOf(folder, above);
    for (const entry of entriesOf(folder)) {
      const at = join(folder, entry.name);
      const path = join(shownRoot, relative(root, at));
      const ignored = isIgnored(at, entry.isDirectory(), rules);
      const reason = reasonToSkip(entry, at);
      if (reason !== null) {
        if (!ignored || isKeyLike(at)) leftOut.push({ path, reason });
      } else if (ignored) continue;
      else if (entry.isDirectory()) walk(at, rules);
      else found.push({ path, place: at });
    }
  }

  function reasonToSkip(entry: Dirent, at: string): string | null {
    if (isKeyLike(at) && !entry.isDirectory()) return 'looks like a key';
    if (entry.name.startsWith('.')) return 'hidden';
    if (entry.isSymbolicLink()) return reasonToSkipLink(root, at);
    return entry.isDirectory() || entry.isFile() ? null : 'not a file';
  }
}

/** A link is taken only when it leads to a plain file inside the folder that would be taken itself. */
function reasonToSkipLink(root: string, at: string): string | null {
  if (!existsSync(at)) return 'broken link';
  const target = realpathSync(at);
  if (isOutside(root, target)) return 'link out of the folder';
  if (!statSync(target).isFile()) return 'link to a folder';
  if (isKeyLike(target)) return 'looks like a key';
  return relative(root, target)
    .split(sep)
    .some((part) => part.startsWith('.'))
    ? 'hidden'
    : null;
}

/** True when `path` does not lie in `folder`; both absolute. */
export function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** The rules of the folders between the repository's root and `root`; none outside a repository. */
function rulesAbove(root: string): Rules[] {
  const parents: string[] = [];
  for (let folder = root; !existsSync(join(folder, '.git')); ) {
    const parent = dirname(folder);
    if (parent === folder) return [];
    folder = parent;
    parents.unshift(folder);
  }
  return parents.reduce<Rules[]>((rules, folder) => withRulesOf(folder, rules), []);
}

function withRulesOf(folder: string, above: readonly Rules[]): Rules[] {
  const file = join(folder, '.gitignore');
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return [...above];
  return [...above, { base: folder, rules: ignore().add(readFileSync(file, 'utf8')) }];
}

/** The innermost file that says anything about the path decides, as in git. */
function isIgnored(at: string, isFolder: boolean, rules: readonly Rules[]): boolean {
  let ignored = false;
  for (const { base, rules: own } of rules) {
    const verdict = own.test(relative(base, at) + (isFolder ? '/' : ''));
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}
