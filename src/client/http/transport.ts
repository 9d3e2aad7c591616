import type { ClientRequest, Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http';
import * as http from 'node:http';
import type { Clock } from '../../core/clock.js';
import { IncomingBody } from './incoming.js';
import { proxyFor } from './proxy.js';

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: string | null;
  /** Milliseconds until the connection must stand. */
  connect: number;
  signal: AbortSignal;
}

/** The part of a Web `Response` that is needed; Node's own would load all of undici. */
export interface HttpResponse {
  status: number;
  /** Names in lower case; repeated ones joined by a comma. */
  headers: Record<string, string>;
  /** Throws when the connection breaks off before the end. It is read once, and to its end unless `drain` or `close` is called. */
  body: AsyncIterable<Buffer>;
  /** Lets the rest of the body pass unread, so that the connection can serve again. */
  drain(): void;
  /** Closes the connection. */
  close(): void;
}

export interface Transport {
  /** Rejects with Node's own errors, with {@link ConnectLimitError} or {@link LostConnectionError}, or with the signal's reason. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Ends every connection, used or idle. */
  close(): void;
}

/** The connection did not stand in time. */
export class ConnectLimitError extends Error {
  readonly code = 'MOM_CONNECT_LIMIT';
}

/** The connection stood and was closed before an answer: the request may have been worked on, and be billed. */
export class LostConnectionError extends Error {
  /** Node's. */
  readonly code: string;

  constructor({ message, code = '' }: NodeJS.ErrnoException) {
    super(message);
    this.code = code;
  }
}

type Env = Readonly<Record<string, string | undefined>>;
type Send = (options: RequestOptions) => ClientRequest;

/** What the way to an address asks for: TLS or not, directly or through a proxy. */
interface Way {
  send: Send;
  options: RequestOptions;
  secure: boolean;
  host: string;
}

/** A busy gateway's calls come and go in waves: connections to one host that are kept for the next. */
const POOL = { keepAlive: true, maxFreeSockets: 1_024 } as const;

/** Addresses whose way is kept: a provider's few; those of single bills and models come and go. */
const MAX_WAYS = 100;

/** HTTP over node:http and, loaded when first needed, node:https and the proxy agent; connections are kept alive. */
export function createTransport(env: Env, clock: Clock): Transport {
  const agents = new Map<string, HttpAgent>();
  const ways = new Map<string, Way>();
  const agent = (key: string, make: () => HttpAgent): HttpAgent => {
    const known = agents.get(key) ?? make();
    agents.set(key, known);
    return known;
  };

  async function route(url: URL): Promise<Omit<Way, 'host'>> {
    const proxy = proxyFor(url, env);
    if (url.protocol === 'https:') {
      const https = await import('node:https');
      if (!proxy)
        return {
          send: https.request,
          options: { ...target(url), agent: agent('https', () => new https.Agent(POOL)) },
          secure: true,
        };
      const { HttpsProxyAgent } = await import('https-proxy-agent');
      const tunnel = agent(`tunnel ${proxy}`, () => new HttpsProxyAgent(proxy, POOL) as unknown as HttpAgent);
      return { send: https.request, options: { ...target(url), agent: tunnel }, secure: true };
    }
    const plain = agent('http', () => new http.Agent(POOL));
    if (!proxy) return { send: http.request, options: { ...target(url), agent: plain }, secure: false };
    const via = { ...target(proxy), path: url.href };
    const headers = proxy.username ? { 'proxy-authorization': basicAuth(proxy) } : {};
    if (proxy.protocol !== 'https:') return { send: http.request, options: { ...via, agent: plain, headers }, secure: false };
    const https = await import('node:https');
    return {
      send: https.request,
      options: { ...via, agent: agent('https', () => new https.Agent(POOL)), headers },
      secure: true,
    };
  }

  async function wayTo(address: string): Promise<Way> {
    const url = new URL(address);
    const way = { ...(await route(url)), host: url.host };
    if (ways.size >= MAX_WAYS) ways.clear();
    ways.set(address, way);
    return way;
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const way = ways.get(request.url) ?? (await wayTo(request.url));
    const options = { ...way.options, method: request.method, headers: allHeaders(request, way) };
    try {
      return await exchange(way.send, options, way.secure, request, clock);
    } catch (error) {
      // A kept-alive connection that the server closed just then says nothing about the server: ask again on a fresh one.
      if (!(error instanceof StaleConnectionError)) throw error;
      return exchange(way.send, { ...options, agent: false }, way.secure, request, clock);
    }
  }

  return {
    send,
    close() {
      for (const one of agents.values()) one.destroy();
      agents.clear();
      ways.clear();
    },
  };
}

class StaleConnectionError extends Error {}

function target(url: URL): RequestOptions {
  return {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (url.protocol === 'https:' ? 443 : 80),
    path: url.pathname + url.search,
  };
}

function basicAuth(proxy: URL): string {
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function allHeaders(request: HttpRequest, { host, options }: Way): Record<string, string> {
  const length: Record<string, string> = request.body === null ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
  // Without a word about it a server may compress its answer, which nobody here could read.
  return { host, 'accept-encoding': 'identity', ...request.headers, ...length, ...(options.headers as Record<string, string> | undefined) };
}

function exchange(send: Send, options: RequestOptions, secure: boolean, request: HttpRequest, clock: Clock): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { signal } = request;
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const req = send(options);
    let stood = false;
    let answered = false;
    const stopConnectClock = clock.after(request.connect, () => {
      const error = new ConnectLimitError('no connection in time');
      req.destroy(error);
      // A request whose proxy is still silent has no socket yet that could tell.
      reject(error);
    });
    const onAbort = () => {
      req.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const onConnection = () => {
      stood = true;
      stopConnectClock();
    };
    req.once('socket', (socket) => {
      if (req.reusedSocket || !(secure || socket.connecting)) onConnection();
      else socket.once(secure ? 'secureConnect' : 'connect', onConnection);
    });
    req.once('close', () => {
      stopConnectClock();
      signal.removeEventListener('abort', onAbort);
    });
    req.on('error', (error: NodeJS.ErrnoException) => {
      const closed = stood && !answered && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (!closed || signal.aborted) reject(error);
      else reject(req.reusedSocket ? new StaleConnectionError(error.message) : new LostConnectionError(error));
    });
    req.once('response', (res) => {
      answered = true;
      stopConnectClock();
      resolve(response(res));
    });
    req.end(request.body ?? undefined);
  });
}

function response(res: IncomingMessage): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(res.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const body = new IncomingBody(res);
  return {
    status: res.statusCode ?? 0,
    headers,
    body,
    drain: () => body.drain(),
    close: () => {
      res.destroy();
    },
  };
}
