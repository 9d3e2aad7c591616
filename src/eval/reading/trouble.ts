import { MomError } from '../../core/error.js';
import { readTrouble } from '../../core/system/read-trouble.js';

/** What is wrong with a place of a file. @param where the file, or `FILE, line 3` */
export function invalid(where: string, what: string, hint: string): MomError {
  return new MomError('input_invalid', `${where}: ${what}`, { hint });
}

/** The failure to read a file or a folder, with the system's reason in plain words. */
export function unreadable(path: string, error: unknown): MomError {
  return new MomError('no_input', `${path} can't be read: ${readTrouble(error)}`, { hint: 'check the path', cause: error });
}

/** What a value is, for a sentence: `a number`. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
