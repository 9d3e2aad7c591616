import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MomError } from '../../core/error.js';
import { readWithin } from './bytes.js';
import { decodeText, isBinary } from './decode.js';
import { abortReason, unreadable } from './errors.js';
import { isKeyLike } from './key-like.js';
import { MAX_NAMED, type SizeBudget } from './limits.js';
import type { Found, InputContext, InputFile, LeftOut, Remarks } from './types.js';

const SNIFFED_BYTES = 8 * 1024;

/**
 * The texts of files, folders, patterns and URLs in the order they were named; a file that is named twice comes once.
 * @throws {MomError} `no_input`, `input_invalid`, `input_too_large`, or the reason of the signal
 */
export async function readFiles(names: readonly string[], ctx: InputContext, budget: SizeBudget, remarks: Remarks): Promise<InputFile[]> {
  const files: InputFile[] = [];
  for (const name of names) {
    for (const file of await readNamed(name, ctx, budget, remarks)) {
      if (!files.some((known) => known.path === file.path)) files.push(file);
    }
  }
  return files;
}

async function readNamed(name: string, ctx: InputContext, budget: SizeBudget, remarks: Remarks): Promise<InputFile[]> {
  if (/^https?:\/\//i.test(name)) {
    const { fetchText } = await import('./url.js');
    const file = await fetchText(name, ctx);
    budget.take(file.path, Buffer.byteLength(file.text));
    return [file];
  }
  const place = resolve(ctx.cwd, name);
  const kind = kindOf(name, place);
  if (kind === 'folder') {
    const { walkFolder } = await import('./folder.js');
    const { found, leftOut } = walkFolder(name, place);
    return readFound(name, found, leftOut, ctx, budget, remarks);
  }
  if (kind === 'pattern') {
    const { expandPattern } = await import('./pattern.js');
    const { found, leftOut } = await expandPattern(name, ctx.cwd);
    return readFound(name, found, leftOut, ctx, budget, remarks);
  }
  if (isKeyLike(name)) {
    remarks.warnings.push({
      code: 'key_like_file',
      message: `${name} looks like a file of keys or passwords; it is sent because you named it`,
    });
  }
  return [{ path: name, text: decodeText(await readWithin(budget, place, name, ctx.signal), name) }];
}

function kindOf(name: string, place: string): 'file' | 'folder' | 'pattern' {
  try {
    return statSync(place).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (/[*?[\]{}]/.test(name)) return 'pattern';
    throw unreadable(name, error);
  }
}

/** Reads what was found; binary files are left out, and everything left out is named in one warning. */
async function readFound(
  name: string,
  found: readonly Found[],
  leftOut: readonly LeftOut[],
  ctx: InputContext,
  budget: SizeBudget,
  remarks: Remarks,
): Promise<InputFile[]> {
  const files: InputFile[] = [];
  const left = [...leftOut];
  for (const { path, place } of found) {
    if (ctx.signal.aborted) throw abortReason(ctx.signal, `reading ${name}`);
    // A look at the start first: a film in the folder is no reason to refuse the rest as too large.
    const bytes = startsBinary(path, place) ? null : await readWithin(budget, place, path, ctx.signal);
    if (bytes === null || isBinary(bytes)) {
      left.push({ path, reason: 'binary' });
      continue;
    }
    files.push({ path, text: decodeText(bytes, path) });
  }
  if (left.length > 0) warn(name, left, remarks);
  if (files.length === 0) {
    throw new MomError('no_input', `${name} has no file that can be sent${left.length > 0 ? `; left out: ${list(left)}` : ''}`, {
      hint: 'a file that is named by itself is always sent',
    });
  }
  return files;
}

function startsBinary(path: string, place: string): boolean {
  let fd: number | null = null;
  try {
    fd = openSync(place, 'r');
    const head = Buffer.alloc(SNIFFED_BYTES);
    return head.subarray(0, readSync(fd, head)).includes(0);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function warn(name: string, left: LeftOut[], remarks: Remarks): void {
  left.sort((a, b) => (a.path < b.path ? -1 : 1));
  remarks.skipped.push(...left.map(({ path }) => path));
  remarks.warnings.push({ code: 'files_skipped', message: `left out of ${name}: ${list(left)}` });
}

function list(left: readonly LeftOut[]): string {
  const named = left.slice(0, MAX_NAMED).map(({ path, reason }) => `${path} (${reason})`);
  const more = left.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
