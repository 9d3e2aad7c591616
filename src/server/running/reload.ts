import type { Service } from '../../app/service/service.js';
import type { ServeSettings } from '../../config/wishes.js';
import type { Clock } from '../../core/clock.js';
import { errorLine, toMomError } from '../../core/error.js';
import type { RequestLog } from '../../observe/request-log.js';
import { SETTLE, WATCH_EVERY } from '../limits.js';
import type { ServiceHolder } from './services.js';
import { watchFiles } from './watch.js';

export interface ReloaderOptions {
  holder: ServiceHolder;
  /** A service of the configuration as it is now. */
  open(): Promise<Service>;
  /** Throws a MomError when the server can't go on with it. */
  accept(service: Service): void | Promise<void>;
  log: RequestLog;
  clock: Clock;
  /** Milliseconds. @default WATCH_EVERY */
  watchEvery?: number | undefined;
}

export interface Reloader {
  /** Reads the configuration again; never throws. Calls while one is under way share the next one. */
  reload(): Promise<void>;
  /** No more reloads; settles when the last one is over. */
  close(): Promise<void>;
}

/** Puts a new service in the place of the old one whenever a file of the configuration changes. A bad one changes nothing. */
export function createReloader({ holder, open, accept, log, clock, watchEvery = WATCH_EVERY }: ReloaderOptions): Reloader {
  const started = holder.current().settings.serve;
  const watch = watchFiles(watchEvery, settle);
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let stopTimer = () => {};
  let isClosed = false;
  watch.set(holder.current().configFiles);

  function settle(): void {
    stopTimer();
    stopTimer = clock.after(SETTLE, () => void reload());
  }

  function reload(): Promise<void> {
    if (isClosed) return Promise.resolve();
    if (!running) {
      running = readAgain().finally(() => {
        running = null;
      });
      return running;
    }
    // What is being read may be older than what this caller has in mind.
    next ??= running.then(() => {
      next = null;
      return reload();
    });
    return next;
  }

  async function readAgain(): Promise<void> {
    try {
      const service = await opened();
      if (!service) return;
      holder.replace(service);
      watch.set(service.configFiles);
      tell(service);
    } catch (thrown) {
      log.warn(`the configuration was not taken over, the old one stays in force: ${errorLine(toMomError(thrown))}`);
    }
  }

  /** Null when the server has begun to stop meanwhile. */
  async function opened(): Promise<Service | null> {
    const service = await open();
    let isWanted = false;
    try {
      if (isClosed) return null;
      await accept(service);
      isWanted = !isClosed;
      return isWanted ? service : null;
    } finally {
      if (!isWanted) await service.close();
    }
  }

  function tell(service: Service): void {
    const { serve } = service.settings;
    log.note(`the configuration was read again; in force for new requests: ${inForce(serve)}`);
    for (const name of ['host', 'port'] as const) {
      if (serve[name] !== started[name])
        log.warn(`serve.${name} is now ${serve[name]}: restart mom serve to use it, until then it is ${started[name]}`);
    }
    for (const { message } of service.warnings) log.warn(message);
  }

  return {
    reload,
    async close() {
      isClosed = true;
      stopTimer();
      watch.close();
      await running;
    },
  };
}

function inForce({ keys, requestsPerMinute, concurrency, maxInFlight }: ServeSettings): string {
  return [
    keys.length === 0 ? 'no key' : `${keys.length === 1 ? 'the key' : 'the keys'} ${keys.map(({ name }) => name).join(', ')}`,
    requestsPerMinute === null ? 'any number of requests a minute' : `${requestsPerMinute} requests a minute per client`,
    ...(concurrency === null ? [] : [`${concurrency} at once per client`]),
    `${maxInFlight} at once in all`,
  ].join(', ');
}
