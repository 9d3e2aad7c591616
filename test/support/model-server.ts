import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A provider that tells its models. */
export interface ModelServer {
  /** With `/v1`. */
  url: string;
  port: number;
  /** Method and path of each request, and the key it came with. */
  seen: string[];
}

export type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** An entry of a list in OpenRouter's shape. Dollars per token. */
export function entry(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    name: `The ${id}`,
    context_length: 100_000,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    pricing: { prompt: '0.00000125', completion: '0.00001' },
    top_provider: { context_length: 100_000, max_completion_tokens: null },
    supported_parameters: ['seed'],
    ...more,
  };
}

/** A few models as OpenRouter tells of them: a plain one, a free variant, one whose price is set by route, one that draws. */
export const MODELS = [
  entry('acme/gpt-9', { name: 'Acme: GPT-9', context_length: 400_000 }),
  entry('acme/gemma:free', { name: 'Gemma (free)', pricing: { prompt: '0', completion: '0' }, context_length: 131_072 }),
  entry('acme/auto', { name: 'Auto', pricing: { prompt: '-1', completion: '-1' }, context_length: 2_000_000 }),
  entry('acme/painter', {
    name: 'Painter \u001b[31m\u6f22\u5b57',
    pricing: { prompt: '0.000000075', completion: '0.0000003' },
    architecture: { input_modalities: ['text', 'image', 'file'], output_modalities: ['text', 'image'] },
    context_length: 32_768,
  }),
];

/** Answers like OpenRouter: a list, single models, and a word on the key. */
export function openrouter(models: readonly Record<string, unknown>[] = MODELS, key: Answer = acceptedKey): Answer {
  return (req, res) => {
    if (req.url === '/v1/key') return key(req, res);
    if (req.url === '/v1/models') return sendJson(res, 200, { data: models });
    const model = models.find(({ id }) => req.url === `/v1/model/${id}`);
    return model ? sendJson(res, 200, { data: model }) : sendJson(res, 404, { error: { code: 404, message: 'Model not found' } });
  };
}

function acceptedKey(_req: IncomingMessage, res: ServerResponse): void {
  sendJson(res, 200, { data: { label: 'sk-or-v1-0e6...1c96', limit: 5, limit_remaining: 4.2, usage: 0.8, is_free_tier: false } });
}

export function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Starts one that is gone when the test is over. */
export async function modelServer(answer: Answer = openrouter()): Promise<ModelServer> {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers.authorization ?? 'no key'}`);
    answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, port, seen };
}
