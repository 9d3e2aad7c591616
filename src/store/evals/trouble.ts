import type { MomError } from '../../core/error.js';
import { type StoreWords, storeTrouble } from '../store-trouble.js';

const KEPT: StoreWords = {
  failed: "evaluations can't be kept",
  meanwhile: 'with --no-log an evaluation needs no store',
  anew: 'evaluations then begin a new one, and ask everything again',
};

const PASSING: StoreWords = {
  failed: "the evaluation can't be held in the temporary folder",
  meanwhile: 'TMPDIR names another folder',
  anew: 'the evaluation begins anew',
};

/** Any failure of the store of evaluations at `path` with what to do about it. */
export function evalsFailed(path: string, error: unknown): MomError {
  return storeTrouble(path, error, KEPT);
}

/** Of one that is not kept. */
export function passingFailed(path: string, error: unknown): MomError {
  return storeTrouble(path, error, PASSING);
}
