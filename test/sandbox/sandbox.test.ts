import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledQuestion, type Sandbox, startSandbox } from '../../src/sandbox/index.js';

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

it('ends at once with hanging connections', async () => {
  const other = await startSandbox({ apiKey: 'k' });
  expect((await fetch(`${other.url}/models`)).status).toBe(401);
  const body = JSON.stringify({ model: 'sandbox/hang', messages: [{ role: 'user', content: 'x' }] });
  const hanging = fetch(`${other.url}/chat/completions`, { method: 'POST', body, headers: { authorization: 'Bearer k' } });
  await expect.poll(() => other.stats().active).toBe(1);
  await Promise.all([expect(hanging).rejects.toThrow(), other.close()]);
});
