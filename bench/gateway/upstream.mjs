/**
 * An OpenAI-compatible upstream in a process of its own: node upstream.mjs. Prints its URL.
 * A model id may hold `ttft=MS` and `gap=MS` (milliseconds between the words). `GET /__seen` tells how many chat requests came
 * since the last time it was asked, and when the first tokens of the last ones left (milliseconds since the epoch).
 */
import { createServer } from 'node:http';

const WORDS = `Here is an answer that is made of some words. ${'It says a little more than is needed. '.repeat(6)}`.match(/\S+\s*/g);
const USAGE = { prompt_tokens: 20, completion_tokens: WORDS.length, total_tokens: 20 + WORDS.length, cost: 0.0001 };
let seen = [];

const number = (model, name) => Number(new RegExp(`${name}=(\\d+)`).exec(model)?.[1] ?? 0);
const epoch = () => performance.timeOrigin + performance.now();

/** The frames of a model's stream, which never change: made once, so that the upstream leaves the processors to whom is measured. */
const framesByModel = new Map();

function framesOf(model) {
  const known = framesByModel.get(model);
  if (known) return known;
  const head = { id: 'gen-1', object: 'chat.completion.chunk', created: 1, model };
  const frame = (delta, finish_reason = null) => `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const frames = {
    first: frame({ role: 'assistant', content: '' }),
    words: [model.split('/')[0], ' says: ', ...WORDS].map((content) => frame({ content })),
    finish: frame({}, 'stop'),
    last: `data: ${JSON.stringify({ ...head, choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`,
  };
  framesByModel.set(model, frames);
  return frames;
}

/** Each word is a write of its own, and so a chunk of its own. */
function stream(response, model, entry) {
  const { first, words, finish, last } = framesOf(model);
  const end = () => {
    response.write(finish);
    response.end(last);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(first);
  const gap = number(model, 'gap');
  entry.firstTokenAt = epoch();
  if (gap === 0) {
    for (const word of words) response.write(word);
    end();
    return;
  }
  let next = 0;
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer);
    else if (next < words.length) response.write(words[next++]);
    else {
      clearInterval(timer);
      end();
    }
  }, gap);
}

function whole(response, model, entry) {
  entry.firstTokenAt = epoch();
  const message = { role: 'assistant', content: `${model.split('/')[0]} says: ${WORDS.join('')}` };
  const body = { id: 'gen-1', object: 'chat.completion', created: 1, model, choices: [{ index: 0, message, finish_reason: 'stop' }] };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...body, usage: USAGE }));
}

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    const asked = request.url === '/__seen';
    response.writeHead(asked ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(asked ? { requests: seen.length, last: seen.slice(-64) } : { error: { message: 'not here' } }));
    if (asked) seen = [];
    return;
  }
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { model, stream: streamed } = JSON.parse(Buffer.concat(parts).toString());
    const entry = { model, firstTokenAt: 0 };
    seen.push(entry);
    const answer = () => (streamed ? stream : whole)(response, model, entry);
    const ttft = number(model, 'ttft');
    if (ttft === 0) answer();
    else setTimeout(answer, ttft);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/v1`));
