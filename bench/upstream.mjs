import { createServer } from 'node:http';
import { markdownOf } from './history/markdown.mjs';

/**
 * An OpenAI-compatible upstream inside the bench process, so that arrivals are stamped with the clock that also stamps process starts.
 * A model id ends in `ttft=MS` (the whole answer follows at once), in `markdown=BYTES` (so much of it, at once) or in `hang`.
 * Every model gives its own answer.
 * @param options.models how many stand in the list of models; without it there is no list
 */
export async function startUpstream({ models = 0 } = {}) {
  const seen = { requests: [], sockets: new Set(), closedAt: 0 };
  const server = createServer((request, response) => {
    const entry = { at: performance.now(), url: request.url, firstTokenAt: 0, endedAt: 0 };
    seen.requests.push(entry);
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url.endsWith('/models') && models > 0) return void response.end(JSON.stringify({ data: listOf(models) }));
      if (request.method !== 'POST') return void response.writeHead(404).end('{"error":{"message":"not here"}}');
      const { model, stream } = JSON.parse(Buffer.concat(chunks).toString());
      if (model.endsWith('hang')) return;
      const answer = () => (stream ? streamAnswer(response, model, entry) : sendAnswer(response, model));
      setTimeout(answer, Number(/ttft=(\d+)/.exec(model)?.[1] ?? 0));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    seen.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      seen.sockets.delete(socket);
      seen.closedAt = performance.now();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    seen,
    reset() {
      seen.requests = [];
      seen.closedAt = 0;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const USAGE = { prompt_tokens: 20, completion_tokens: 60, total_tokens: 80, cost: 0.0001 };
const answerOf = (model) => `The answer of ${model}. ${'It has some words to read. '.repeat(10)}`;

/** The parts in which an answer comes. */
function partsOf(model) {
  const bytes = Number(/markdown=(\d+)/.exec(model)?.[1] ?? 0);
  return bytes > 0 ? markdownOf(bytes).match(/[\s\S]{1,200}/g) : answerOf(model).match(/\S+\s*/g);
}

/** A list as long as that of a provider of many vendors. */
function listOf(models) {
  const pricing = { prompt: '0.000001', completion: '0.000002' };
  return Array.from({ length: models }, (_, i) => ({
    id: `vendor${i % 40}/model-${i}`,
    name: `Model ${i}`,
    context_length: 128_000,
    architecture: { input_modalities: ['text'], output_modalities: ['text'] },
    pricing,
  }));
}

function sendAnswer(response, model) {
  const message = { role: 'assistant', content: answerOf(model) };
  const body = {
    id: 'gen-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: USAGE,
  };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function streamAnswer(response, model, entry) {
  const frame = (delta, rest = {}) => {
    const chunk = {
      id: 'gen-1',
      object: 'chat.completion.chunk',
      created: 1,
      model,
      choices: [{ index: 0, delta, finish_reason: null, ...rest }],
    };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(frame({ role: 'assistant', content: '' }));
  entry.firstTokenAt = performance.now();
  for (const part of partsOf(model)) response.write(frame({ content: part }));
  response.write(frame({}, { finish_reason: 'stop' }));
  response.end(
    `data: ${JSON.stringify({ id: 'gen-1', object: 'chat.completion.chunk', created: 1, model, choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`,
  );
  entry.endedAt = performance.now();
}
