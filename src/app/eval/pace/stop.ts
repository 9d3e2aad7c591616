import { setMaxListeners } from 'node:events';
import { isMomError, MomError, toMomError } from '../../../core/error.js';

/** Why nothing new is begun. What is under way is cut when its user or a failure ended it, and finished otherwise. */
export class Stop {
  readonly #controller = new AbortController();
  /** Cuts what is under way. */
  readonly signal = this.#controller.signal;
  /** The first reason that there was; a report says it. */
  reason: MomError | null = null;
  #failure: unknown = null;

  constructor(user: AbortSignal) {
    // Every run under way listens.
    setMaxListeners(0, this.signal);
    const onAbort = () => this.end(cancelledBy(user.reason));
    if (user.aborted) onAbort();
    else user.addEventListener('abort', onAbort, { once: true });
  }

  /** With a report on what there is, unless it is a bug. */
  end(error: unknown): void {
    if (!isMomError(error) || error.code === 'bug') {
      this.fail(error);
      return;
    }
    this.reason ??= error;
    if (error.code === 'cancelled') this.#controller.abort(error);
  }

  /** Without a report. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.reason ??= toMomError(error);
    this.#controller.abort(this.reason);
  }

  /** @throws why there can't even be a report on what there is */
  throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** @throws the reason, where there is one */
  throwIfEnded(): void {
    if (this.reason !== null) throw this.reason;
  }
}

function cancelledBy(reason: unknown): MomError {
  return isMomError(reason) && reason.code === 'cancelled'
    ? reason
    : new MomError('cancelled', 'the evaluation was cancelled', { cause: reason });
}
