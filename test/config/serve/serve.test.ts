import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../../src/config/describe.js';
import { watchedFiles } from '../../../src/config/files/watched.js';
import { checkMixtures } from '../../../src/config/mixture/resolve.js';
import { knownServeKeys } from '../../../src/config/serve/serve-keys.js';
import { settingsOf } from '../../../src/config/settings.js';
import { makeWorkspace, USER } from '../workspace.js';

const load = (text: string, env: Record<string, string> = {}) => makeWorkspace({ [USER]: text }).load(env);
const serve = async (text: string, env: Record<string, string> = {}) => settingsOf(await load(text, env)).serve;
const FILE = '.config/mom/mom.config.yaml';
const NO_BUDGET = { day: null, month: null };

describe('the gateway', () => {
  it('serves this machine, on port 8000, where nothing is set', async () => {
    const { sideRequests, ...rest } = await serve('');
    expect(rest).toEqual({
      host: '127.0.0.1',
      port: 8000,
      keys: [],
      allowedHosts: [],
      corsOrigins: [],
      maxBody: 33_554_432,
      requestsPerMinute: null,
      concurrency: null,
      maxInFlight: 512,
      retryWindow: 60_000,
      heartbeat: 10_000,
      drain: 30_000,
    });
    expect(sideRequests.length).toBeGreaterThan(5);
  });

  it('takes every option', async () => {
    const text = `
serve:
  host: "\${HOST}"
  port: 0
  keys:
    - plain-key-1
    - { name: laptop, key: "\${LAPTOP}", requests_per_minute: 60, concurrency: 4, budget: { day: 1.5, month: 20 } }
  allowed_hosts: [Mom.Example.org, "[::1]"]
  cors_origins: ["https://Chat.example.org:8443", "http://localhost:3000"]
  max_body: 0.5
  requests_per_minute: 30
  concurrency: 3
  max_in_flight: 40
  retry_window: 0
  heartbeat: 2500ms
  drain: 1m
  side_requests:
    - { name: title, system: "write a title", user: "\${WORD:-please}", max_characters: 500, model: mom/fast }
    - { name: tags, user: tags, tools: true }
`;
    expect(await serve(text, { HOST: '0.0.0.0', LAPTOP: ' secret-2 ', MOM_SERVE_KEY: 'secret-3' })).toEqual({
      host: '0.0.0.0',
      port: 0,
      keys: [
        { name: 'key 1', key: 'plain-key-1', requestsPerMinute: null, concurrency: null, budget: NO_BUDGET },
        { name: 'laptop', key: 'secret-2', requestsPerMinute: 60, concurrency: 4, budget: { day: 1.5, month: 20 } },
        { name: 'MOM_SERVE_KEY', key: 'secret-3', requestsPerMinute: null, concurrency: null, budget: NO_BUDGET },
      ],
      allowedHosts: ['mom.example.org', '[::1]'],
      corsOrigins: ['https://chat.example.org:8443', 'http://localhost:3000'],
      maxBody: 524_288,
      requestsPerMinute: 30,
      concurrency: 3,
      maxInFlight: 40,
      retryWindow: 0,
      heartbeat: 2_500,
      drain: 60_000,
      sideRequests: [
        { name: 'title', system: 'write a title', user: 'please', maxCharacters: 500, tools: false, model: 'mom/fast' },
        { name: 'tags', system: null, user: 'tags', maxCharacters: null, tools: true, model: 'mom:single' },
      ],
    });
  });

  it.each([
    ['serve: { port: 65536 }', '1:10: serve.port must be a whole number from 0 to 65535, not 65536'],
    ['serve: { prot: 1 }', '1:10: unknown option "prot" in serve'],
    ['serve: { max_body: 0 }', '1:10: serve.max_body must be a number of MiB above 0, at most 256, not 0'],
    ['serve: { max_body: 257 }', '1:10: serve.max_body must be a number of MiB above 0, at most 256, not 257'],
    ['serve: { max_in_flight: 0 }', '1:10: serve.max_in_flight must be a whole number from 1, not 0'],
    [
      'serve: { heartbeat: 11s }',
      '1:10: serve.heartbeat must be a duration above 0 and of at most 10s: clients and proxies take a longer silence for the end, not "11s"',
    ],
    ['serve: { heartbeat: 0 }', '1:10: serve.heartbeat must be a duration with a unit, such as 500ms, 30s, 4m or 1h, not 0'],
    ['serve: { drain: 5 }', '1:10: serve.drain must be a duration with a unit, such as 500ms, 30s, 4m or 1h, not 5'],
    ['serve: [1, 2]', '1:1: serve must be a map, not a list of 2'],
    ['serve: { keys: [{ key: x, budget: [1] }] }', '1:27: serve.keys[0].budget must be a map, not this value'],
    ['serve: { keys: secret-words }', '1:10: serve.keys must be a list of keys, not this value'],
    ['serve: { keys: [{ name: a }] }', '1:17: serve.keys[0] has no "key"'],
    ['serve: { keys: [{ key: x, budget: { week: 1 } }] }', '1:37: unknown option "week" in serve.keys[0].budget'],
    [
      'serve: { side_requests: [{ name: title, max_characters: 9 }] }',
      '1:26: serve.side_requests[0] must be a rule with a text under system: or user:',
    ],
  ])('%j is refused', async (text, message) => {
    await expect(load(`${text}\n`)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`${FILE}:${message}`),
    });
  });

  it.each([
    ['host: "127.0.0.1:8000"', 'serve.host must be an address such as 127.0.0.1, or a name, not "127.0.0.1:8000"'],
    ['host: "http://127.0.0.1"', 'serve.host must be an address such as 127.0.0.1, or a name, not "http://127.0.0.1"'],
    [
      'allowed_hosts: ["mom.example.org:8000"]',
      'serve.allowed_hosts[0] must be a host name such as mom.example.org, not "mom.example.org:8000"',
    ],
    ['allowed_hosts: ["http://mom"]', 'serve.allowed_hosts[0] must be a host name such as mom.example.org, not "http://mom"'],
    ['allowed_hosts: ["*"]', 'serve.allowed_hosts[0] must be a host name such as mom.example.org, not "*"'],
    ['cors_origins: ["*"]', 'serve.cors_origins[0] must be an origin such as https://chat.example.org, not "*"'],
    [
      'cors_origins: ["https://a.example/"]',
      'serve.cors_origins[0] must be an origin such as https://chat.example.org, not "https://a.example/"',
    ],
    [
      'cors_origins: ["https://*.example"]',
      'serve.cors_origins[0] must be an origin such as https://chat.example.org, not "https://*.example"',
    ],
    ['cors_origins: ["file:///x"]', 'serve.cors_origins[0] must be an origin such as https://chat.example.org, not "file:///x"'],
    ['cors_origins: ["null"]', 'serve.cors_origins[0] must be an origin such as https://chat.example.org, not "null"'],
  ])('%s is refused where it is used, and by `mom config validate`', async (option, message) => {
    const config = await load(`serve: { ${option} }\n`);
    for (const use of [() => settingsOf(config).serve, () => checkMixtures(config)]) {
      expect(use).toThrow(expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(message) }));
    }
  });
});

it.each(['::', '[::1]', 'fe80::1%eth0', '0.0.0.0', 'localhost', 'mom.example.org'])('%s is an address to listen at', async (host) => {
  expect((await serve(`serve: { host: "${host}" }\n`)).host).toBe(host);
});

describe('keys', () => {
  it.each([
    ['[a-1, { name: key 1, key: b-1 }]', "a key named 'key 1' is already there", 'give each key a name of its own'],
    ['[{ name: MOM_SERVE_KEY, key: b-1 }]', "a key named 'MOM_SERVE_KEY' is already there", 'give each key a name of its own'],
    ['[{ name: a, key: same }, { name: b, key: same }]', "'b' is the same key as 'a'", 'give each client a key of its own'],
    [
      '[{ name: "a\\nb", key: k-1 }]',
      'serve.keys[0].name must be one line of at most 64 characters',
      'give the key a short name, such as that of its owner',
    ],
    ['["two words"]', 'serve.keys[0] is no key that a client can send', 'use letters, digits and signs without spaces'],
    ['["ключ"]', 'serve.keys[0] is no key that a client can send', 'use letters, digits and signs without spaces'],
  ])('%s are refused', async (keys, message, hint) => {
    await expect(serve(`serve: { keys: ${keys} }\n`)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(new RegExp(`${FILE}:1:\\d+: ${message.replace(/[[\]]/g, '\\$&')}$`)),
      hint,
    });
  });

  it('that are there twice are found without the variables of the others', async () => {
    const config = await load('serve: { keys: [{ key: "${GONE}" }, { name: a, key: k-1 }, { name: a, key: k-2 }] }\n');
    expect(() => checkMixtures(config)).toThrow(/:1:60: a key named 'a' is already there$/);
  });

  it('of MOM_SERVE_KEY are there once, under the configured name where there is one', async () => {
    expect((await serve('serve: { keys: [{ name: mine, key: k-1 }] }\n', { MOM_SERVE_KEY: 'k-1' })).keys.map(({ name }) => name)).toEqual([
      'mine',
    ]);
    expect((await serve('', { MOM_SERVE_KEY: '' })).keys).toEqual([]);
    await expect(serve('', { MOM_SERVE_KEY: 'a b' })).rejects.toMatchObject({ message: 'MOM_SERVE_KEY is no key that a client can send' });
  });

  it('whose variable is not set stop the gateway and nothing else', async () => {
    const config = await load('serve: { keys: [{ key: "${GONE}" }, { key: "${THERE}" }] }\n', { THERE: 'k-2' });
    const settings = settingsOf(config);
    expect(settings.log).toBe('full');
    expect(() => settings.serve).toThrow(/:1:19: serve\.keys\[0\]\.key needs the variable GONE, which is not set$/);
    expect(() => checkMixtures(config)).not.toThrow();
    expect(knownServeKeys(config)).toEqual(['k-2']);
  });

  it('are not shown', async () => {
    const config = await load('serve: { keys: [canary-1, { name: n, key: canary-2 }, "${CANARY}"] }\n', {
      CANARY: 'canary-3',
      MOM_SERVE_KEY: 'canary-4',
    });
    const shown = JSON.stringify(describeConfig(config));
    expect(shown).not.toContain('canary');
    expect(describeConfig(config).find(({ path }) => path === 'serve.keys')?.value).toEqual([
      '***',
      { name: 'n', key: '***' },
      '${CANARY}',
    ]);
  });
});

describe('side requests', () => {
  // Openings of what the clients really send.
  it.each([
    [
      'opencode title',
      'system',
      'You are a title generator. You output ONLY a thread title. Nothing else.\n\n<task>\nGenerate a brief title',
    ],
    [
      'aider commit message',
      'system',
      'You are an expert software engineer that generates concise, one-line Git commit messages based on the provided diffs.\nReview the provided context and diffs which are about to be committed to a git repo.\n',
    ],
    [
      'aider history summary',
      'system',
      '*Briefly* summarize this partial conversation about programming.\nInclude less detail about older parts',
    ],
    [
      'qwen-code memory',
      'system',
      "You are selecting memories that will be useful to an AI coding assistant as it processes a user's query. You will be given",
    ],
    [
      'next speaker',
      'user',
      "Based *strictly* on that response, determine who should logically speak next: the 'user' or the 'model' (you).",
    ],
    [
      'opencode summary',
      'system',
      'You are an anchored context summarization assistant for coding sessions.\n\nSummarize only the conversation history you are given.',
    ],
    [
      'opencode summary',
      'system',
      'You are a helpful AI assistant tasked with summarizing conversations.\n\nWhen asked to summarize, provide a detailed but concise',
    ],
    [
      'pi summary',
      'system',
      'You are a context summarization assistant. Your task is to read a conversation between a user and an AI coding assistant, then produce',
    ],
    [
      'history summary',
      'system',
      '\nYou are the component that summarizes internal chat history into a given structure.\n\nWhen the conversation history grows too large',
    ],
    ['open-webui tags', 'user', '### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history, along with'],
  ] as const)('%s is known', async (name, where, text) => {
    const rules = (await serve('')).sideRequests.filter(
      (rule) => rule[where] !== null && text.toLowerCase().includes(rule[where].toLowerCase()),
    );
    expect(rules.map((rule) => [rule.name, rule.model])).toEqual([[name, 'mom:single']]);
  });

  it('of the configuration replace all; an empty list switches them off', async () => {
    expect((await serve('serve: { side_requests: [] }\n')).sideRequests).toEqual([]);
  });
});

describe('mixtures for clients of the gateway', () => {
  const MIXTURES = `
mixtures:
  plain: { proposers: [a/x, b/y] }
  voting: { proposers: [a/x, b/y], strategy: vote, max_cost: 0.25, timeouts: { run: 10s } }
`;
  const resolve = (text: string) => makeWorkspace({ [USER]: text }).resolve;

  it('have strategy auto, no cap and more time for who reads along, unless somebody has said otherwise', async () => {
    const facts = async (text: string, mixture: string, gateway?: 'whole' | 'stream') => {
      const { strategy, strategyChosen, maxCost, runTimeout } = (await resolve(text)({ mixture, gateway })).mixture;
      return [strategy, strategyChosen, maxCost, runTimeout];
    };
    expect(await facts(MIXTURES, 'plain')).toEqual(['fuse', false, { usd: 1, setByUser: false }, 300_000]);
    expect(await facts(MIXTURES, 'plain', 'whole')).toEqual(['auto', false, null, 300_000]);
    expect(await facts(MIXTURES, 'plain', 'stream')).toEqual(['auto', false, null, 900_000]);
    expect(await facts(MIXTURES, 'voting', 'stream')).toEqual(['vote', true, { usd: 0.25, setByUser: true }, 10_000]);
    expect(await facts(`${MIXTURES}timeouts: { run: 20s }\nmax_cost: 2\n`, 'plain', 'stream')).toEqual([
      'auto',
      false,
      { usd: 2, setByUser: true },
      20_000,
    ]);
  });

  it('follow the strategy that the client names', async () => {
    expect((await resolve(MIXTURES)({ mixture: 'plain', strategy: 'select', gateway: 'whole' })).mixture).toMatchObject({
      strategy: 'select',
      strategyChosen: true,
    });
  });
});

it('the files to watch are those that count, or would if they were there', () => {
  const { home, cwd, write } = makeWorkspace({ 'project/sub/x.txt': '' });
  const names = ['mom.config.yaml', 'mom.config.yml', 'mom.config.json'];
  const keys = join(home, '.config/mom/keys.json');
  expect(watchedFiles({ cwd: join(cwd, 'sub'), home, env: {} })).toEqual([
    ...names.map((name) => join(home, '.config/mom', name)),
    ...names.map((name) => join(cwd, 'sub', name)),
    ...names.map((name) => join(cwd, name)),
    join(home, '.local/state/mom/trust.json'),
    keys,
  ]);
  const named = write('own.yaml', '');
  expect(watchedFiles({ cwd, home, env: {}, configFile: '../own.yaml' })).toEqual([named, keys]);
  expect(watchedFiles({ cwd, home, env: { MOM_CONFIG: named } })).toEqual([named, keys]);
});
