import { MomError } from '../../core/error.js';

const STOP = ['SIGINT', 'SIGTERM'] as const;

/** What the operator tells a server that runs. */
export interface ServeSignals {
  /** Resolves with the first signal that stops it; a second one ends the process at once. */
  stopped: Promise<NodeJS.Signals>;
  /** Aborts likewise, for what can't be waited for. */
  signal: AbortSignal;
  /** Called for each SIGHUP, which never ends the server. */
  onReload(reload: () => void): void;
}

export function listenForServeSignals(): ServeSignals {
  const controller = new AbortController();
  let reload = () => {};
  process.on('SIGHUP', () => reload());
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    const onStop = (name: NodeJS.Signals) => {
      if (!controller.signal.aborted) {
        controller.abort(new MomError('cancelled', `stopped by ${name}`));
        resolve(name);
        return;
      }
      for (const each of STOP) process.removeAllListeners(each);
      process.kill(process.pid, name);
    };
    for (const name of STOP) process.on(name, onStop);
  });
  return {
    stopped,
    signal: controller.signal,
    onReload: (next) => {
      reload = next;
    },
  };
}
