import { isMomError, MomError } from '../../core/error.js';
import { readTrouble } from '../../core/system/read-trouble.js';

/** Why `signal` was aborted, as the error to throw. */
export function abortReason(signal: AbortSignal, doing: string): MomError {
  return isMomError(signal.reason) ? signal.reason : new MomError('cancelled', `${doing} was cancelled`, { cause: signal.reason });
}

/** The failure to read `name`, with the system's reason in plain words. */
export function unreadable(name: string, error: unknown, hint = 'check the name, or leave it out'): MomError {
  return new MomError('no_input', `${name} could not be read: ${readTrouble(error)}`, { hint, cause: error });
}
