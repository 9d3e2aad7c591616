import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isMomError, MomError, reasonOf } from '../../../core/error.js';
import { isRecord } from '../../../core/record.js';

/** By this file a folder is known as an import of mom's. */
export const MARKER = 'import.json';

/** All files that an import may have. */
const FILES = ['prompts.jsonl', 'answers.jsonl', 'preferences.jsonl', 'difficulty.json', MARKER] as const;
export type ImportFile = (typeof FILES)[number];

/** A folder that is written beside its place, and put there when it is whole. */
export interface DraftFolder {
  path(file: ImportFile): string;
  /** Replaces what a former import has left. */
  finish(): void;
  discard(): void;
}

/**
 * @param folder where it will be: a new folder, an empty one, or a former import
 * @throws MomError `output_failed` where it is none of these, or can't be written
 */
export function draftFolder(folder: string): DraftFolder {
  return guarded(folder, () => {
    const held = contents(folder);
    if (held.length > 0 && !isFormerImport(folder))
      throw new MomError('output_failed', `${folder} is not empty, and no earlier import`, { hint: 'name a new folder with -o' });
    mkdirSync(dirname(folder), { recursive: true });
    const draft = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.tmp`);
    mkdirSync(draft);
    return {
      path: (file) => join(draft, file),
      finish: () => guarded(folder, () => putInPlace(draft, folder)),
      discard: () => rmSync(draft, { recursive: true, force: true }),
    };
  });
}

/** Files of the former import that the new one does not have are gone afterwards; the marker is the last to come. */
function putInPlace(draft: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const written = new Set(readdirSync(draft));
  rmSync(join(folder, MARKER), { force: true });
  for (const file of FILES) {
    if (written.has(file)) renameSync(join(draft, file), join(folder, file));
    else rmSync(join(folder, file), { force: true });
  }
  rmSync(draft, { recursive: true, force: true });
}

function contents(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function isFormerImport(folder: string): boolean {
  try {
    const marker: unknown = JSON.parse(readFileSync(join(folder, MARKER), 'utf8'));
    return isRecord(marker) && marker.schema_version === 1 && typeof marker.format === 'string';
  } catch {
    return false;
  }
}

function guarded<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isMomError(error)) throw error;
    throw new MomError('output_failed', `${folder} could not be written: ${reasonOf(error)}`, {
      hint: 'make room or name another folder with -o',
      cause: error,
    });
  }
}
