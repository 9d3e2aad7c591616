import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openService, type ServiceOptions } from '../../../src/app/service/open-service.js';
import { createSharedGuards } from '../../../src/app/service/shared-guards.js';
import type { ServeKey } from '../../../src/config/wishes.js';
import { memoryBudget } from '../../../src/core/budget.js';
import type { Message } from '../../../src/core/message.js';
import type { Warning } from '../../../src/core/run.js';
import { startSandbox } from '../../../src/sandbox/index.js';
import { makeWorkspace, USER } from '../../config/workspace.js';
import { OFFER, turnsAfter } from '../../support/agent.js';

const MIXTURES = `
mixture: main
mixtures:
  main:
    proposers: ["sandbox/text,say=one", "sandbox/text,say=two,context=9000"]
    critic: sandbox/critic
  small: { proposers: ["sandbox/text,context=5000", sandbox/echo], critic: sandbox/critic, strategy: vote }
  "team:odd": { proposers: [sandbox/text, sandbox/echo], critic: sandbox/critic }
`;

/** A service in a home of its own; in the sandbox unless told otherwise. */
async function open(text: string = MIXTURES, more: Partial<ServiceOptions> = {}) {
  const { home, cwd, write } = makeWorkspace({ [USER]: text });
  const notes: Warning[] = [];
  const start = async (other: Partial<ServiceOptions> = {}) => {
    const service = await openService({ env: {}, cwd, home, sandbox: {}, onNote: (note) => notes.push(note), ...more, ...other });
    onTestFinished(() => service.close());
    return service;
  };
  return { service: await start(), start, notes, home, cwd, write };
}

/** A sandbox that stands for a provider with a key; what it was asked for can be read. */
async function upstream(options: { apiKey?: string } = {}) {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

const QUESTION = [{ role: 'user' as const, content: 'What is one plus one? Explain it to a child in a long story.' }];

describe('a name', () => {
  it('stands for a mixture with the strategy of its own, or auto', async () => {
    const { service } = await open();
    const facts = async (name: string) => {
      const { mixture, isPassedOn, namesStrategy } = await service.target(name, 'whole');
      return [mixture.name, mixture.strategy, isPassedOn, namesStrategy];
    };
    expect(await facts('mom')).toEqual(['main', 'auto', false, false]);
    expect(await facts('mom/small')).toEqual(['small', 'vote', false, false]);
    expect(await facts('mom:select')).toEqual(['main', 'select', false, true]);
    expect(await facts('mom:auto')).toEqual(['main', 'auto', false, false]);
    expect(await facts('mom/small:fuse')).toEqual(['small', 'fuse', false, true]);
    expect(await facts('mom/team:odd')).toEqual(['team:odd', 'auto', false, false]);
    expect(await facts('mom/team:odd:single')).toEqual(['team:odd', 'single', false, true]);
  });

  it('mom is the mixture that the server was started with', async () => {
    const { service } = await open(MIXTURES, { mixture: 'small' });
    expect((await service.target('mom', 'whole')).mixture.name).toBe('small');
    expect((await service.target('mom:fuse', 'whole')).mixture).toMatchObject({ name: 'small', strategy: 'fuse' });
    await expect(open(MIXTURES, { mixture: 'smal' })).rejects.toMatchObject({ code: 'usage', message: "there is no mixture 'smal'" });
  });

  it('gives who reads along more time, and keeps what it has found out', async () => {
    const { service } = await open();
    expect((await service.target('mom', 'whole')).mixture).toMatchObject({ runTimeout: 300_000, maxCost: null });
    expect((await service.target('mom', 'stream')).mixture).toMatchObject({ runTimeout: 900_000, maxCost: null });
    expect(await service.target('mom', 'stream')).toBe(await service.target('mom', 'stream'));
  });

  it('of a model is passed on, alone and without what the default mixture adds', async () => {
    const { service } = await open(
      MIXTURES.replace(
        'critic: sandbox/critic\n',
        'critic: sandbox/critic\n    verify: true\n    refine: 2\n    role: critical\n    temperature: 1\n',
      ),
    );
    const target = await service.target('openai:gpt-9', 'whole');
    expect(target).toMatchObject({ isPassedOn: true, namesStrategy: true });
    expect(target.mixture).toMatchObject({ strategy: 'single', proposers: [], critics: [], verify: null, refine: 0 });
    expect(target.mixture.single).toMatchObject({ provider: 'openai', model: 'gpt-9', role: null, params: {} });
    expect((await service.target('sandbox/echo', 'whole')).mixture.single).toMatchObject({ provider: 'openrouter', model: 'sandbox/echo' });
  });

  it('never fills in variables of the server', async () => {
    const { service } = await open(MIXTURES, { env: { SECRET_KEY: 'canary' } });
    expect((await service.target('x/${SECRET_KEY}', 'whole')).mixture.single?.model).toBe('x/${SECRET_KEY}');
  });

  it.each([
    ['mom/smal', "did you mean 'mom/small'?"],
    ['mom:fuze', "did you mean 'mom:fuse'?"],
    ['mom/small:vot', "did you mean 'mom/small:vote'?"],
    ['mom/', 'there are: mom, mom/default,'],
    ['mom:', 'there are: mom, mom/default,'],
    ['', 'there are: mom, mom/default,'],
  ])('%j is nobody: it is not passed on, and the hint names the nearest', async (name, hint) => {
    const { service } = await open();
    await expect(service.target(name, 'whole')).rejects.toMatchObject({
      code: 'model_unknown',
      message: `there is no model '${name}'`,
      hint: expect.stringContaining(hint),
    });
    expect(await service.model(name)).toBeNull();
  });

  it('that the list of its provider and the provider itself lack is nobody', async () => {
    const { url } = await upstream();
    const { service } = await open(`providers: { openrouter: { base_url: "${url}", needs_key: false } }\n${MIXTURES}`, { sandbox: null });
    expect((await service.target('missing/one', 'whole')).isPassedOn).toBe(true);
    await service.models();
    await expect(service.target('missing/two', 'whole')).rejects.toMatchObject({
      code: 'model_unknown',
      message: "there is no model 'missing/two': openrouter has none of this id",
    });
    await expect(service.target('sandbox/tekst', 'whole')).rejects.toMatchObject({ hint: "did you mean 'sandbox/text'?" });
    for (const id of ['sandbox/text', 'sandbox/text,say=unlisted', 'missing/model:nitro', '~missing/model-latest', 'missing/x-latest']) {
      expect((await service.target(id, 'whole')).isPassedOn, id).toBe(true);
    }
  });

  it('of a provider without its key says so, and stops no other', async () => {
    const { service } = await open('mixture: local\nmixtures: { a: { proposers: [ollama:x], critic: ollama:x } }\n', {
      sandbox: null,
      mixture: 'a',
    });
    expect((await service.target('mom', 'whole')).mixture.name).toBe('a');
    await expect(service.target('openai:gpt-9', 'whole')).rejects.toMatchObject({
      code: 'key_missing',
      message: "provider 'openai' has no API key",
    });
    await expect(service.target('some/model', 'whole')).rejects.toMatchObject({ code: 'key_missing', message: 'no API key is set' });
  });
});

describe('the list of models', () => {
  it('has every mixture and strategy, with the smallest context behind each', async () => {
    const { service } = await open();
    const models = await service.models();
    expect(models.map(({ id }) => id)).toEqual([
      'mom',
      'mom/default',
      'mom/fast',
      'mom/best',
      'mom/main',
      'mom/small',
      'mom/team:odd',
      'mom/self',
      'mom:single',
      'mom:fuse',
      'mom:self',
      'mom:vote',
      'mom:select',
      'mom:cascade',
      'mom:deep',
      'mom:auto',
    ]);
    const contexts = Object.fromEntries(models.map(({ id, contextLength }) => [id, contextLength]));
    expect(contexts).toMatchObject({ mom: 9_000, 'mom/small': 5_000, 'mom:single': 10_000_000, 'mom/team:odd': 10_000_000 });
  });

  it('tells of single names, also of models that are passed on', async () => {
    const { service } = await open();
    expect(await service.model('mom/small')).toEqual({ id: 'mom/small', contextLength: 5_000 });
    expect(await service.model('mom/small:single')).toEqual({ id: 'mom/small:single', contextLength: 10_000_000 });
    expect(await service.model('sandbox/text,context=7000')).toEqual({ id: 'sandbox/text,context=7000', contextLength: 7_000 });
    expect(await service.model('mom/local')).toBeNull();
  });

  it('says null where nobody tells a context', async () => {
    const { service } = await open('mixtures: { a: { proposers: [ollama:x], critic: ollama:x } }\n', { sandbox: null, mixture: 'a' });
    expect((await service.models()).find(({ id }) => id === 'mom/a')).toEqual({ id: 'mom/a', contextLength: null });
  });
});

describe('the engine', () => {
  it('answers through the sandbox', async () => {
    const { service } = await open();
    const { mixture } = await service.target('mom:fuse', 'whole');
    const result = await service.engine.run({ messages: QUESTION, mixture, stream: false });
    expect(result).toMatchObject({ status: 'complete', answer_source: 'critic' });
    expect(result.proposals.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(service.breakers()).toEqual([]);
  });

  it('serves the providers that can be used, and tells of those that can not', async () => {
    const good = await upstream({ apiKey: 'key-good' });
    const text = `
mixture: main
mixtures: { main: { proposers: [good:sandbox/echo], critic: good:sandbox/critic } }
providers:
  good: { base_url: "${good.url}", api_key: "\${GOOD}" }
  bad: { base_url: "${good.url}", api_key: "\${GONE}" }
serve: { keys: [{ name: laptop, key: "\${LAPTOP}" }] }
`;
    const env = { GOOD: 'key-good', LAPTOP: 'key-laptop', MOM_SERVE_KEY: 'key-env' };
    const { service } = await open(text, { sandbox: null, env });
    expect(service.warnings).toEqual([
      {
        code: 'provider_unusable',
        message: expect.stringMatching(
          /^provider 'bad' can't be asked: .*providers\.bad\.api_key needs the variable GONE, which is not set$/,
        ),
      },
    ]);
    expect(service.settings.serve.keys.map(({ name }) => name)).toEqual(['laptop', 'MOM_SERVE_KEY']);
    expect(service.secrets).toEqual(expect.arrayContaining(['key-good', 'key-laptop', 'key-env']));
    const { mixture } = await service.target('mom:single', 'whole');
    expect((await service.engine.run({ messages: QUESTION, mixture, stream: false })).status).toBe('complete');
    await expect(service.target('bad:x', 'whole')).rejects.toMatchObject({ message: expect.stringContaining('needs the variable GONE') });
  });

  it('asks for prices before a run that somebody has limited', async () => {
    const { url, stats } = await upstream();
    const text = `providers: { openrouter: { base_url: "${url}", needs_key: false } }\n${MIXTURES}`;
    const { service } = await open(text, { sandbox: null });
    const { mixture } = await service.target('mom:fuse', 'whole');
    const budget = memoryBudget(0.000_000_1, 'the budget of a test', 'none');
    const refused = await service.engine.run({ messages: QUESTION, mixture, stream: false, budgets: [budget] });
    expect(refused.error).toMatchObject({ code: 'cost_cap', message: expect.stringContaining('only $1e-7'.replace('1e-7', '0.0000001')) });
    expect(stats().requests).toBe(0);
  });
});

describe('a wrong configuration', () => {
  it('stops the service, with its place', async () => {
    await expect(open('serve: { prot: 1 }\n')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('unknown option "prot"'),
    });
    await expect(open('serve: { keys: ["${GONE}"] }\n')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('serve.keys[0] needs the variable GONE, which is not set'),
    });
    await expect(open('mixture: gone\n')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining("there is no mixture 'gone'"),
    });
    await expect(open(`serve: { side_requests: [{ name: t, user: x, model: mom:sngle }] }\n`)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/:1:\d+: serve\.side_requests\[0\]\.model: there is no model 'mom:sngle'$/),
      hint: expect.stringContaining("did you mean 'mom:single'?"),
    });
  });

  it('of a mixture that is not the default one stops only who asks for it', async () => {
    const { service } = await open(`${MIXTURES}  broken: { proposers: [{ model: x, role: pirate }] }\n`);
    expect(service.warnings).toEqual([{ code: 'mixture_unusable', message: expect.stringContaining("there is no role 'pirate'") }]);
    await expect(service.target('mom/broken', 'whole')).rejects.toMatchObject({ code: 'config_invalid' });
    expect((await service.target('mom', 'whole')).mixture.name).toBe('main');
  });
});

describe('readiness', () => {
  it('is there with a usable default mixture, and says what is missing without one', async () => {
    expect(await (await open()).service.unready()).toBeNull();
    const { service } = await open('', { sandbox: null });
    expect(await service.unready()).toMatchObject({ code: 'key_missing', message: 'no API key is set' });
  });

  it('ends when every model of the default mixture is left alone', async () => {
    const text = 'mixture: m\nmixtures: { m: { proposers: [sandbox/e500=1], critic: sandbox/e500=1, retries: 0 } }\n';
    const { service, start } = await open(text, createSharedGuards());
    const { mixture } = await service.target('mom:single', 'whole');
    expect(await service.unready()).toBeNull();
    for (let i = 0; i < 5; i++) await service.engine.run({ messages: QUESTION, mixture, stream: false });
    const open_ = [{ provider: 'openrouter', model: 'sandbox/e500=1', state: 'open' }];
    expect(service.breakers()).toEqual(open_);
    expect(await service.unready()).toMatchObject({
      code: 'overloaded',
      message: "every model of mixture 'm' has failed again and again and is left alone for now",
    });
    expect((await start()).breakers()).toEqual(open_);
  });
});

describe('budgets of keys', () => {
  const KEYS = `${MIXTURES}serve: { keys: [{ name: laptop, key: canary-key, budget: { day: 1, month: 2 } }, other-key] }\n`;

  it('hold over services and stay apart', async () => {
    const { service, start } = await open(KEYS);
    const [laptop, other] = service.settings.serve.keys;
    if (!laptop || !other) throw new Error('two keys are configured');
    const budgets = service.budgetsOf(laptop);
    expect(budgets.map(({ name }) => name)).toEqual(['the budget of $1 a day of key laptop', 'the budget of $2 a month of key laptop']);
    expect(service.budgetsOf(laptop)).toBe(budgets);
    for (const budget of budgets) budget.reserve(0.4)?.settle(0.4);
    expect(service.budgetsOf(other)).toEqual([]);
    const again = await start();
    expect(again.budgetsOf(laptop).map((budget) => budget.left())).toEqual([0.6, 1.6]);
    expect(again.budgetsOf({ ...laptop, name: 'renamed' }).map((budget) => budget.left())).toEqual([0.6, 1.6]);
  });

  it('are kept without the key', async () => {
    const { service, home } = await open(KEYS);
    const [laptop] = service.settings.serve.keys;
    if (!laptop) throw new Error('a key is configured');
    for (const budget of service.budgetsOf(laptop)) budget.reserve(0.4)?.settle(0.4);
    await service.close();
    const { default: Libsql } = await import('libsql');
    const database = new Libsql(join(home, '.local/state/mom/sandbox/mom.db'));
    const rows = JSON.stringify(database.prepare('SELECT * FROM spent').all());
    database.close();
    expect(rows).toMatch(/key [0-9a-f]{32} \d{4}-\d\d-\d\d/);
    expect(rows).not.toContain('canary');
  });
});

describe('thoughts before tool calls', () => {
  it('go back to their model in the next turn, also after a reload; nobody else sees their signature', async () => {
    const bodies: { messages: Record<string, unknown>[] }[] = [];
    const signed = { reasoning_details: [{ type: 'reasoning.encrypted', data: 'canary-signature', id: 'tool_0_read', index: 0 }] };
    const called = { tool_calls: [{ index: 0, id: 'tool_0_read', type: 'function', function: { name: 'read', arguments: '{}' } }] };
    const answers = createServer(async (request, response) => {
      let text = '';
      for await (const part of request) text += part;
      bodies.push(JSON.parse(text));
      const first = bodies.length === 1;
      const delta = first ? { ...signed, ...called } : { content: 'done' };
      const chunk = { choices: [{ index: 0, delta, finish_reason: first ? 'tool_calls' : 'stop' }] };
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    await new Promise<void>((resolve) => answers.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void answers.close());
    const url = `http://127.0.0.1:${(answers.address() as AddressInfo).port}/v1`;
    const text = `mixture: a\nmixtures: { a: { proposers: [own:x], critic: own:thinker, strategy: single } }\nproviders: { own: { base_url: "${url}" } }\n`;
    const { start } = await open(text, { sandbox: null, ...createSharedGuards() });
    const events: string[] = [];
    const turn = async (messages: readonly Message[]) => {
      const service = await start();
      const { mixture } = await service.target('mom', 'whole');
      return service.engine.run({ messages, mixture, stream: false, tools: OFFER }, [
        { handle: (event) => void events.push(JSON.stringify(event)) },
      ]);
    };
    const result = await turn(QUESTION);
    expect(result.tool_calls).toMatchObject([{ name: 'read', id: expect.stringMatching(/^call_[0-9a-f]{24}$/) }]);
    await turn([...QUESTION, ...turnsAfter(result, () => 'alpha')]);
    const id = result.tool_calls[0]?.id;
    expect(bodies[1]?.messages.find(({ role }) => role === 'assistant')).toMatchObject({
      tool_calls: [{ id }],
      reasoning_details: [{ type: 'reasoning.encrypted', data: 'canary-signature', id, index: 0 }],
    });
    expect(events.join('')).not.toContain('canary-signature');
  });
});

describe('all budgets', () => {
  it('are told with what is left: of all runs first, then of keys', async () => {
    const { service } = await open(
      `${MIXTURES}budget: { day: 5 }\nserve: { keys: [{ name: laptop, key: canary-key, budget: { day: 1, month: 2 } }, other-key] }\n`,
    );
    const [laptop] = service.settings.serve.keys as [ServeKey];
    for (const budget of service.budgetsOf(laptop)) budget.reserve(0.25)?.settle(0.25);
    const { mixture } = await service.target('mom:single', 'whole');
    const { cost_usd } = await service.engine.run({ messages: QUESTION, mixture, stream: false });
    expect(cost_usd).toBeGreaterThan(0);
    expect(service.budgets()).toEqual([
      { name: 'day', limit: 5, left: expect.closeTo(5 - (cost_usd ?? 0), 8) },
      { name: 'laptop day', limit: 1, left: 0.75 },
      { name: 'laptop month', limit: 2, left: 1.75 },
    ]);
  });

  it('are none where none is configured', async () => {
    const { service } = await open();
    expect(service.budgets()).toEqual([]);
  });
});

describe('embeddings', () => {
  const signal = new AbortController().signal;
  const ask = (model: string, input: unknown = ['one', 'two']) => ({ model, input });

  it('are passed on to the provider, within all budgets', async () => {
    const { service } = await open();
    const budget = memoryBudget(1, 'the budget of a test', 'none');
    const { body, costUsd } = await service.embed(ask('sandbox/embed,in=1000'), [budget], signal);
    expect(body.data).toHaveLength(2);
    expect(costUsd).toBeGreaterThan(0);
    expect(budget.left()).toBeCloseTo(1 - (costUsd ?? 0), 9);
  });

  it('that cost more than a budget has are not asked for, and nothing stays set aside', async () => {
    const { service } = await open();
    const wide = memoryBudget(1, 'the wide budget', 'none');
    const tight = memoryBudget(0.000_001, 'the tight budget', 'raise it');
    await expect(service.embed(ask('sandbox/embed,in=1000'), [wide, tight], signal)).rejects.toMatchObject({
      code: 'cost_cap',
      message: expect.stringMatching(/^sandbox\/embed,in=1000 may cost \$[\d.]+, but only \$0\.000001 is left of the tight budget$/),
      hint: 'raise it',
    });
    expect([wide.left(), tight.left()]).toEqual([1, 0.000_001]);
    tight.reserve(0.000_001)?.settle(0.000_001);
    await expect(service.embed(ask('sandbox/embed,in=1000'), [tight], signal)).rejects.toMatchObject({
      message: 'the tight budget is used up',
    });
  });

  it('that a provider refuses cost nothing', async () => {
    const { service } = await open();
    const budget = memoryBudget(1, 'the budget of a test', 'none');
    await expect(service.embed(ask('sandbox/embed,in=1000,e400=1'), [budget], signal)).rejects.toMatchObject({ status: 400 });
    expect(budget.left()).toBe(1);
  });

  it.each(['mom', 'mom/main', 'mom:single', '', 7])('%j makes none', async (model) => {
    const { service } = await open();
    await expect(service.embed({ model, input: 'x' }, [], signal)).rejects.toMatchObject({
      code: 'model_unknown',
      message: `there is no embedding model '${model}'`,
    });
  });

  it('need the key of their provider', async () => {
    const { service } = await open('mixture: a\nmixtures: { a: { proposers: [ollama:x], critic: ollama:x } }\n', { sandbox: null });
    await expect(service.embed(ask('openai:text-embedding'), [], signal)).rejects.toMatchObject({ code: 'key_missing' });
  });

  it('of unknown price pass no budget', async () => {
    const answers = createServer((_request, response) => response.end(JSON.stringify({ data: [{ embedding: [1] }] })));
    await new Promise<void>((resolve) => answers.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void answers.close());
    const url = `http://127.0.0.1:${(answers.address() as AddressInfo).port}/v1`;
    const text = `mixture: a\nmixtures: { a: { proposers: [own:x], critic: own:x } }\nproviders: { own: { base_url: "${url}" } }\n`;
    const budget = memoryBudget(1, 'the budget of a test', 'none');
    const { service } = await open(text, { sandbox: null });
    await expect(service.embed(ask('own:embed'), [budget], signal)).rejects.toMatchObject({
      code: 'cost_cap',
      message: "the price of embed is not known, so the budget of a test can't be held",
    });
    expect(await service.embed(ask('own:embed'), [], signal)).toEqual({ body: { data: [{ embedding: [1] }] }, costUsd: null });
    const { service: lenient } = await open(`${text}allow_unknown_price: true\n`, { sandbox: null });
    expect((await lenient.embed(ask('own:embed'), [budget], signal)).costUsd).toBeNull();
    budget.reserve(1)?.settle(1);
    await expect(lenient.embed(ask('own:embed'), [budget], signal)).rejects.toMatchObject({ message: 'the budget of a test is used up' });
  });
});
