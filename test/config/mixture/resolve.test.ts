import { describe, expect, it } from 'vitest';
import { resolveMixture } from '../../../src/config/mixture/resolve.js';
import { sandboxProviders } from '../../../src/config/providers/provider.js';
import { makeWorkspace, PROJECT, USER } from '../workspace.js';

const ids = (members: readonly { provider: string; model: string }[]) => members.map(({ provider, model }) => `${provider}:${model}`);

describe('the mixture', () => {
  it('is the built-in one with an OpenRouter key alone', async () => {
    const { mixture, providers, warnings } = await makeWorkspace().resolve();
    expect(ids(mixture.proposers)).toEqual([
      'openrouter:~openai/gpt-latest',
      'openrouter:~anthropic/claude-sonnet-latest',
      'openrouter:~google/gemini-pro-latest',
    ]);
    expect(ids(mixture.critics)).toEqual(['openrouter:~anthropic/claude-opus-latest', 'openrouter:~openai/gpt-latest']);
    expect(mixture).toMatchObject({
      strategy: 'fuse',
      quorum: 2,
      minAnswers: 1,
      grace: 'auto',
      retries: 2,
      runTimeout: 300_000,
      maxCost: { usd: 1, setByUser: false },
    });
    expect(providers).toMatchObject([
      { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1', apiKey: 'sk-or-test', dialect: 'openrouter' },
    ]);
    expect(warnings).toEqual([]);
  });

  it('takes models from flags and keeps the critics', async () => {
    const { mixture } = await makeWorkspace().resolve({
      models: ['a/x', 'a/x', 'ollama:llama3.2:3b', 'b/y:free', 'google/gemini-pro-latest'],
    });
    expect(ids(mixture.proposers)).toEqual([
      'openrouter:a/x',
      'openrouter:a/x',
      'ollama:llama3.2:3b',
      'openrouter:b/y:free',
      'openrouter:~google/gemini-pro-latest',
    ]);
    expect(mixture.critics).toHaveLength(2);
    expect(mixture.quorum).toBe(4);
  });

  it('is single with one model and no critic', async () => {
    const { mixture, providers } = await makeWorkspace().resolve({ models: ['ollama:llama3.2'] }, {});
    expect([mixture.strategy, mixture.single?.model, mixture.critics, providers.map((p) => [p.name, p.apiKey])]).toEqual([
      'single',
      'llama3.2',
      [],
      [['ollama', null]],
    ]);
    expect((await makeWorkspace().resolve({ models: ['a/x'], critics: ['b/y'] })).mixture.strategy).toBe('fuse');
    expect((await makeWorkspace().resolve({ noCritic: true })).mixture.critics).toEqual([]);
    expect((await makeWorkspace().resolve({ strategy: 'single' })).mixture.single?.model).toBe('~anthropic/claude-opus-latest');
  });

  it('fills entries from entry, mixture, top level and defaults', async () => {
    const text = `
timeouts: { idle: 20s }
roles: { pirate: "Talk like a pirate." }
mixtures:
  default:
    temperature: 0.3
    role: practical
    grace: 7s
    max_cost: 0.5
    timeouts: { call: 100s }
    proposers:
      - { model: a/x, role: pirate, temperature: 0.9, required: true, family: f, timeouts: { call: 30s } }
      - b/y
      - { model: c/z, role: { text: "Be brief." } }
    critic: d/w
`;
    const { mixture } = await makeWorkspace({ [PROJECT]: text }).resolve({ callTimeout: undefined });
    expect(mixture.proposers).toMatchObject([
      {
        role: { name: 'pirate', text: 'Talk like a pirate.' },
        params: { temperature: 0.9 },
        required: true,
        family: 'f',
        timeouts: { call: 30_000, idle: 20_000 },
      },
      { role: { name: 'practical' }, params: { temperature: 0.3 }, timeouts: { call: 100_000 } },
      { role: { name: 'own', text: 'Be brief.' } },
    ]);
    expect(mixture).toMatchObject({ grace: 7_000, maxCost: { usd: 0.5, setByUser: true }, critics: [{ model: 'd/w', role: null }] });
    const flags = await makeWorkspace({ [PROJECT]: text }).resolve({
      callTimeout: 5_000,
      runTimeout: 9_000,
      grace: 0,
      maxCost: 3,
      retries: 0,
      role: 'critical',
    });
    expect(flags.mixture).toMatchObject({ runTimeout: 9_000, grace: 0, retries: 0, maxCost: { usd: 3, setByUser: true } });
    expect(flags.mixture.proposers.map((p) => [p.timeouts.call, p.role?.name])).toEqual([
      [5_000, 'critical'],
      [5_000, 'critical'],
      [5_000, 'critical'],
    ]);
  });
});

describe('a wrong choice', () => {
  it.each([
    [{ mixture: 'fats' }, 'usage', "there is no mixture 'fats'", "did you mean 'fast'? there are: default, fast, best, local, self"],
    [
      { strategy: 'fues' },
      'usage',
      "there is no strategy 'fues'",
      "did you mean 'fuse'? there are: single, fuse, self, vote, select, cascade, deep, auto",
    ],
    [{ quorum: 4 }, 'usage', '--quorum 4 is more than the 3 models that will be asked', 'use a number from 1 to 3'],
    [
      { minAnswers: 3, models: ['a/x', 'b/y'] },
      'usage',
      '--min-answers 3 is more than the 2 models that will be asked',
      'use a number from 1 to 2',
    ],
    [{ role: 'pirat' }, 'usage', "there is no role 'pirat'", 'there are: analytical, creative, practical, critical'],
    [
      { strategy: 'single', models: ['a/x', 'b/y'] },
      'usage',
      "strategy 'single' asks one model, but 2 are named",
      'name one model (-m), or leave the strategy out (--strategy)',
    ],
  ])('%j is refused', async (choice, code, message, hint) => {
    await expect(makeWorkspace().resolve(choice)).rejects.toMatchObject({ code, message, hint });
  });

  it.each([
    ['mixture: fats\n', "mom.config.yaml:1:1: there is no mixture 'fats'"],
    ['mixtures:\n  default:\n    quorum: 4\n', "mom.config.yaml:3:5: quorum 4 is more than the 3 proposers of mixture 'default'"],
    ['mixtures:\n  default:\n    proposers: [{ model: x, provider: opnai }]\n', "mom.config.yaml:3:29: there is no provider 'opnai'"],
    ['mixtures:\n  default:\n    role: pirate\n', "mom.config.yaml:3:5: there is no role 'pirate'"],
  ])('%j in a file is refused with its place', async (text, message) => {
    await expect(makeWorkspace({ [PROJECT]: text }).resolve()).rejects.toMatchObject({ code: 'config_invalid', message });
  });
});

describe('keys', () => {
  const environment = { OPENROUTER_API_KEY: 'or', OPENAI_API_KEY: 'oa', ANTHROPIC_API_KEY: 'an', GEMINI_API_KEY: 'ge' };

  it('go to their own host only', async () => {
    const { resolve } = makeWorkspace({
      [USER]: 'providers:\n  other: { base_url: https://openrouter.ai.evil.example/v1 }\n  mine: { base_url: "http://openrouter.ai/v1" }\n',
    });
    const models = ['a/x', 'openai:g', 'anthropic:c', 'google:g', 'ollama:l', 'other:o', 'mine:m'];
    const { providers } = await resolve({ models, noCritic: true }, environment);
    expect(providers.map((p) => [p.name, p.apiKey])).toEqual([
      ['openrouter', 'or'],
      ['openai', 'oa'],
      ['anthropic', 'an'],
      ['google', 'ge'],
      ['ollama', null],
      ['other', null],
      ['mine', null],
    ]);
  });

  it('of OpenRouter do not follow MOM_BASE_URL, MOM_API_KEY does', async () => {
    const { resolve } = makeWorkspace();
    const url = { MOM_BASE_URL: 'http://127.0.0.1:9/v1/' };
    expect((await resolve({}, { ...environment, ...url })).providers).toMatchObject([{ baseUrl: 'http://127.0.0.1:9/v1', apiKey: null }]);
    expect((await resolve({}, { ...environment, ...url, MOM_API_KEY: 'own$${X}' })).providers).toMatchObject([{ apiKey: 'own$${X}' }]);
  });

  it('are asked for only where they are used', async () => {
    const text = 'providers:\n  acme: { base_url: "https://acme.example/v1", api_key: "${ACME_KEY}" }\n';
    const { resolve, home } = makeWorkspace({ [USER]: text });
    await expect(resolve()).resolves.toBeDefined();
    await expect(resolve({ models: ['acme:m'] })).rejects.toMatchObject({
      code: 'key_missing',
      message: `${home}/.config/mom/mom.config.yaml:2:48: providers.acme.api_key needs the variable ACME_KEY, which is not set`,
    });
    const filled = await resolve({ models: ['acme:m'] }, { ACME_KEY: 'k' });
    expect(filled.providers).toMatchObject([{ apiKey: 'k' }]);
  });

  it('missing: the ways that exist are listed, and the local servers that were found', async () => {
    const config = await makeWorkspace().load({ OPENROUTER_API_KEY: '' });
    const hint = (local: string) =>
      `one of these ways:\n  mom keys set openrouter  asks for a key and keeps it\n  set OPENROUTER_API_KEY (or OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY)\n  mom init                 writes a configuration\n  --sandbox                needs no key and no network\n  ${local}`;
    await expect(resolveMixture(config, {}, async () => [])).rejects.toMatchObject({
      code: 'key_missing',
      message: 'no API key is set',
      hint: hint('start Ollama or LM Studio: nothing answers on 127.0.0.1:11434 or 127.0.0.1:1234'),
    });
    await expect(resolveMixture(config, {}, async (url) => (url.includes('11434') ? ['llama3.2'] : []))).rejects.toMatchObject({
      hint: hint('--mixture local          asks what runs here: ollama on 127.0.0.1:11434'),
    });
    await expect(resolveMixture(config, { models: ['openai:g'] }, async () => [])).rejects.toMatchObject({
      code: 'key_missing',
      message: "provider 'openai' has no API key",
    });
  });

  it('of another vendor make the default mixture, and mom says so', async () => {
    const { mixture, warnings } = await makeWorkspace().resolve({}, { ANTHROPIC_API_KEY: 'k' });
    expect(new Set(mixture.proposers.map((p) => p.provider))).toEqual(new Set(['anthropic']));
    expect([mixture.proposers.length, mixture.critics.length]).toEqual([3, 1]);
    expect(warnings).toEqual([{ code: 'other_provider', message: "no OpenRouter key: mixture 'default' uses models of anthropic" }]);
    const two = await makeWorkspace().resolve({}, { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' });
    expect(two.mixture.proposers.map((p) => p.provider)).toEqual(['anthropic', 'openai']);
  });

  it('are not needed in the sandbox, and nothing of the providers leaks into it', async () => {
    const { resolve } = makeWorkspace({
      [USER]: 'providers:\n  openrouter: { api_key: "${GONE}", headers: { a: "${GONE}" }, extra_body: { b: 1 } }\n',
    });
    const { providers } = await resolve({ sandbox: true }, {});
    expect(sandboxProviders(providers, 'http://127.0.0.1:1/v1')).toEqual([
      {
        name: 'openrouter',
        dialect: 'openrouter',
        baseUrl: 'http://127.0.0.1:1/v1',
        apiKey: null,
        needsKey: false,
        headers: {},
        extraBody: {},
        privacy: {},
        attribution: true,
      },
    ]);
  });
});

describe('made mixtures', () => {
  it('local takes one model of each family', async () => {
    const config = await makeWorkspace().load();
    const probe = async (url: string) => (url.includes('11434') ? ['llama3.2', 'llama3.1', 'qwen3'] : ['gemma-3']);
    const { mixture } = await resolveMixture(config, { mixture: 'local' }, probe);
    expect(ids(mixture.proposers)).toEqual(['ollama:llama3.2', 'ollama:qwen3', 'lmstudio:gemma-3']);
    expect(ids(mixture.critics)).toEqual(['ollama:llama3.2']);
    await expect(resolveMixture(config, { mixture: 'local' }, async () => [])).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('self samples one model', async () => {
    const { mixture } = await makeWorkspace().resolve({ mixture: 'self' }, { OPENAI_API_KEY: 'k' });
    expect(new Set([...ids(mixture.proposers), ...ids(mixture.critics)]).size).toBe(1);
    expect(mixture.proposers).toHaveLength(3);
  });
});
