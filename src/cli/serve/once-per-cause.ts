import type { Clock } from '../../core/clock.js';
import type { MomError } from '../../core/error.js';

/** After so long the same trouble is told again (milliseconds): it is still there, or there again. */
const TOLD_FOR = 3_600_000;

/**
 * Tells why a record could not be written, but not for every run anew: a full disk would fill the log.
 * @param what kind of record; each has its own causes
 */
export function oncePerCause(warn: (message: string) => void, clock: Clock): (what: string) => (error: MomError) => void {
  const told = new Map<string, number>();
  return (what) => (error) => {
    const cause = `${what} ${causeOf(error)}`;
    const now = clock.now();
    if (now - (told.get(cause) ?? Number.NEGATIVE_INFINITY) < TOLD_FOR) return;
    told.set(cause, now);
    warn(`${error.message}; other runs with the same trouble are not named for an hour${error.hint === null ? '' : `; ${error.hint}`}`);
  };
}

/** Of an error of the system its code: its message names a file that is another one for every run. */
function causeOf({ cause, message }: MomError): string {
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
}
