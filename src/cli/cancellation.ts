import { MomError } from '../core/error.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C and its like: the first one cancels the run, the second one ends mom at once. */
export interface Cancellation {
  signal: AbortSignal;
  /** The signal that came, null while none has. */
  received: NodeJS.Signals | null;
  /** Cancels for another reason. */
  abort(reason: MomError): void;
}

export function listenForSignals(): Cancellation {
  const controller = new AbortController();
  const cancellation: Cancellation = { signal: controller.signal, received: null, abort: (reason) => controller.abort(reason) };
  const onSignal = (name: NodeJS.Signals) => {
    if (cancellation.received !== null) {
      for (const each of SIGNALS) process.removeAllListeners(each);
      process.kill(process.pid, name);
      return;
    }
    cancellation.received = name;
    controller.abort(new MomError('cancelled', `cancelled by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return cancellation;
}
