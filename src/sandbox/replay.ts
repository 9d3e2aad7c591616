import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { MomError } from '../core/error.js';
import type { Exchange } from '../core/exchange.js';
import { type Message, messageText } from '../core/message.js';
import { findCandidates } from './candidates.js';
import { readLines } from './jsonl.js';
import { BodyWriter } from './writer.js';

/** Sends a recorded response; the returned function says whether the recording broke off. */
export type Player = (response: ServerResponse) => () => boolean;

export interface Replay {
  /** The next exchange recorded for this request, the last one again and again; null when there is none. */
  find(path: string, request: { model: string; messages: readonly Message[] }): Player | null;
}

const HOP_HEADERS = new Set(['content-length', 'transfer-encoding', 'connection', 'content-encoding', 'keep-alive', 'set-cookie', 'date']);

/** @throws MomError `no_input` for a missing file, `input_invalid` with the line number for a broken one */
export async function loadReplay(file: string): Promise<Replay> {
  const exchanges = new Map<string, Exchange[]>();
  for (const { line, value } of await readLines(file, 'recording of exchanges')) {
    const exchange = value as Exchange | null;
    if (typeof exchange?.request?.path !== 'string' || !Array.isArray(exchange.response?.chunks)) {
      throw new MomError('input_invalid', `recording of exchanges ${file}, line ${line}: not {request, response}`, {
        hint: 'name a file that was recorded from exchanges with a provider',
      });
    }
    const body = exchange.request.body as { model?: string; messages?: Message[] } | null;
    const key = keyOf(exchange.request.path, { model: body?.model ?? '', messages: body?.messages ?? [] });
    exchanges.set(key, [...(exchanges.get(key) ?? []), exchange]);
  }
  return {
    find(path, request) {
      const queue = exchanges.get(keyOf(path, request));
      const exchange = queue !== undefined && queue.length > 1 ? queue.shift() : queue?.[0];
      return exchange === undefined ? null : (response) => play(exchange, response);
    },
  };
}

function play({ response: recorded }: Exchange, response: ServerResponse): () => boolean {
  const started = performance.now();
  const writer = new BodyWriter(response, null);
  const headers = Object.entries(recorded.headers).filter(([name]) => !HOP_HEADERS.has(name.toLowerCase()));
  response.writeHead(recorded.status, Object.fromEntries(headers));
  let next = 0;
  const pump = (): void => {
    for (let chunk = recorded.chunks[next]; chunk !== undefined; chunk = recorded.chunks[++next]) {
      const wait = chunk.t_ms - (performance.now() - started);
      if (wait > 1) {
        writer.after(wait, pump);
        return;
      }
      if (!writer.write(chunk.text)) return;
    }
    if (recorded.broken) writer.break();
    else writer.end();
  };
  pump();
  return () => writer.broken;
}

/** Nonces and the order of candidates are drawn anew in each run, so they are left out of what must match. */
function keyOf(path: string, { model, messages }: { model: string; messages: readonly Message[] }): string {
  const stable = messages.map((message) => {
    const text = messageText(message);
    const block = findCandidates(text);
    return [message.role, block === null ? message.content : block.candidates.map((candidate) => candidate.text).sort()];
  });
  const tail = path.slice(Math.max(0, path.lastIndexOf('/v1')));
  return createHash('sha256')
    .update(JSON.stringify([tail, model, stable]))
    .digest('hex');
}
