import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Place } from '../support/cli.js';

export interface KeyedUpstream {
  /** With `/v1`. */
  url: string;
  /** Scheme, host and port. */
  address: string;
  /** What clients have shown, in order; null where they have shown nothing. */
  shown: (string | null)[];
}

/** A provider that answers with the key that it was shown. */
export async function startKeyed(): Promise<KeyedUpstream> {
  const shown: (string | null)[] = [];
  const server = createServer(async (request, response) => {
    await request.toArray();
    const key = request.headers.authorization?.replace('Bearer ', '') ?? null;
    if (!request.url?.endsWith('/chat/completions')) return void response.writeHead(404).end('{}');
    shown.push(key);
    const chunk = (fields: object) => `data: ${JSON.stringify({ id: 'gen-1', model: 'm', ...fields })}\n\n`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ choices: [{ index: 0, delta: { content: `shown: ${key}` }, finish_reason: null }] }));
    response.end(
      `${chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 1 } })}data: [DONE]\n\n`,
    );
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${address}/v1`, address, shown };
}

/** A configuration of its own for `--config`. */
export function ownConfig(place: Place, config: object): string {
  const file = join(place.cwd, 'own.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}
