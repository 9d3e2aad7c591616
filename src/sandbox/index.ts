import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MomError } from '../core/error.js';
import { sendAnswer } from './answer.js';
import { type Bill, BillBook, pricesOf } from './bills.js';
import { findModel, listModels } from './catalogue.js';
import { parseEmbeddingModel, parseEmbeddingRequest, sendEmbeddings } from './embedding.js';
import { type Behaviour, withoutFaults } from './items.js';
import { resolveModel } from './models.js';
import { loadRecordings, type Recordings } from './recorded.js';
import { refuse, sendError, sendJson } from './refusal.js';
import { loadReplay, type Replay } from './replay.js';
import { composeReply } from './reply.js';
import { type ChatRequest, parseChatRequest } from './request.js';
import { type SandboxStats, StatsRecorder } from './stats.js';

export interface SandboxOptions {
  /** 0, the default, picks a free one. */
  port?: number;
  /** Decides all chance. @default 1 */
  seed?: number;
  /** Files of recorded answers. */
  recorded?: readonly string[];
  /** A file of recorded exchanges that all chat requests are answered from. */
  replay?: string;
  /** False: no answer names its cost, as with providers that tell tokens only. @default true */
  reportsCost?: boolean;
  /** Required of every call when given. */
  apiKey?: string;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT/v1` */
  url: string;
  port: number;
  stats(options?: { bodies?: boolean }): SandboxStats;
  reset(): void;
  /** Ends at once, whatever still hangs. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const DEFAULT_SEED = 1;

interface House {
  options: SandboxOptions;
  recordings: Recordings;
  replay: Replay | null;
  stats: StatsRecorder;
  bills: BillBook;
  /** Requests for embeddings by model; `/__stats` counts chat calls only. */
  embeddings: Map<string, number>;
}

/**
 * Starts the embedded upstream on loopback.
 * @throws MomError `no_input` or `input_invalid` for a file, `usage` for a port in use
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const house: House = {
    options,
    recordings: await loadRecordings(options.recorded ?? []),
    replay: options.replay === undefined ? null : await loadReplay(options.replay),
    stats: new StatsRecorder(),
    bills: new BillBook(),
    embeddings: new Map(),
  };
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => handle(house, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
      reject(
        new MomError('usage', `the sandbox can't listen on port ${options.port ?? 0}: ${reason}`, {
          hint: 'use --port 0 for any free port',
          cause: error,
        }),
      );
    });
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    stats: ({ bodies } = {}) => house.stats.snapshot(bodies),
    reset: () => reset(house),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function handle(house: House, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  });
  // What is too long is read to its end all the same: a client that still writes may not see an early answer.
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES) sendError(response, 413, `the request body is longer than ${MAX_BODY_BYTES} bytes`);
    else route(house, request, response, Buffer.concat(chunks).toString('utf8'));
  });
}

function route(house: House, request: IncomingMessage, response: ServerResponse, body: string): undefined {
  const [pathname = '', query] = (request.url ?? '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const path = pathname.replace(/^\/api\/v1/, '/v1');
  const key = house.options.apiKey;
  const route = `${request.method} ${path}`;
  if (route === 'GET /__stats') return sendJson(response, 200, house.stats.snapshot(parameters.get('bodies') === '1'));
  if (route === 'POST /__reset') {
    reset(house);
    return sendJson(response, 200, { ok: true });
  }
  if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
    return sendError(response, 401, request.headers.authorization === undefined ? 'No auth credentials found' : 'User not found.');
  }
  if (route === 'POST /v1/chat/completions') return chat(house, response, body);
  if (route === 'POST /v1/embeddings') return embed(house, response, body);
  if (route === 'GET /v1/models') return sendJson(response, 200, { data: listModels(house.recordings) });
  if (route.startsWith('GET /v1/model/')) {
    const data = findModel(path.slice('/v1/model/'.length), house.recordings);
    return data === null ? sendError(response, 404, 'Model not found') : sendJson(response, 200, { data });
  }
  if (route === 'GET /v1/generation') {
    const id = parameters.get('id') ?? '';
    const data = house.bills.look(id);
    return data === null ? sendError(response, 404, `Generation ${id} not found`) : sendJson(response, 200, { data });
  }
  sendError(response, 404, `the sandbox has no ${route}`);
}

function chat(house: House, response: ServerResponse, body: string): undefined {
  const request = parseChatRequest(body);
  if (typeof request === 'string') return sendError(response, 400, request);
  const { number, leave } = house.stats.enter(request.model, body);
  let brokenHere = (): boolean => false;
  response.on('close', () => leave(!response.writableFinished && !brokenHere()));
  if (house.replay !== null) {
    const player = house.replay.find(request);
    if (player === null) return sendError(response, 404, `no recorded exchange of ${request.model} for these messages`);
    brokenHere = player(response);
    return;
  }
  const resolution = resolveModel(request, house.recordings);
  if ('status' in resolution) return sendError(response, resolution.status, resolution.message);
  const asked = resolution.behaviour;
  const healthy = asked.fail !== null && number > asked.fail;
  const cured = healthy ? withoutFaults(asked) : asked;
  const behaviour = house.options.reportsCost === false ? { ...cured, nocost: true } : cured;
  const { model, fields } = request;
  const seed = house.options.seed ?? DEFAULT_SEED;
  if (refuse(response, behaviour, { model, fields, number, seed })) return;
  const bill = newBill(request, resolution.resolvedModel, behaviour);
  house.bills.add(bill);
  const reply = composeReply(request, behaviour, { recordedText: resolution.recordedText, number, seed });
  const writer = sendAnswer(response, { behaviour, reply, bill });
  brokenHere = () => writer.broken;
  response.on('close', () => {
    bill.cancelled = !response.writableFinished && !writer.broken;
  });
}

function embed(house: House, response: ServerResponse, body: string): undefined {
  const request = parseEmbeddingRequest(body);
  if (typeof request === 'string') return sendError(response, 400, request);
  const asked = parseEmbeddingModel(request.model);
  if (asked === null) return sendError(response, 400, `${request.model} is not a valid model ID`);
  const number = (house.embeddings.get(request.model) ?? 0) + 1;
  house.embeddings.set(request.model, number);
  const behaviour = asked.fail !== null && number > asked.fail ? withoutFaults(asked) : asked;
  const { model, fields } = request;
  const refused = refuse(response, behaviour, { model, fields, number, seed: house.options.seed ?? DEFAULT_SEED });
  if (!refused) sendEmbeddings(response, request, behaviour);
}

function reset(house: House): void {
  house.stats.reset();
  house.embeddings.clear();
}

let generations = 0;

function newBill(request: ChatRequest, model: string, behaviour: Behaviour): Bill {
  const id = `gen-${Date.now().toString(36)}-${++generations}`;
  const prices = pricesOf(behaviour);
  return {
    id,
    model,
    prices,
    streamed: request.stream,
    cancelled: false,
    finishReason: null,
    inputTokens: request.inputTokens,
    textTokens: 0,
    reasoningTokens: 0,
  };
}
