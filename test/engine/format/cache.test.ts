import { describe, expect, it } from 'vitest';
import type { AnswerCache, CachedAnswer, Place } from '../../../src/core/answer-cache.js';
import type { AnswerFormat } from '../../../src/core/answer-format.js';
import type { RunRequest } from '../../../src/core/run.js';
import type { ToolOffer } from '../../../src/core/tool.js';
import { cacheKeys } from '../../../src/engine/cache/cache-key.js';
import { createEngine } from '../../../src/engine/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { mixture } from '../../support/mixture.js';
import { answers, ScriptedClient } from '../../support/scripted-client.js';

const OBJECT: AnswerFormat = { type: 'json_object' };
const schema = (more: Record<string, unknown>): AnswerFormat => ({ type: 'json_schema', name: 'a', schema: { type: 'object', ...more } });
const TOOLS: ToolOffer = { tools: [{ type: 'function', function: { name: 'add' } }], choice: undefined, parallel: undefined };
const REQUEST: RunRequest = {
  messages: [{ role: 'user', content: 'What is 6 x 7?' }],
  mixture: mixture([], ['critic'], { strategy: 'single' }),
  stream: false,
};
const SEMANTIC = { provider: 'test', model: 'embedder', threshold: 0.9 };
const keys = (more: Partial<RunRequest>) => cacheKeys({ ...REQUEST, ...more }, '', SEMANTIC);

describe('the key of an answer', () => {
  it('differs with the form and with the tools, as the scope of a question does', () => {
    const all = [
      {},
      { format: OBJECT },
      { format: schema({}) },
      { format: schema({ minProperties: 1 }) },
      { tools: TOOLS },
      { tools: { ...TOOLS, choice: 'none' } },
    ];
    expect(new Set(all.map((more) => keys(more).key)).size).toBe(all.length);
    expect(new Set(all.map((more) => keys(more).scope)).size).toBe(all.length);
  });

  it('is the same where the form is the same, or none is asked for', () => {
    expect(keys({ format: schema({ minProperties: 1 }) }).key).toBe(keys({ format: schema({ minProperties: 1 }) }).key);
    expect(keys({ format: null, tools: null })).toEqual(keys({}));
  });
});

class MemoryCache implements AnswerCache {
  readonly entries = new Map<string, CachedAnswer>();
  gets = 0;
  async get(key: string) {
    this.gets += 1;
    return this.entries.get(key) ?? null;
  }
  async nearest() {
    return null;
  }
  async put(key: string, answer: CachedAnswer, _place: Place | null) {
    this.entries.set(key, answer);
  }
}

function setUp(text: string) {
  const cache = new MemoryCache();
  const clock = new FakeClock();
  const client = new ScriptedClient(clock, { critic: answers(text) });
  const engine = createEngine({ client, clock, cache: { answers: cache, semantic: null } });
  return { cache, client, ask: (more: Partial<RunRequest>) => clock.play(engine.run({ ...REQUEST, ...more })) };
}

describe('a stored answer', () => {
  it('is given to the same question in the same form only', async () => {
    const { cache, client, ask } = setUp('```json\n{"a": 1}\n```');
    expect(await ask({ format: OBJECT })).toMatchObject({ answer: '{"a": 1}', answer_source: 'critic' });
    expect([...cache.entries.values()].map(({ answer }) => answer)).toEqual(['{"a": 1}']);
    expect(await ask({ format: OBJECT })).toMatchObject({ answer: '{"a": 1}', answer_source: 'cache' });
    expect(await ask({})).toMatchObject({ answer: '```json\n{"a": 1}\n```', answer_source: 'critic' });
    expect(await ask({ format: schema({}) })).toMatchObject({ answer: '{"a": 1}', answer_source: 'critic' });
    expect(client.requests).toHaveLength(3);
  });

  it('is never one that broke its form', async () => {
    const { cache, ask } = setUp('It is 42.');
    expect((await ask({ format: OBJECT })).error?.code).toBe('schema_mismatch');
    expect(cache.entries.size).toBe(0);
  });

  it('is neither looked for nor kept where tools may be called', async () => {
    const { cache, client, ask } = setUp('I need no tool.');
    for (const mode of ['use', 'refresh'] as const) expect((await ask({ tools: TOOLS, cache: mode })).answer_source).toBe('critic');
    expect([cache.gets, cache.entries.size, client.requests.length]).toEqual([0, 0, 2]);
    await ask({ tools: { ...TOOLS, choice: 'none' } });
    expect([cache.gets, cache.entries.size]).toEqual([1, 1]);
  });
});
