import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { MomError } from '../../core/error.js';
import { writeWhole } from '../../core/system/private-file.js';
import { outputError } from './output-error.js';

/** The file of `-o`, known to be writable before anything is paid for. */
export interface OutputFile {
  path: string;
  /** Puts all of `text` there in one step. @throws MomError `output_failed` */
  write(text: string): void;
}

/** Checks the place. @throws MomError `output_failed` when it can't be written */
export function openOutputFile(path: string, cwd: string): OutputFile {
  const named = resolve(cwd, path);
  const existing = statIfThere(named, path);
  if (existing?.isDirectory()) throw new MomError('output_failed', `${path} is a folder`, { hint: 'name a file' });
  try {
    if (existing) accessSync(named, constants.W_OK);
    if (!existing || existing.isFile()) accessSync(dirname(existing ? realpathSync(named) : named), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw outputError(path, error);
  }
  return {
    path,
    write(text) {
      try {
        if (existing && !existing.isFile()) writeInPlace(named, text);
        else replaceFile(existing ? realpathSync(named) : named, text, existing ? existing.mode & 0o777 : null);
      } catch (error) {
        throw outputError(path, error);
      }
    },
  };
}

function statIfThere(named: string, path: string): Stats | undefined {
  try {
    return statSync(named, { throwIfNoEntry: false });
  } catch (error) {
    throw outputError(path, error);
  }
}

/** Where an answer goes that had nowhere else to go: a new file that only its owner can read. Returns its path. */
export function rescueFile(text: string): string {
  const path = join(tmpdir(), `mom-answer-${randomBytes(6).toString('hex')}.txt`);
  writeNew(path, text, 0o600);
  return path;
}

/** A reader, and a crash, see the old file or the new one. */
function replaceFile(path: string, text: string, mode: number | null): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    writeNew(draft, text, mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function writeNew(path: string, text: string, mode: number | null): void {
  const fd = openSync(path, 'wx', mode ?? 0o666);
  try {
    if (mode !== null) fchmodSync(fd, mode);
    writeWhole(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Devices and pipes can't be replaced. */
function writeInPlace(path: string, text: string): void {
  const fd = openSync(path, 'w');
  try {
    writeWhole(fd, text);
  } finally {
    closeSync(fd);
  }
}
