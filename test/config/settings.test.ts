import { describe, expect, it } from 'vitest';
import { checkMixtures } from '../../src/config/mixture/resolve.js';
import { settingsOf } from '../../src/config/settings.js';
import { EVERY_OPTION } from './every-option.js';
import { makeWorkspace, PROJECT, USER } from './workspace.js';

const settings = async (text: string, env: Record<string, string> = {}) => settingsOf(await makeWorkspace({ [PROJECT]: text }).load(env));

describe('prices', () => {
  it('are written per million tokens and used per token', async () => {
    const config = await makeWorkspace({ [USER]: EVERY_OPTION }).load();
    const { pricing } = settingsOf(config);
    expect(Object.keys(pricing)).toEqual(['a/x', 'ollama:small']);
    expect(pricing['a/x']?.input).toBeCloseTo(2e-6, 12);
    expect(pricing['a/x']?.output).toBeCloseTo(8e-6, 12);
    expect(pricing['a/x']).toMatchObject({ cachedInput: 0.5e-6, reasoning: 4e-6, request: 0.001, image: 0.002 });
    expect(pricing['ollama:small']).toEqual({ input: 0, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 });
  });

  it.each([
    ['pricing:\n  a/x: { input: 2 }\n', '2:3: pricing.a/x has no "output"'],
    ['pricing:\n  a/x: { input: -2, output: 1 }\n', '2:10: pricing.a/x.input must be US dollars, a number from 0, not -2'],
    ['pricing:\n  a/x: { input: "2", output: 1 }\n', '2:10: pricing.a/x.input must be US dollars, a number from 0, not "2"'],
  ])('%j is refused', async (text, message) => {
    const config = makeWorkspace({ [USER]: text });
    await expect(config.load()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(new RegExp(`:${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)),
    });
  });
});

describe('the cache', () => {
  it('is off unless it is configured, and then has numbers of its own', async () => {
    expect((await settings('')).cache).toBeNull();
    expect((await settings('cache: {}\n')).cache).toEqual({ ttl: 86_400_000, maxSize: 10_000, semantic: null });
    expect((await settings('cache: { ttl: 10m, max_size: 3 }\n')).cache).toEqual({ ttl: 600_000, maxSize: 3, semantic: null });
  });

  it('finds questions that mean the same with an embedding model', async () => {
    expect((await settings('cache: { semantic: { model: embed } }\n')).cache?.semantic).toEqual({
      provider: 'openrouter',
      model: 'embed',
      threshold: 0.92,
    });
    const config = await makeWorkspace({ [USER]: EVERY_OPTION }).load();
    expect(settingsOf(config).cache).toEqual({
      ttl: 5_400_000,
      maxSize: 500,
      semantic: { provider: 'openai', model: 'embed-small', threshold: 0.9 },
    });
    const filled = makeWorkspace({ [USER]: 'cache: { semantic: { model: "${EMBEDDING:-ollama:nomic}" } }\n' });
    expect(settingsOf(await filled.load()).cache?.semantic).toMatchObject({ provider: 'ollama', model: 'nomic' });
  });

  it('a missing key of the embedding model stops nothing', async () => {
    const text = 'cache: { semantic: { model: openai:embed } }\n';
    const { providers } = await makeWorkspace({ [PROJECT]: text }).resolve({}, { OPENROUTER_API_KEY: 'k' });
    expect(providers.map(({ name, apiKey }) => [name, apiKey])).toEqual([
      ['openrouter', 'k'],
      ['openai', null],
    ]);
    const sandbox = await makeWorkspace({ [PROJECT]: text }).resolve({ sandbox: true }, {});
    expect(sandbox.providers.map((provider) => provider.name)).toEqual(['openrouter', 'openai']);
  });

  it.each([
    ['cache: { ttl: 5 }\n', '1:10: cache.ttl must be a duration with a unit, such as 500ms, 30s, 4m or 1h, not 5'],
    ['cache: { ttl: soon }\n', '1:10: cache.ttl must be a duration with a unit, such as 500ms, 30s, 4m or 1h, not "soon"'],
    ['cache: { max_size: 0 }\n', '1:10: cache.max_size must be a whole number from 1, not 0'],
    ['cache: { semantic: { model: x, threshold: 1.2 } }\n', '1:32: cache.semantic.threshold must be a number from 0 to 1, not 1.2'],
    ['cache: { semantic: {} }\n', '1:10: cache.semantic has no "model"'],
    ['cache: true\n', '1:1: cache must be a map, not true'],
  ])('%j is refused', async (text, message) => {
    await expect(settings(text)).rejects.toMatchObject({ code: 'config_invalid', message: `mom.config.yaml:${message}` });
  });
});

describe('the budget', () => {
  it('has a day, a month, or neither', async () => {
    expect((await settings('')).budget).toEqual({ day: null, month: null });
    expect((await settings('budget: { day: 0.5 }\n')).budget).toEqual({ day: 0.5, month: null });
    expect((await settings('budget: { month: 0 }\n')).budget).toEqual({ day: null, month: 0 });
  });

  it('names what it does not know', async () => {
    await expect(settings('budget: { week: 3 }\n')).rejects.toMatchObject({
      message: 'mom.config.yaml:1:11: unknown option "week" in budget',
    });
  });
});

it('mom config validate looks at the embedding model too', async () => {
  const config = await makeWorkspace({ [USER]: 'cache: { semantic: { model: "${GONE}" } }\n' }).load();
  expect(() => checkMixtures(config)).toThrow(/cache\.semantic\.model needs the variable GONE, which is not set/);
});
