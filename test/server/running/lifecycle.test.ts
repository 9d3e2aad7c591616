import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openService } from '../../../src/app/service/open-service.js';
import { type Gateway, type GatewayOptions, startGateway } from '../../../src/server/running/lifecycle.js';
import { makeWorkspace, USER } from '../../config/workspace.js';
import { fakeObservers, fakeService, serveKey } from '../../support/gateway.js';

const CONFIG = `
serve: { port: 0 }
mixtures:
  default:
    strategy: fuse
    proposers: ["sandbox/text,say=forty-two", "sandbox/text,say=forty-three"]
    critic: "sandbox/text,say=It%20is%2042."
  slow:
    strategy: fuse
    proposers: [sandbox/hang]
    critic: sandbox/critic
`;

function observed() {
  const { told, metrics, log } = fakeObservers();
  return { told, metrics, log, recordersOf: () => [], allowRemote: false };
}

async function start(options: GatewayOptions): Promise<Gateway> {
  const gateway = await startGateway(options);
  onTestFinished(() => gateway.drain());
  return gateway;
}

/** A gateway before the real engine, whose models are simulated. */
async function real(config = CONFIG) {
  const { home, cwd, write } = makeWorkspace({ [USER]: config });
  const observers = observed();
  const open = () => openService({ env: {}, cwd, home, sandbox: {} });
  const gateway = await start({ ...observers, open, watchEvery: 10 });
  const client = new OpenAI({ baseURL: gateway.url, apiKey: '123', maxRetries: 0 });
  return { gateway, client, write, told: observers.told };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const QUESTION = { model: 'mom', messages: [{ role: 'user' as const, content: 'What is 6 x 7? Think about it.' }] };

describe('a gateway', () => {
  it('answers, whole and as a stream', async () => {
    const { gateway, client, told } = await real();
    expect(gateway.url).toBe(`http://127.0.0.1:${gateway.port}/v1`);
    expect(gateway.access.words).toBe('Programs on this machine may use it, with any key or none.');
    const whole = await client.chat.completions.create(QUESTION);
    expect(whole.choices[0]?.message.content).toContain('It is 42.');
    let text = '';
    for await (const chunk of await client.chat.completions.create({ ...QUESTION, stream: true }))
      text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(whole.choices[0]?.message.content);
    await until(() => told.requests.length === 2);
    expect(told.requests).toEqual([
      expect.objectContaining({ client: 'local', status: 200, model: 'mom', runStatus: 'complete', error: null }),
      expect.objectContaining({ client: 'local', status: 200, model: 'mom', runStatus: 'complete', error: null }),
    ]);
    expect(gateway.inFlight()).toBe(0);
  });

  it('lists what it serves', async () => {
    const { client } = await real();
    const ids = (await client.models.list()).data.map((model) => model.id);
    expect(ids[0]).toBe('mom');
    expect(ids).toContain('mom/slow');
    expect((await client.models.retrieve('mom/slow')).owned_by).toBe('mom');
    await expect(client.models.retrieve('mom/none')).rejects.toMatchObject({ status: 404 });
  });

  it('ends a run whose client goes away', async () => {
    const { gateway, client, told } = await real();
    const controller = new AbortController();
    const asking = client.chat.completions.create({ ...QUESTION, model: 'mom/slow' }, { signal: controller.signal });
    await until(() => gateway.inFlight() === 1);
    controller.abort();
    await expect(asking).rejects.toThrow('aborted');
    await until(() => told.requests.length === 1);
    expect(told.requests[0]).toMatchObject({ status: 499, error: { code: 'cancelled' } });
    expect(gateway.inFlight()).toBe(0);
  });

  it('takes a changed file over, and keeps the old one when it is broken', async () => {
    const { client, write, told, gateway } = await real();
    write(USER, CONFIG.replace('It%20is%2042.', 'changed').replace('port: 0', 'port: 0, requests_per_minute: 7'));
    await until(() => told.notes.length === 1);
    const { data, response } = await client.chat.completions.create(QUESTION).withResponse();
    expect(data.choices[0]?.message.content).toContain('changed');
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('7');
    write(USER, CONFIG.replace('proposers', 'proposer'));
    await until(() => told.warnings.length === 1);
    expect(told.warnings[0]).toMatch(/^the configuration was not taken over, the old one stays in force: .*mom\.config\.yaml:6:5: /);
    expect((await client.chat.completions.create(QUESTION)).choices[0]?.message.content).toContain('changed');
    await gateway.reload();
    expect(told.warnings).toHaveLength(2);
  });

  it('tells a client that is still waiting at the end of the drain that it stops', async () => {
    const { gateway, client } = await real(CONFIG.replace('port: 0', 'port: 0, drain: 50ms'));
    const asking = client.chat.completions.create({ ...QUESTION, model: 'mom/slow' });
    asking.catch(() => undefined);
    await until(() => gateway.inFlight() === 1);
    await gateway.drain();
    await expect(asking).rejects.toMatchObject({ status: 503 });
    await expect(fetch(`${gateway.url}/models`)).rejects.toThrow();
  });
});

describe('the start', () => {
  it('closes the service when nobody may listen there', async () => {
    const service = fakeService({ host: '0.0.0.0' });
    await expect(startGateway({ ...observed(), open: async () => service })).rejects.toMatchObject({ code: 'usage' });
    expect(service.closed).toBe(1);
  });

  it('closes the service when the port is taken', async () => {
    const gateway = await start({ ...observed(), open: async () => fakeService() });
    const service = fakeService({ port: gateway.port });
    await expect(startGateway({ ...observed(), open: async () => service })).rejects.toThrow('the port is in use');
    expect(service.closed).toBe(1);
  });

  it('tells of each service before it is in force', async () => {
    const services = [fakeService({ keys: [serveKey('ann', 'secret-of-ann')] }), fakeService()];
    const seen: unknown[] = [];
    const queue = [...services];
    const gateway = await start({ ...observed(), open: async () => queue.shift()!, onService: (service) => void seen.push(service) });
    await gateway.reload();
    expect(seen).toEqual(services);
    expect(gateway.service()).toBe(services[1]);
  });

  it('never opens up to others by a reload', async () => {
    const observers = observed();
    const keys = [serveKey('ann', 'secret-of-ann')];
    const queue = [fakeService({ host: '0.0.0.0', keys }), fakeService({ host: '0.0.0.0' })];
    const gateway = await start({ ...observers, allowRemote: true, open: async () => queue.shift()! });
    await gateway.reload();
    expect(gateway.service().settings.serve.keys).toBe(keys);
    expect(observers.told.warnings).toEqual([
      'the configuration was not taken over, the old one stays in force: mom serve on 0.0.0.0 can be reached from other machines, and no key is set; use --auth, set MOM_SERVE_KEY or serve.keys, or leave the host at 127.0.0.1',
    ]);
    expect((await fetch(`http://127.0.0.1:${gateway.port}/v1/models`)).status).toBe(401);
  });

  it('lets the metrics read breakers and budgets', async () => {
    const observers = observed();
    let read = (): unknown => null;
    observers.metrics.watchBudgets = (budgets) => {
      read = budgets;
    };
    const budgets = [{ name: 'day', limit: 20, left: 12.5 }];
    await start({ ...observers, open: async () => fakeService({}, { budgets: () => budgets }) });
    expect(read()).toEqual(budgets);
  });
});
