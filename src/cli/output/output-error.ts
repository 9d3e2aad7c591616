import { MomError, reasonOf } from '../../core/error.js';

/** @param where The file as the user named it, or `stdout`. */
export function outputError(where: string, cause: unknown): MomError {
  const reason = reasonOf(cause);
  return new MomError('output_failed', `${where} could not be written: ${reason}`, {
    hint: 'make room or write somewhere else',
    cause,
  });
}
