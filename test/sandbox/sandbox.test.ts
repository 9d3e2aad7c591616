import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledQuestion } from '../../src/sandbox/bundled.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ recorded: [path.resolve('recorded/gsm8k.jsonl')] });
});
afterAll(() => sandbox.close());

function ask(model: string, content = 'Hello there', body: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Response> {
  const payload = { model, messages: [{ role: 'user', content }], stream: true, ...body };
  return fetch(`${sandbox.url}/chat/completions`, { method: 'POST', body: JSON.stringify(payload), ...(signal ? { signal } : {}) });
}

async function streamed(model: string, content?: string): Promise<{ text: string; raw: string; model: string }> {
  const raw = await (await ask(model, content)).text();
  const chunks = raw.match(/^data: \{.*\}$/gm)?.map((line) => JSON.parse(line.slice(6))) ?? [];
  return { text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), raw, model: chunks[0]?.model };
}

describe('models', () => {
  it('says plainly that text is simulated, and reports usage with its cost', async () => {
    const { text, raw } = await streamed('sandbox/text');
    expect(text).toMatch(/^\[simulated answer of sandbox\/text - no model was asked\]/);
    expect(raw).toMatch(/^: OPENROUTER PROCESSING\n\n/);
    expect(raw).toMatch(/"cost":0\.0000\d+/);
    expect(raw.endsWith('data: [DONE]\n\n')).toBe(true);
  });
  it('answers a whole body without stream', async () => {
    const body = JSON.parse(await (await ask('sandbox/say=four%20words', 'x', { stream: false })).text());
    expect(body.choices[0]).toMatchObject({ message: { role: 'assistant', content: 'four words' }, finish_reason: 'stop' });
  });
  it('echoes, and refuses unknown ids as OpenRouter does', async () => {
    expect((await streamed('sandbox/echo', 'abc  def')).text).toBe('abc  def');
    for (const model of ['sandbox/unknown-item', 'recorded/nobody', 'missing/x']) {
      const response = await ask(model);
      expect(response.status).toBe(400);
      expect(JSON.parse(await response.text()).error.message).toBe(`${model} is not a valid model ID`);
    }
  });
  it('shows different recorded systems for the default proposers, and the critic the majority', async () => {
    const models = ['~openai/gpt-latest', '~anthropic/claude-sonnet-latest', '~google/gemini-pro-latest'];
    const answers = await Promise.all(models.map((model) => streamed(model, bundledQuestion())));
    expect(new Set(answers.map(({ model }) => model)).size).toBe(3);
    const fences = answers.map(({ text }, i) => `<candidate ${'ABC'[i]}1 n0>\n${text}\n</candidate ${'ABC'[i]}1 n0>`).join('\n');
    expect((await streamed('~anthropic/claude-opus-latest', `q\n${fences}\nrules`)).text).toBe(answers[2]?.text);
  });
  it('has no recorded answer to another question', async () => {
    expect((await ask('recorded/gpt-4-1106-preview')).status).toBe(404);
  });
});

describe('faults', () => {
  it.each([
    ['e429=1,ra=3', 429],
    ['e500', 500],
    ['fail=9', 503],
  ])('%s answers %i', async (items, status) => {
    expect((await ask(`sandbox/${items}`)).status).toBe(status);
  });
  it('fails the first calls only', async () => {
    expect((await ask('sandbox/fail=1,e502')).status).toBe(502);
    expect((await ask('sandbox/fail=1,e502')).status).toBe(200);
  });
  it('cuts after exactly so many bytes', async () => {
    const response = await ask('sandbox/cut=100');
    let bytes = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of response.body!) bytes += chunk.length;
    };
    await expect(read()).rejects.toThrow('terminated');
    expect(bytes).toBe(100);
  });
  it('counts a client that went away, and bills what was sent', async () => {
    sandbox.reset();
    const controller = new AbortController();
    const response = await ask('sandbox/stall=2', 'x', {}, controller.signal);
    const reader = response.body!.getReader();
    await reader.read();
    controller.abort();
    await expect.poll(() => sandbox.stats().cancelled).toBe(1);
    const bill = JSON.parse(await (await fetch(`${sandbox.url}/generation?id=${response.headers.get('x-generation-id')}`)).text());
    expect(bill.data).toMatchObject({ tokens_completion: 2, cancelled: true });
  });
  it('sends a web page in place of a stream', async () => {
    const response = await ask('sandbox/html');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe('<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>');
  });
  it('leaves out the cost only', async () => {
    const usage = /"usage":\{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4,("cost":0.000005,)?"prompt/;
    expect(usage.exec((await streamed('sandbox/say=x,nocost')).raw)?.slice(1)).toEqual([undefined]);
    expect(usage.exec((await streamed('sandbox/say=x')).raw)?.[1]).toBe('"cost":0.000005,');
  });
});

describe('the model list', () => {
  const get = async (path: string) => {
    const response = await fetch(`${sandbox.url}${path}`);
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  it('has OpenRouter’s shape, with prices as text in US dollars per token', async () => {
    const { status, body } = await get('/models');
    expect(status).toBe(200);
    const [text] = body.data.filter(({ id }: { id: string }) => id === 'sandbox/text');
    expect(text).toEqual({
      id: 'sandbox/text',
      canonical_slug: 'sandbox/text',
      name: 'sandbox/text',
      context_length: 10_000_000,
      architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
      pricing: { prompt: '0.000001', completion: '0.000002', request: '0', image: '0' },
      supported_parameters: expect.arrayContaining(['temperature', 'top_p', 'seed', 'max_tokens', 'stop', 'reasoning', 'logprobs']),
      expiration_date: null,
    });
    expect(body.data.map(({ id }: { id: string }) => id)).toContain('recorded/gpt-4-1106-preview');
  });

  it.each([
    ['sandbox/in=30,out=.5', '0.00003', '0.0000005'],
    ['sandbox/say=four%2520words', '0.000001', '0.000002'],
    ['sandbox/embed,in=0.02', '0.00000002', '0'],
    ['recorded/mistralai/Mixtral-8x7B-Instruct-v0.1', '0', '0'],
    ['~openai/gpt-latest', '0', '0'],
    ['openai/gpt-5:free', '0', '0'],
  ])('tells of %s on its own', async (path, prompt, completion) => {
    const { status, body } = await get(`/model/${path}`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: decodeURIComponent(path), pricing: { prompt, completion } });
  });

  it('leaves out a parameter that the model refuses', async () => {
    const { body } = await get('/model/sandbox/unsupported=temperature');
    expect(body.data.supported_parameters).not.toContain('temperature');
    expect(body.data.supported_parameters).toContain('seed');
  });

  it.each(['missing/x', 'sandbox/nonsense', 'recorded/nobody', 'sandbox/embed,nonsense', 'a%', 'a b'])('has no %s', async (path) => {
    expect(await get(`/model/${path}`)).toEqual({
      status: 404,
      body: { error: { message: 'Model not found', code: 404, metadata: { provider_name: 'Sandbox' } } },
    });
  });

  it('is not counted among the calls', async () => {
    sandbox.reset();
    await get('/models');
    await get('/model/sandbox/text');
    expect(sandbox.stats()).toMatchObject({ requests: 0, models: {} });
  });
});

describe('embeddings', () => {
  const embed = async (model: string, input: unknown, body: Record<string, unknown> = {}) => {
    const response = await fetch(`${sandbox.url}/embeddings`, { method: 'POST', body: JSON.stringify({ model, input, ...body }) });
    return { status: response.status, text: await response.text() };
  };
  const places = async (...texts: string[]): Promise<number[][]> =>
    JSON.parse((await embed('sandbox/embed', texts)).text).data.map(({ embedding }: { embedding: number[] }) => embedding);
  const cosine = (a: number[], b: number[]) => a.reduce((sum, number, i) => sum + number * (b[i] ?? 0), 0);

  it('come as numbers or, as the openai package asks for them, in base64', async () => {
    const client = new OpenAI({ baseURL: sandbox.url, apiKey: 'none', maxRetries: 0 });
    const { data } = await client.embeddings.create({ model: 'sandbox/embed', input: ['one two', 'three'] });
    const plain = await places('one two', 'three');
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    data.forEach(({ embedding }, index) => {
      expect(embedding).toEqual([...new Float32Array(plain[index] ?? [])]);
    });
  });
  it('are the same for the same words, near for nearly the same question and far for another', async () => {
    const [first, again, near, other, far] = (await places(
      'What is the capital of France?',
      'what is THE capital of france',
      'What is the capital city of France?',
      'What is the capital of Spain?',
      'Write a haiku about rain',
    )) as [number[], number[], number[], number[], number[]];
    expect(first).toHaveLength(256);
    expect(Math.hypot(...first)).toBeCloseTo(1, 4);
    expect(again).toEqual(first);
    expect(cosine(first, near)).toBeGreaterThan(0.92);
    expect(cosine(first, other)).toBeLessThan(0.92);
    expect(cosine(first, far)).toBeLessThan(0.3);
  });

  it('come with usage and cost; those of real models are free, and no call is counted', async () => {
    sandbox.reset();
    const body = JSON.parse((await embed('sandbox/embed,in=100', 'x'.repeat(40))).text);
    expect(body).toMatchObject({
      object: 'list',
      model: 'sandbox/embed,in=100',
      data: [{ object: 'embedding', index: 0 }],
      usage: { prompt_tokens: 10, total_tokens: 10, cost: 0.001 },
    });
    expect(JSON.parse((await embed('openai/text-embedding-3-small', 'x')).text).usage.cost).toBe(0);
    expect(JSON.parse((await embed('sandbox/embed,nocost', 'x')).text).usage).toEqual({ prompt_tokens: 1, total_tokens: 1 });
    expect(sandbox.stats().requests).toBe(0);
  });

  it.each([
    ['sandbox/embed,e500', 500],
    ['sandbox/e429', 429],
    ['sandbox/embed,fail=1', 503],
    ['missing/x', 400],
    ['sandbox/nonsense', 400],
    ['recorded/gpt-4-1106-preview', 400],
  ])('%s answers %i', async (model, status) => {
    sandbox.reset();
    expect((await embed(model, 'x')).status).toBe(status);
  });

  it('fail as other models do', async () => {
    sandbox.reset();
    expect((await embed('sandbox/embed,fail=1', 'x')).status).toBe(503);
    expect((await embed('sandbox/embed,fail=1', 'x')).status).toBe(200);
    expect((await embed('sandbox/embed,html', 'x')).text).toMatch(/^<!doctype html>/);
    const broken = (await embed('sandbox/embed,badjson', 'x')).text;
    expect(() => JSON.parse(broken)).toThrow();
    expect(JSON.parse((await embed('sandbox/embed,empty', 'x')).text).data).toEqual([]);
  });

  it.each([
    ['', 'input must be a text or a list of texts'],
    [[], 'input must be a text or a list of texts'],
    [[1], 'input must be a text or a list of texts'],
    [undefined, 'input must be a text or a list of texts'],
  ])('of %j are refused', async (input, message) => {
    const { status, text } = await embed('sandbox/embed', input);
    expect(status).toBe(400);
    expect(JSON.parse(text).error.message).toBe(message);
  });
});

it('ends at once with hanging connections', async () => {
  const other = await startSandbox({ apiKey: 'k' });
  expect((await fetch(`${other.url}/models`)).status).toBe(401);
  const body = JSON.stringify({ model: 'sandbox/hang', messages: [{ role: 'user', content: 'x' }] });
  const hanging = fetch(`${other.url}/chat/completions`, { method: 'POST', body, headers: { authorization: 'Bearer k' } });
  await expect.poll(() => other.stats().active).toBe(1);
  await Promise.all([expect(hanging).rejects.toThrow(), other.close()]);
});
