import { createServer } from 'node:http';

/**
 * An OpenAI-compatible upstream inside the bench process, so that arrivals are stamped with the clock that also stamps process starts.
 * A model id ends in `ttft=MS` (the whole answer follows at once) or in `hang`. Every model gives its own answer.
 */
export async function startUpstream() {
  const seen = { requests: [], sockets: new Set(), closedAt: 0 };
  const server = createServer((request, response) => {
    const entry = { at: performance.now(), url: request.url, firstTokenAt: 0, endedAt: 0 };
    seen.requests.push(entry);
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
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
  for (const word of answerOf(model).match(/\S+\s*/g)) response.write(frame({ content: word }));
  response.write(frame({}, { finish_reason: 'stop' }));
  response.end(
    `data: ${JSON.stringify({ id: 'gen-1', object: 'chat.completion.chunk', created: 1, model, choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`,
  );
  entry.endedAt = performance.now();
}
