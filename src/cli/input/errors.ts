import { isMomError, MomError, reasonOf } from '../../core/error.js';

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go in a circle',
};

/** Why `signal` was aborted, as the error to throw. */
export function abortReason(signal: AbortSignal, doing: string): MomError {
  return isMomError(signal.reason) ? signal.reason : new MomError('cancelled', `${doing} was cancelled`, { cause: signal.reason });
}

/** The failure to read `name`, with the system's reason in plain words. */
export function unreadable(name: string, error: unknown, hint = 'check the name, or leave it out'): MomError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? reasonOf(error);
  return new MomError('no_input', `${name} could not be read: ${reason}`, { hint, cause: error });
}
