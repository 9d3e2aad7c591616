import { MomError, reasonOf } from '../../core/error.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go in a circle',
};

/** What is wrong with a place of a file. @param where the file, or `FILE, line 3` */
export function invalid(where: string, what: string, hint: string): MomError {
  return new MomError('input_invalid', `${where}: ${what}`, { hint });
}

/** The failure to read a file or a folder, with the system's reason in plain words. */
export function unreadable(path: string, error: unknown): MomError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new MomError('no_input', `${path} can't be read: ${REASONS[code] ?? reasonOf(error)}`, { hint: 'check the path', cause: error });
}

/** What a value is, for a sentence: `a number`. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
