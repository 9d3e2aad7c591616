import type { Clock } from '../../core/clock.js';
import { MomError } from '../../core/error.js';
import type { RequestLog } from '../../observe/request-log.js';
import type { GatewayApp } from '../app.js';
import { COME_BACK, LAST_WORDS } from '../limits.js';
import type { Listener } from '../socket/listen.js';
import type { Reloader } from './reload.js';
import type { ServiceHolder } from './services.js';

export interface Drained {
  app: GatewayApp;
  listener: Listener;
  reloader: Reloader;
  holder: ServiceHolder;
  log: RequestLog;
  clock: Clock;
}

/** Stops a gateway without losing an answer that comes in time. Settles when everything is closed. */
export async function drain({ app, listener, reloader, holder, log, clock }: Drained): Promise<void> {
  const { requests } = app;
  const time = holder.current().settings.serve.drain;
  app.stop();
  const stopped = listener.stop();
  const reloaded = reloader.close();
  const done = () => Promise.all([requests.idle(), listener.answered()]);
  if (!(await isWithin(time, done(), clock))) {
    const count = requests.count();
    log.warn(`stopping: ${count} ${count === 1 ? 'request is' : 'requests are'} cut after ${time / 1_000} s`);
    requests.abortAll(new MomError('overloaded', 'mom is stopping', { hint: 'ask again in a moment', retryAfterMs: COME_BACK.stopping }));
    await isWithin(LAST_WORDS, done(), clock);
  }
  await isWithin(LAST_WORDS, stopped, clock);
  listener.cut();
  await Promise.all([stopped, reloaded]);
  await holder.close();
}

async function isWithin(ms: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  let stopTimer = () => {};
  const late = new Promise<false>((resolve) => {
    stopTimer = clock.after(ms, () => resolve(false));
  });
  const isDone = await Promise.race([work.then(() => true), late]);
  stopTimer();
  return isDone;
}
