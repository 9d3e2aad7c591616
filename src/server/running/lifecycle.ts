import type { Service } from '../../app/service/service.js';
import { type Clock, systemClock } from '../../core/clock.js';
import { toMomError } from '../../core/error.js';
import type { Metrics } from '../../observe/metrics/metrics.js';
import type { RequestLog } from '../../observe/request-log.js';
import { type Access, accessOf } from '../access.js';
import { createGateway, type GatewayApp } from '../app.js';
import { handleChat } from '../chat/index.js';
import { createChatState } from '../chat/runs.js';
import type { GatewayDeps, RecordersOf } from '../context.js';
import { CONNECTION, type ConnectionLimits } from '../limits.js';
import { listen } from '../socket/listen.js';
import { drain } from './drain.js';
import { createReloader } from './reload.js';
import { createServiceHolder } from './services.js';
import { watchService } from './watch-service.js';

export interface GatewayOptions {
  /** A service of the configuration as it is now; asked at the start and for every reload. */
  open(): Promise<Service>;
  /** The user knows that others will reach it. */
  allowRemote: boolean;
  log: RequestLog;
  metrics: Metrics;
  recordersOf: RecordersOf;
  /** Told of every service before it is in force. */
  onService?(service: Service): void | Promise<void>;
  /** @default systemClock */
  clock?: Clock;
  /** @default CONNECTION */
  connection?: ConnectionLimits;
  /** How often the configuration's files are looked at, in milliseconds. @default WATCH_EVERY */
  watchEvery?: number;
}

/** A gateway that listens. */
export interface Gateway {
  /** With `/v1`. */
  url: string;
  port: number;
  access: Access;
  /** The service of the moment. */
  service(): Service;
  /** Requests under way. */
  inFlight(): number;
  /** Reads the configuration again; never throws. */
  reload(): Promise<void>;
  /**
   * Takes no new requests and lets those under way go on for as long as `serve.drain` says; what is left then is told that
   * mom stops. Settles when everything is closed.
   */
  drain(): Promise<void>;
}

/** Serves until it is drained. @throws MomError as `open` does, `usage` when it may not or can't listen there */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { open, log, metrics, recordersOf, allowRemote, onService, clock = systemClock, connection = CONNECTION, watchEvery } = options;
  const first = await open();
  try {
    const { serve } = first.settings;
    const access = accessOf(serve, allowRemote);
    await onService?.(first);
    const holder = createServiceHolder(first, (error) =>
      log.warn(`an old configuration could not be closed: ${toMomError(error).message}`),
    );
    const app = createApp({ lease: holder.acquire, metrics, log, recordersOf, clock }, access, connection);
    const listener = await listen({ host: serve.host, port: serve.port, fetch: app.fetch, limits: connection });
    watchService(metrics, holder);
    const accept = async (service: Service) => {
      accessOf({ host: serve.host, keys: service.settings.serve.keys }, allowRemote);
      await onService?.(service);
    };
    const reloader = createReloader({ holder, open, accept, log, clock, watchEvery });
    let draining: Promise<void> | null = null;
    return {
      url: listener.url,
      port: listener.port,
      access,
      service: holder.current,
      inFlight: app.requests.count,
      reload: reloader.reload,
      drain() {
        draining ??= drain({ app, listener, reloader, holder, log, clock });
        return draining;
      },
    };
  } catch (error) {
    await first.close();
    throw error;
  }
}

function createApp(deps: GatewayDeps, { isLoopback }: Access, { body }: ConnectionLimits): GatewayApp {
  const chatDeps = { ...deps, state: createChatState(deps.clock) };
  return createGateway(deps, { isLoopback, bodyTime: body, chat: (c, request) => handleChat(c, chatDeps, request) });
}
