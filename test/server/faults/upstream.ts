import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';

/** A server whose connections are known. */
export interface Place {
  port: number;
  /** Connections that are open now. */
  sockets(): number;
  close(): Promise<void>;
}

/** The sandbox behind a door that reads which calls it was billed for. */
export interface Billed extends Place {
  sandbox: Sandbox;
  /** US dollars of the calls since the last time this was asked, as the sandbox bills them; a cut call's are those of what was sent. */
  takeBills(): Promise<number>;
}

const GENERATION = /x-generation-id: (gen-[\w-]+)/gi;

export async function startBilledSandbox(): Promise<Billed> {
  const sandbox = await startSandbox({});
  let ids: string[] = [];
  const place = await listenRaw((socket) => {
    const inner = connect(sandbox.port, '127.0.0.1');
    inner.on('data', (bytes: Buffer) => {
      for (const [, id = ''] of bytes.toString('latin1').matchAll(GENERATION)) ids.push(id);
      socket.write(bytes);
    });
    socket.on('data', (bytes: Buffer) => inner.write(bytes));
    inner.on('error', () => {});
    inner.on('close', () => socket.destroySoon());
    socket.on('close', () => inner.destroy());
  });
  return {
    ...place,
    sandbox,
    async takeBills() {
      const billed = ids;
      ids = [];
      const costs = billed.map(async (id) => {
        const { data } = (await (await fetch(`${sandbox.url}/generation?id=${id}`)).json()) as { data: { total_cost: number } };
        return data.total_cost;
      });
      return (await Promise.all(costs)).reduce((sum, cost) => sum + cost, 0);
    },
    async close() {
      await place.close();
      await sandbox.close();
    },
  };
}

/** What a provider does that the sandbox cannot. */
export type Misdeed = (response: ServerResponse, body: { messages: { content: string }[] }, n: number) => void;

export interface RawProvider extends Place {
  /** Calls since the start. */
  requests(): number;
  /** Of these, the ones whose caller has gone before the end of the answer. */
  closed(): number;
  /** Calls that are not over. */
  active(): number;
}

const brokenHere = new WeakSet<ServerResponse>();

/** Ends the connection in the middle of an answer, behind these last words. */
export function breakOff(response: ServerResponse, words = ''): void {
  brokenHere.add(response);
  response.socket?.end(words);
}

/** A provider whose models are functions. A model is known by its name up to a slash. */
export async function startRawProvider(models: Record<string, Misdeed>): Promise<RawProvider> {
  const calls = new Map<string, number>();
  const sockets = new Set<Socket>();
  let requests = 0;
  let left = 0;
  let active = 0;
  // No connection serves twice: what one call does to its own is not seen by the next.
  const server = createHttpServer((request, response) => {
    active += 1;
    response.once('close', () => {
      active -= 1;
      if (!response.writableEnded && !brokenHere.has(response)) left += 1;
    });
    void readBody(request).then((text) => {
      const body = JSON.parse(text) as { model: string; messages: { content: string }[] };
      const n = (calls.get(body.model) ?? 0) + 1;
      calls.set(body.model, n);
      requests += 1;
      const misdeed = models[body.model.split('/')[0] as string];
      if (misdeed) misdeed(response, body, n);
      else response.writeHead(404).end();
    });
  });
  server.maxRequestsPerSocket = 1;
  server.on('connection', (socket) => follow(sockets, socket));
  const port = await bound(server);
  return {
    port,
    requests: () => requests,
    closed: () => left,
    sockets: () => sockets.size,
    active: () => active,
    close: () => closed(server, sockets),
  };
}

/** A server that is told of bare connections. */
export async function listenRaw(onSocket: (socket: Socket) => void): Promise<Place> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    follow(sockets, socket);
    onSocket(socket);
  });
  const port = await bound(server);
  return { port, sockets: () => sockets.size, close: () => closed(server, sockets) };
}

/** A port at which nobody listens. */
export async function freePort(): Promise<number> {
  const place = await listenRaw(() => {});
  await place.close();
  return place.port;
}

function follow(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => sockets.delete(socket));
}

async function bound(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
