import OpenAI, {
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { makeParseableResponseFormat } from 'openai/lib/parser';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { acts, cleanups, type Served, says, serve } from './served.js';

const KEY = 'key-of-the-client';
const LOOK = acts([
  {
    say: 'I look.',
    calls: [
      { name: 'read', arguments: { path: 'a.txt' } },
      { name: 'read', arguments: { path: 'b.txt' } },
    ],
  },
  { say: 'Done.' },
]);
const PANEL = [says('One'), says('Two'), says('Three')];
/** Hangs when it is asked first, then answers. */
const LATE = says('At last.', 'hang', 'fail=1');
const WRITER = says('The answer.');

const done = cleanups();
let served: Served;
let client: OpenAI;

beforeAll(async () => {
  const key = (name: string, more = {}) => ({ name, key: `key-of-${name}`, ...more });
  const mixture = (...critic: string[]) => ({ proposers: PANEL, critic });
  served = await serve(
    {
      mixtures: { default: mixture(LOOK), late: mixture(LATE), plain: mixture(WRITER), broken: mixture(says('This breaks off', 'err=2')) },
      serve: { heartbeat: '200ms', keys: [key('the-client'), key('slow', { requests_per_minute: 1 })] },
    },
    done.add,
  );
  client = openai();
});
afterAll(done.run);
beforeEach(() => served.sandbox.reset());

function openai(options: { apiKey?: string; maxRetries?: number; timeout?: number } = {}): OpenAI {
  return new OpenAI({ baseURL: served.url, apiKey: KEY, maxRetries: 0, ...options });
}

const messages = [{ role: 'user' as const, content: 'What is in the files?' }];
const thrown = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error as APIError);

describe('answers', () => {
  it('come whole', async () => {
    const { choices, usage } = await client.chat.completions.create({ model: 'mom', messages });
    expect(choices).toMatchObject([{ index: 0, message: { role: 'assistant', content: 'I look.' }, finish_reason: 'stop' }]);
    expect(usage).toMatchObject({ completion_tokens: 2 });
  });

  it('stream to the helper of the package, which wants a choice in every chunk', async () => {
    const stream = client.chat.completions.stream({ model: 'mom', messages, stream_options: { include_usage: true } });
    const snapshots: string[] = [];
    stream.on('content', (_delta, snapshot) => void snapshots.push(snapshot));
    const { choices, usage } = await stream.finalChatCompletion();
    expect(choices[0]).toMatchObject({ message: { content: 'I look.' }, finish_reason: 'stop' });
    expect(snapshots.at(-1)).toBe('I look.');
    expect(usage).toMatchObject({ completion_tokens: 2 });
  });

  it('come without what a model thinks', async () => {
    for (const item of ['reason', 'think']) {
      const stream = await client.chat.completions.create({ model: says('Plain.', item), messages, stream: true });
      const frames: OpenAI.ChatCompletionChunk[] = [];
      for await (const frame of stream) frames.push(frame);
      expect(frames.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Plain.');
      expect(new Set(frames.flatMap(({ choices }) => Object.keys(choices[0]?.delta ?? {})))).toEqual(new Set(['role', 'content']));
    }
  });

  it('are waited for, with a sign of life as often as wanted', async () => {
    const asked = { model: says('Slow.', 'ttft=1500'), messages, stream: true as const };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
    const raw = await fetch(`${served.url}/chat/completions`, { method: 'POST', headers, body: JSON.stringify(asked) });
    expect((await raw.text()).split('\n').filter((line) => line.startsWith(':')).length).toBeGreaterThanOrEqual(3);
    const stream = client.chat.completions.stream({ model: asked.model, messages });
    expect((await stream.finalMessage()).content).toBe('Slow.');
  });

  it('end upstream when the reader leaves the loop', async () => {
    const model = 'sandbox/len=400,tps=20';
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await vi.waitFor(() => expect(served.sandbox.stats().models[model]?.cancelled).toBe(1));
  });

  it('keep huge wishes for output out of the way of models that refuse them', async () => {
    const model = says('Short.', 'maxout=4096');
    const { choices } = await client.chat.completions.create({ model, messages, max_completion_tokens: 128_000 });
    expect(choices[0]?.message.content).toBe('Short.');
    const older = await client.chat.completions.create({ model, messages, max_tokens: 1_000_000 });
    expect(older.choices[0]?.message.content).toBe('Short.');
  });

  it('show every model the images and files, to the letter', async () => {
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: 'text', text: 'What are these?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
    ];
    const { choices } = await client.chat.completions.create({ model: 'mom/plain:fuse', messages: [{ role: 'user', content }] });
    expect(choices[0]?.message.content).toBe('The answer.');
    for (const model of PANEL) expect(served.bodies(model)[0]?.messages.at(-1)?.content).toEqual(content);
    const [critic] = served.bodies(WRITER);
    expect(critic?.messages.at(-1)?.content).toEqual(expect.arrayContaining(content));
  });

  it('take a prompt of 84 kB', async () => {
    const long = [{ role: 'system' as const, content: 'rules of the house, '.repeat(4_200) }, ...messages];
    const { choices, usage } = await client.chat.completions.create({ model: 'mom/plain:fuse', messages: long });
    expect(choices[0]?.message.content).toBe('The answer.');
    expect(usage?.prompt_tokens).toBeGreaterThan(20_000);
    for (const model of PANEL) expect(served.bodies(model)[0]?.messages[0]?.content).toContain(long[0]?.content);
  });
});

describe('tools', () => {
  const read = (seen: unknown[]) => ({
    type: 'function' as const,
    function: {
      name: 'read',
      description: 'reads',
      parameters: { type: 'object' },
      function: (args: string) => {
        seen.push(JSON.parse(args));
        return 'text';
      },
    },
  });

  it.each([true, false])('run in a whole loop, parallel calls and all; stream: %s', async (stream) => {
    const seen: unknown[] = [];
    const { runTools } = client.chat.completions;
    const asked = { model: 'mom', messages, tools: [read(seen)] };
    const call = runTools.bind(client.chat.completions);
    const runner = stream ? call({ ...asked, stream: true }) : call(asked);
    expect(await runner.finalContent()).toBe('Done.');
    expect(seen).toEqual([{ path: 'a.txt' }, { path: 'b.txt' }]);
    expect(served.counts()).toEqual({ ...Object.fromEntries(PANEL.map((model) => [model, 1])), [LOOK]: 2 });
  });

  it('are told in the older form to those who offer functions', async () => {
    const functions = [{ name: 'read', description: 'reads', parameters: { type: 'object' } }];
    const first = await client.chat.completions.create({ model: 'mom', messages, functions });
    const said = first.choices[0]?.message;
    expect(first.choices[0]?.finish_reason).toBe('function_call');
    expect(said).toEqual({ role: 'assistant', content: 'I look.', function_call: { name: 'read', arguments: '{"path":"a.txt"}' } });
    const turns = [...messages, said as OpenAI.ChatCompletionMessage, { role: 'function' as const, name: 'read', content: 'text' }];
    const second = await client.chat.completions.create({ model: 'mom', messages: turns, functions });
    expect(second.choices[0]).toMatchObject({ message: { content: 'Done.' }, finish_reason: 'stop' });
    const streamed = await client.chat.completions.stream({ model: 'mom', messages, functions }).finalMessage();
    expect(streamed.function_call).toMatchObject({ name: 'read', arguments: '{"path":"a.txt"}' });
  });
});

describe('JSON that fits a schema', () => {
  const schema = { type: 'object', properties: { city: { type: 'string' }, people: { type: 'integer' } }, required: ['city', 'people'] };
  const format = makeParseableResponseFormat({ type: 'json_schema', json_schema: { name: 'place', schema, strict: true } }, (text) => {
    const { city, people } = JSON.parse(text) as { city: string; people: number };
    return { city, people };
  });
  const asked = { messages, response_format: format };

  it('is parsed by the package, whole and streamed', async () => {
    const whole = await client.chat.completions.parse({ model: 'sandbox/json', ...asked });
    expect(whole.choices[0]?.message.parsed).toEqual({ city: 'simulated', people: expect.any(Number) });
    const streamed = await client.chat.completions.stream({ model: 'sandbox/json', ...asked }).finalChatCompletion();
    expect(streamed.choices[0]?.message.parsed).toEqual(whole.choices[0]?.message.parsed);
  });

  it('is repaired once, where a model breaks it', async () => {
    const model = 'sandbox/json,jsonbad=1';
    const answer = await client.chat.completions.parse({ model, ...asked });
    expect(answer.choices[0]?.message.parsed).toEqual({ city: 'simulated', people: expect.any(Number) });
    expect(served.counts()).toEqual({ [model]: 2 });
  });

  it('is never feigned, and the package asks no second time for what cost money', async () => {
    const model = 'sandbox/json,jsonbad=9';
    const error = await thrown(openai({ maxRetries: 2 }).chat.completions.parse({ model, ...asked }));
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 502, code: 'schema_mismatch' });
    expect(served.counts()).toEqual({ [model]: 2 });
  });
});

describe('models and embeddings', () => {
  it('are listed and found, slashes in their names and all', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['mom', 'mom/late', 'mom:single']));
    expect(ids).toContain(ids[0] as string);
    for (const id of ['mom', 'mom/late', 'mom/late:single', 'sandbox/say=x'])
      expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model' });
    expect(await thrown(client.models.retrieve('mom/nobody'))).toMatchObject({ status: 404, code: 'model_not_found' });
  });

  it('come as numbers, whichever way the package asks for them', async () => {
    const asked = { model: 'sandbox/embed', input: ['red apples', 'green pears'] };
    const packed = await client.embeddings.create(asked);
    const plain = await client.embeddings.create({ ...asked, encoding_format: 'float' });
    expect(packed.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 256],
      [1, 256],
    ]);
    for (const [i, { embedding }] of plain.data.entries())
      for (const [j, value] of embedding.entries()) expect(packed.data[i]?.embedding[j]).toBeCloseTo(value, 5);
    expect(plain.data[0]?.embedding).not.toEqual(plain.data[1]?.embedding);
  });
});

describe('what goes wrong', () => {
  const ask = (body: object, from = client) => thrown(from.chat.completions.create({ model: 'mom', messages, ...body } as never));

  it('is an error class of the package, with code and field', async () => {
    const wrongKey = await ask({}, openai({ apiKey: 'another' }));
    expect(wrongKey).toBeInstanceOf(AuthenticationError);
    expect(wrongKey).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
    const nobody = await ask({ model: 'mom/nobody' });
    expect(nobody).toBeInstanceOf(NotFoundError);
    expect(nobody).toMatchObject({
      code: 'model_not_found',
      param: 'model',
      message: expect.stringContaining("there is no model 'mom/nobody'"),
    });
    const malformed = await ask({ temperature: 'hot' });
    expect(malformed).toBeInstanceOf(BadRequestError);
    expect(malformed).toMatchObject({ param: 'temperature', message: '400 temperature must be a number, not a string' });
    expect(malformed?.requestID).toMatch(/^req_/);
    const slow = openai({ apiKey: 'key-of-slow' });
    await slow.chat.completions.create({ model: 'sandbox/say=x', messages });
    const limited = await ask({}, slow);
    expect(limited).toBeInstanceOf(RateLimitError);
    expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(Number(limited?.headers?.get('retry-after'))).toBeGreaterThan(0);
    const tooLong = await ask({ model: 'sandbox/say=x', messages: [{ role: 'user', content: 'x'.repeat(33 * 2 ** 20) }] });
    expect(tooLong).toMatchObject({ status: 413, code: 'request_too_large' });
  });

  it('is thrown from the middle of a stream', async () => {
    let text = '';
    const read = async () => {
      const stream = await client.chat.completions.create({ model: 'mom/broken:fuse', messages, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    };
    const error = await thrown(read());
    expect(text).toBe('This breaks');
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ type: 'server_error', status: undefined });
  });

  it('is tried again by the package, after as long as mom says, where nothing was spent', async () => {
    const model = says('Back again.', 'e503=1', 'fail=1', 'ra=1');
    const started = performance.now();
    const { choices } = await openai({ maxRetries: 1 }).chat.completions.create({ model, messages });
    expect(choices[0]?.message.content).toBe('Back again.');
    expect(performance.now() - started).toBeGreaterThan(990);
    expect(served.counts()).toEqual({ [model]: 2 });
  });

  it.each([true, false])('after its own time limit the package asks again, and no proposer is paid twice; stream: %s', async (stream) => {
    const asked = { model: 'mom/late:fuse', messages };
    const impatient = openai({ timeout: 2_000, maxRetries: 1 });
    // A stream has begun before the limit strikes, so that its client asks again by itself.
    if (stream) {
      const first = await impatient.chat.completions.create({ ...asked, stream: true });
      await vi.waitFor(() => expect(served.counts()[LATE]).toBe(1));
      first.controller.abort();
      await vi.waitFor(() => expect(served.sandbox.stats().models[LATE]?.cancelled).toBe(1));
      const { choices } = await impatient.chat.completions.stream(asked).finalChatCompletion();
      expect(choices[0]?.message.content).toBe('At last.');
    } else {
      const { choices } = await impatient.chat.completions.create(asked);
      expect(choices[0]?.message.content).toBe('At last.');
    }
    expect(served.counts()).toEqual({ ...Object.fromEntries(PANEL.map((model) => [model, 1])), [LATE]: 2 });
  });

  it('tells its limit and its abort apart', async () => {
    const hanging = { model: 'sandbox/hang', messages };
    expect(await thrown(openai({ timeout: 200 }).chat.completions.create(hanging))).toBeInstanceOf(APIConnectionTimeoutError);
    const stop = new AbortController();
    const asked = client.chat.completions.create(hanging, { signal: stop.signal });
    await vi.waitFor(() => expect(served.counts()['sandbox/hang']).toBe(2));
    stop.abort();
    expect(await thrown(asked)).toBeInstanceOf(APIUserAbortError);
    await vi.waitFor(() => expect(served.sandbox.stats().models['sandbox/hang']?.cancelled).toBe(2));
  });
});
