import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { MomError } from '../core/error.js';
import type { Exchange } from '../core/exchange.js';
import { type Message, messageText } from '../core/message.js';
import { type Candidate, type CandidateBlock, findCandidates } from './candidates.js';
import { readLines } from './jsonl.js';
import { BodyWriter } from './writer.js';

/** Sends a recorded response; the returned function says whether the recording broke off. */
export type Player = (response: ServerResponse) => () => boolean;

export interface Replay {
  /** The next exchange recorded for this request, after the last one the first again; null when there is none. */
  find(request: { model: string; messages: readonly Message[] }): Player | null;
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
    if (!exchange.request.path.endsWith('/chat/completions')) continue;
    const body = exchange.request.body as { model?: string; messages?: Message[] } | null;
    const key = keyOf({ model: body?.model ?? '', messages: body?.messages ?? [] });
    exchanges.set(key, [...(exchanges.get(key) ?? []), exchange]);
  }
  return {
    find(request) {
      const queue = exchanges.get(keyOf(request));
      const exchange = queue?.shift();
      if (queue === undefined || exchange === undefined) return null;
      // Back to the end of the line: a second run gets what the first one got.
      queue.push(exchange);
      return (response) => play(exchange, response);
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

/** The nonce, labels and order of a critic's candidates are drawn anew in each run, so they are left out of what must match. */
function keyOf({ model, messages }: { model: string; messages: readonly Message[] }): string {
  const last = messages.at(-1);
  const block = last === undefined ? null : findCandidates(messageText(last));
  const stable = messages.map((message) => {
    const { role, content, tool_calls, tool_call_id } = message;
    const images = Array.isArray(content) ? content.filter((part) => part.type !== 'text') : [];
    const candidates = block !== null && message === last ? block.candidates.map((candidate) => candidate.text).sort() : [];
    return [role, stableText(messageText(message), block), candidates, images, tool_calls, tool_call_id];
  });
  return createHash('sha256')
    .update(JSON.stringify([model, stable]))
    .digest('hex');
}

function stableText(text: string, block: CandidateBlock | null): string {
  if (block === null) return text;
  const { nonce, candidates } = block;
  return candidates
    .reduce((rest, candidate) => rest.replace(fence(candidate, nonce), () => '<candidate>'), text)
    .replaceAll(nonce, '<nonce>');
}

function fence({ label, text }: Candidate, nonce: string): string {
  return `<candidate ${label} ${nonce}>\n${text}\n</candidate ${label} ${nonce}>`;
}
