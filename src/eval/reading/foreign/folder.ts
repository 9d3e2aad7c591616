import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MomError } from '../../../core/error.js';
import { unreadable } from '../trouble.js';

/** Folders below each other that are looked into. */
const MAX_DEPTH = 8;

/** Files that are looked at: more are no evaluation but a disk. */
const MAX_FILES = 100_000;

export interface FoundFile {
  path: string;
  /** Its name without `.gz`. */
  name: string;
  /** Names of the folders above it, from the one that was given on, that one left out. */
  folders: readonly string[];
}

/** The files of a folder and of those below it, in order of their names; hidden ones are left out. @throws MomError `no_input` */
export function filesBelow(folder: string): FoundFile[] {
  const files: FoundFile[] = [];
  collect(folder, [], files);
  return files;
}

function collect(folder: string, folders: readonly string[], files: FoundFile[]): void {
  const entries = entriesOf(folder).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && folders.length < MAX_DEPTH) collect(path, [...folders, entry.name], files);
    else if (!entry.isDirectory()) files.push({ path, name: entry.name.replace(/\.gz$/, ''), folders });
    if (files.length > MAX_FILES)
      throw new MomError('input_too_large', `${folder} holds more than ${MAX_FILES} files`, { hint: 'name the folder of one evaluation' });
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR')
      throw new MomError('no_input', `${folder} is no folder`, { hint: `name the folder that holds it: ${dirname(folder)}` });
    throw unreadable(folder, error);
  }
}

/** `gpt-4` of `gpt-4.jsonl.gz`. */
export function stem(path: string): string {
  return basename(path).replace(/\.jsonl?(?:\.gz)?$/, '');
}
