import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { acts, cleanups, type Served, says, serve } from './served.js';

const PANEL = [says('One'), says('Two'), says('Three')];
const CRITIC = acts([
  { say: 'I look.', calls: ['a.txt', 'b.txt'].map((path) => ({ name: 'read', arguments: { path } })) },
  { say: 'Now I edit.', calls: [{ name: 'edit', arguments: { path: 'a.txt', text: 'blue' } }] },
  { say: 'Done: it is blue.' },
]);
const BREAKS = says('This breaks off', 'err=2');
const FAILS = ['sandbox/e500=1', 'sandbox/e500=1,say=x'] as const;

const done = cleanups();
let served: Served;

beforeAll(async () => {
  const config = {
    default: { proposers: PANEL, critic: [CRITIC] },
    breaks: { proposers: PANEL, critic: [BREAKS] },
    dead: { proposers: FAILS, critic: [FAILS[0]] },
  };
  served = await serve({ mixtures: config }, done.add);
});
afterAll(done.run);
beforeEach(() => served.sandbox.reset());

function mom(name = 'mom') {
  return createOpenAICompatible({ name: 'mom', baseURL: served.url, apiKey: 'any', includeUsage: true, supportsStructuredOutputs: true })(
    name,
  );
}

/** Tools that note how they were used. */
function toolbox() {
  const used: unknown[] = [];
  const make = (name: string) =>
    tool({
      description: `${name}s a file`,
      inputSchema: jsonSchema<{ path: string }>({ type: 'object', properties: { path: { type: 'string' } }, required: ['path'] }),
      execute: async (input) => {
        used.push([name, input]);
        return `${name} it`;
      },
    });
  return { used, tools: { read: make('read'), edit: make('edit') } };
}

const USED = [
  ['read', { path: 'a.txt' }],
  ['read', { path: 'b.txt' }],
  ['edit', { path: 'a.txt', text: 'blue' }],
];
const ONE_FAN_OUT = { ...Object.fromEntries(PANEL.map((model) => [model, 1])), [CRITIC]: 3 };

describe('the AI SDK', () => {
  it('streams a loop of tools in several steps, with the usage of each', async () => {
    const { used, tools } = toolbox();
    const result = streamText({ model: mom(), prompt: 'Make a.txt blue.', tools, stopWhen: stepCountIs(5) });
    const kinds = new Set<string>();
    let text = '';
    for await (const part of result.fullStream) {
      kinds.add(part.type);
      if (part.type === 'text-delta') text += part.text;
    }
    expect(text).toBe('I look.Now I edit.Done: it is blue.');
    expect(used).toEqual(USED);
    expect(kinds).not.toContain('error');
    expect([...kinds].filter((kind) => kind.startsWith('reasoning'))).toEqual([]);
    const steps = await result.steps;
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'tool-calls', 'stop']);
    for (const { usage } of steps) {
      expect(usage.inputTokens).toBeGreaterThan(0);
      expect(usage.outputTokens).toBeGreaterThan(0);
    }
    expect(served.counts()).toEqual(ONE_FAN_OUT);
  });

  it('runs the same loop without a stream', async () => {
    const { used, tools } = toolbox();
    const { text, steps } = await generateText({ model: mom(), prompt: 'Make a.txt blue.', tools, stopWhen: stepCountIs(5) });
    expect(text).toBe('Done: it is blue.');
    expect(steps).toHaveLength(3);
    expect(used).toEqual(USED);
    expect(served.counts()).toEqual(ONE_FAN_OUT);
  });

  it('tells in its prompts what the answer has used, not what the panel has', async () => {
    const { usage } = await generateText({ model: mom('mom:fuse'), prompt: 'Make a.txt blue.' });
    const panel = served.bodies(PANEL[0]);
    expect(panel).toHaveLength(1);
    // The question is 16 characters, the critic's own prompt some thousand.
    expect(usage.inputTokens).toBe(4);
    expect(usage.outputTokens).toBe(2);
  });

  it.each([
    ['takes structured output', 'sandbox/json', 1],
    ['takes it repaired', 'sandbox/json,jsonbad=1', 2],
  ])('%s', async (_what, model, asked) => {
    const schema = jsonSchema<{ city: string; people: number }>({
      type: 'object',
      properties: { city: { type: 'string' }, people: { type: 'integer' } },
      required: ['city', 'people'],
      additionalProperties: false,
    });
    const { output } = await generateText({ model: mom(model), prompt: 'Where?', output: Output.object({ schema }) });
    expect(output).toEqual({ city: 'simulated', people: expect.any(Number) });
    expect(served.counts()).toEqual({ [model]: asked });
    expect(served.bodies(model)[0]?.response_format).toMatchObject({ type: 'json_schema', json_schema: { strict: true } });
  });

  it('is told of an error in the middle of a stream as a part of it, after the text that came', async () => {
    const result = streamText({ model: mom('mom/breaks:fuse'), prompt: 'Tell me.', onError: () => {} });
    const seen: string[] = [];
    let text = '';
    for await (const part of result.fullStream) {
      if (part.type === 'text-delta') text += part.text;
      if (part.type === 'error') seen.push(JSON.stringify(part.error) + String(part.error));
    }
    expect(text).toBe('This breaks');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain('the answer is cut off: openrouter failed for');
  });

  it('throws its own error with status and message when all models fail', async () => {
    const error = await generateText({ model: mom('mom/dead:fuse'), prompt: 'Tell me.', maxRetries: 0 }).catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 502, isRetryable: true, message: expect.stringContaining('no answer: all 3 calls failed') });
  });

  it('aborts, and every upstream call ends with it', async () => {
    const stop = new AbortController();
    const model = 'sandbox/len=400,tps=20';
    const result = streamText({ model: mom(model), prompt: 'Tell me.', abortSignal: stop.signal });
    const kinds: string[] = [];
    for await (const part of result.fullStream) {
      kinds.push(part.type);
      if (part.type === 'text-delta') stop.abort();
    }
    expect(kinds.at(-1)).toBe('abort');
    await vi.waitFor(() => expect(served.sandbox.stats().models[model]?.cancelled).toBe(1));
  });

  it('embeds several texts', async () => {
    const provider = createOpenAICompatible({ name: 'mom', baseURL: served.url, apiKey: 'any' });
    const { embeddings, usage } = await embedMany({
      model: provider.embeddingModel('sandbox/embed'),
      values: ['red apples', 'green pears'],
    });
    expect(embeddings.map((embedding) => embedding.length)).toEqual([256, 256]);
    expect(usage.tokens).toBeGreaterThan(0);
  });
});
