import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { MomError } from '../../core/error.js';
import { CONNECTION, type ConnectionLimits } from '../limits.js';
import { type Connections, followConnections } from './connections.js';
import { closeWaitingAnswers } from './pipelines.js';
import { sendStream } from './send-stream.js';

/** What the app gets beside a request. */
export interface Wire {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

export interface ListenOptions {
  host: string;
  /** 0 picks a free one. */
  port: number;
  fetch(request: Request, env: Wire): Response | Promise<Response>;
  /** @default CONNECTION */
  limits?: ConnectionLimits;
}

export interface Listener {
  /** `http://127.0.0.1:8000/v1` */
  url: string;
  port: number;
  /** No new connections; those without a request are closed, others when theirs is answered. Settles when all are gone. */
  stop(): Promise<void>;
  /** Settles when no answer is being waited for or written. */
  answered(): Promise<void>;
  /** Closes the connections that are left. */
  cut(): void;
}

/** @throws MomError `usage` when nobody can listen there */
export async function listen({ host, port, fetch, limits = CONNECTION }: ListenOptions): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const wire = env as Wire;
      const response = await fetch(request, wire);
      if (!isStream(response) || response.body === null) return response;
      // A client of HTTP/1.0 knows no chunks; it reads until the connection ends.
      if (wire.incoming.httpVersion === '1.0') response.headers.delete('transfer-encoding');
      sendStream(response, response.body, wire.outgoing);
      return RESPONSE_ALREADY_SENT;
    },
    hostname: host,
    serverOptions: {
      headersTimeout: limits.head,
      // The body has a limit of its own, which is told to the client; this one is for what never gets that far.
      requestTimeout: limits.head + limits.body,
      keepAliveTimeout: limits.idle,
      connectionsCheckingInterval: limits.check,
      noDelay: true,
    },
  }) as Server;
  // Whoever asks before sending is told to go on when the body is read, not before.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  closeWaitingAnswers(server);
  const connections = followConnections(server);
  await bind(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${inUrl(host)}:${bound}/v1`,
    port: bound,
    stop: () => stop(server, connections),
    answered: connections.answered,
    cut: () => server.closeAllConnections(),
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindError(error, host, port)));
    server.listen(port, bare(host), () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** The server's own `close` would cut answers that are written but have not left yet, so connections are ended here. */
async function stop(server: Server, connections: Connections): Promise<void> {
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const enough = connections.endIdle();
  await closed;
  enough();
  server.close();
}

const REASONS: Readonly<Record<string, { what: string; hint: string }>> = {
  EADDRINUSE: { what: 'the port is in use', hint: 'stop what listens there, or choose another with --port (0 picks a free one)' },
  EACCES: { what: 'that is not permitted', hint: 'use a port above 1023, such as --port 8000' },
  EADDRNOTAVAIL: { what: 'this machine does not have that address', hint: 'use 127.0.0.1, 0.0.0.0 or an address of this machine' },
  ENOTFOUND: { what: 'the name is not known', hint: 'use 127.0.0.1, 0.0.0.0 or an address of this machine' },
  EAI_AGAIN: { what: 'the name could not be looked up', hint: 'use 127.0.0.1, 0.0.0.0 or an address of this machine' },
};

function bindError(error: NodeJS.ErrnoException, host: string, port: number): MomError {
  const { what, hint } = REASONS[error.code ?? ''] ?? { what: error.message, hint: 'check --host and --port' };
  return new MomError('usage', `mom serve can't listen on ${inUrl(host)}:${port}: ${what}`, { hint, cause: error });
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}

/** IPv6 addresses may come with or without brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function inUrl(host: string): string {
  const name = bare(host);
  return name.includes(':') ? `[${name}]` : name;
}
