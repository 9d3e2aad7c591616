import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { probeModels } from '../../../src/config/providers/local.js';

async function probe(listener: RequestListener): Promise<string[]> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await probeModels(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('lists the chat models of a server', async () => {
  const found = await probe((request, response) =>
    response.end(JSON.stringify({ data: request.url === '/v1/models' ? [{ id: 'llama3.2' }, { id: 'nomic-embed-text' }] : [] })),
  );
  expect(found).toEqual(['llama3.2']);
});

it.each<[string, RequestListener]>([
  ['something else', (_, response) => response.end('<html>')],
  ['an error', (_, response) => response.writeHead(500).end('{"data":[{"id":"x"}]}')],
  ['a stream that breaks', (_, response) => response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy())],
  ['silence', () => undefined],
])('%s is no server', async (_, listener) => {
  expect(await probe(listener)).toEqual([]);
});
