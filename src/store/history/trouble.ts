import type { MomError } from '../../core/error.js';
import { type StoreWords, storeTrouble } from '../store-trouble.js';

/** Budgets stand in the same file. */
const WORDS: StoreWords = {
  failed: "the history can't be used",
  meanwhile: 'until then runs wait as journals',
  anew: 'waiting runs then go into a new one, and budgets count from 0',
};

/** Any failure of the store at `path` with what to do about it. */
export function storeFailed(path: string, error: unknown): MomError {
  return storeTrouble(path, error, WORDS);
}
