import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTrusted, revokeTrust, trust, trustFile } from '../../../src/config/files/trust.js';
import { makeWorkspace, PROJECT, USER } from '../workspace.js';

describe('an untrusted project file', () => {
  it.each([
    ['providers:\n  openrouter:\n    base_url: http://evil.example/v1\n', 3, 5, 'providers.openrouter.base_url decides what is sent where'],
    ['providers:\n  openrouter:\n    api_key: abc\n', 3, 5, 'providers.openrouter.api_key decides what is sent where'],
    ['providers:\n  openrouter:\n    headers: { x: y }\n', 3, 5, 'providers.openrouter.headers decides what is sent where'],
    ['providers:\n  openrouter:\n    extra_body: { x: 1 }\n', 3, 5, 'providers.openrouter.extra_body decides what is sent where'],
    [
      'mixtures:\n  a:\n    proposers:\n      - { model: x/y, extra_body: {} }\n',
      4,
      23,
      'mixtures.a.proposers[0].extra_body decides what is sent where',
    ],
    ['providers:\n  openrouter:\n    privacy: { zdr: false }\n', 3, 16, 'providers.openrouter.privacy.zdr lowers your privacy'],
    ['roles:\n  spy: "say ${HOME}"\n', 2, 3, 'roles.spy reads your environment'],
    ['debug_dir: ../elsewhere\n', 1, 1, 'debug_dir leads out of its folder'],
    ['max_cost: 1.01\n', 1, 1, 'max_cost raises the cost cap'],
    ['mixtures:\n  default: { max_cost: 5 }\n', 2, 14, 'mixtures.default.max_cost raises the cost cap'],
    ['pricing:\n  a/x: { input: 0, output: 0 }\n', 1, 1, 'pricing decides what counts as spent'],
    ['allow_unknown_price: true\n', 1, 1, 'allow_unknown_price loosens the cost cap'],
    ['mixtures:\n  a: { allow_unknown_price: true }\n', 2, 8, 'mixtures.a.allow_unknown_price loosens the cost cap'],
    [
      'mixtures:\n  a:\n    auto: { classifier: { model: x, extra_body: {} } }\n',
      3,
      37,
      'mixtures.a.auto.classifier.extra_body decides what is sent where',
    ],
    [
      'mixtures:\n  a:\n    verify: { model: { model: x, timeouts: { call: 1h } } }\n',
      3,
      46,
      'mixtures.a.verify.model.timeouts.call raises a time limit',
    ],
    [
      'mixtures:\n  a:\n    tiers: [[x], [{ model: y, privacy: { data_collection: allow } }]]\n',
      3,
      42,
      'mixtures.a.tiers[1][0].privacy.data_collection lowers your privacy',
    ],
    ['cache: { semantic: { model: "${HOME}" } }\n', 1, 22, 'cache.semantic.model reads your environment'],
    ['retries: 9\n', 1, 1, 'retries raises the retries'],
    ['serve: { host: 0.0.0.0 }\n', 1, 10, 'serve.host decides who may use the gateway'],
    ['serve:\n  keys: [abc]\n', 2, 3, 'serve.keys decides who may use the gateway'],
    ['serve: { allowed_hosts: [evil.example] }\n', 1, 10, 'serve.allowed_hosts decides who may use the gateway'],
    ['serve: { cors_origins: ["https://evil.example"] }\n', 1, 10, 'serve.cors_origins decides who may use the gateway'],
    ['serve: { max_body: 33 }\n', 1, 10, 'serve.max_body raises a limit of the gateway'],
    ['serve: { max_in_flight: 513 }\n', 1, 10, 'serve.max_in_flight raises a limit of the gateway'],
    ['serve: { retry_window: 2m }\n', 1, 10, 'serve.retry_window raises a limit of the gateway'],
    ['eval: { check: "rm -rf ~" }\n', 1, 9, 'eval.check decides which program runs on which files'],
    ['eval:\n  check_folder: /home\n', 2, 3, 'eval.check_folder decides which program runs on which files'],
    ['eval: { max_cost: 10.5 }\n', 1, 9, 'eval.max_cost raises the cost cap of evaluations'],
    ['eval: { concurrency: 9 }\n', 1, 9, 'eval.concurrency raises a limit of evaluations'],
    ['eval: { check_timeout: 61s }\n', 1, 9, 'eval.check_timeout raises a limit of evaluations'],
    ['eval: { judge: "${HOME}" }\n', 1, 9, 'eval.judge reads your environment'],
    ['serve: { drain: 31s }\n', 1, 10, 'serve.drain raises a limit of the gateway'],
    ['timeouts: { run: 1h }\n', 1, 13, 'timeouts.run raises a time limit'],
  ])('%j stops mom', async (text, line, column, what) => {
    await expect(makeWorkspace({ [PROJECT]: text }).load()).rejects.toMatchObject({
      code: 'config_untrusted',
      message: `mom.config.yaml:${line}:${column}: ${what}, and this project file is not trusted`,
      hint: 'read the file; if you trust it as it is, run `mom config trust`',
    });
  });

  it('may choose models and lower limits', async () => {
    const text =
      'max_cost: 0.2\nallow_unknown_price: false\nbudget: { day: 5 }\ncache: { ttl: 1h }\nretries: 0\ntimeouts: { run: 10s }\ndebug_dir: traces\nmixtures:\n  a: { proposers: [x/y], max_cost: 0.1 }\n';
    await expect(makeWorkspace({ [PROJECT]: text }).load()).resolves.toBeDefined();
  });

  it('may not raise what the user has lowered', async () => {
    const { load } = makeWorkspace({ [USER]: 'max_cost: 0.1\n', [PROJECT]: 'mixtures:\n  default: { max_cost: 0.5 }\n' });
    await expect(load()).rejects.toMatchObject({ code: 'config_untrusted' });
  });

  it.each([
    ['budget: { day: 3 }\n', 'budget.day raises the budget', 11],
    ['budget: { month: 31 }\n', 'budget.month raises the budget', 11],
  ])('may not raise the budget: %j', async (text, what, column) => {
    const user = 'budget: { day: 2, month: 30 }\n';
    await expect(makeWorkspace({ [USER]: user, [PROJECT]: text }).load()).rejects.toMatchObject({
      code: 'config_untrusted',
      message: `mom.config.yaml:1:${column}: ${what}, and this project file is not trusted`,
    });
    const lowered = await makeWorkspace({ [USER]: user, [PROJECT]: 'budget: { day: 1 }\n' }).load();
    expect(lowered.values.budget).toEqual({ day: 1, month: 30 });
  });

  it('may lower the limits of the gateway and choose its port, but not raise what the user has lowered', async () => {
    const lower =
      'serve: { port: 9000, max_body: 1, requests_per_minute: 5, concurrency: 1, max_in_flight: 9, retry_window: 0, heartbeat: 1s, drain: 1s }\n';
    await expect(makeWorkspace({ [PROJECT]: lower }).load()).resolves.toBeDefined();
    const user = 'serve: { requests_per_minute: 4, heartbeat: 2s }\n';
    for (const [option, column] of [
      ['requests_per_minute: 5', 10],
      ['heartbeat: 3s', 10],
    ] as const) {
      await expect(makeWorkspace({ [USER]: user, [PROJECT]: `serve: { ${option} }\n` }).load()).rejects.toMatchObject({
        code: 'config_untrusted',
        message: `mom.config.yaml:1:${column}: serve.${option.split(':')[0]} raises a limit of the gateway, and this project file is not trusted`,
      });
    }
  });

  it('may choose the judge and lower the limits of evaluations, but not raise what the user has lowered', async () => {
    const lower = 'eval: { judge: [a/x, b/y], max_cost: 2, concurrency: 2, margin: 9, check_timeout: 5s }\n';
    await expect(makeWorkspace({ [PROJECT]: lower }).load()).resolves.toBeDefined();
    const user = 'eval: { check: make, max_cost: 1, concurrency: 1, check_timeout: 4s }\n';
    for (const [option, what] of [
      ['max_cost: 2', 'raises the cost cap of evaluations'],
      ['concurrency: 2', 'raises a limit of evaluations'],
      ['check_timeout: 5s', 'raises a limit of evaluations'],
      ['check: make', 'decides which program runs on which files'],
    ] as const) {
      await expect(makeWorkspace({ [USER]: user, [PROJECT]: `eval: { ${option} }\n` }).load()).rejects.toMatchObject({
        code: 'config_untrusted',
        message: `mom.config.yaml:1:9: eval.${option.split(':')[0]} ${what}, and this project file is not trusted`,
      });
    }
    await expect(
      makeWorkspace({ [USER]: 'eval: { max_cost: 50 }\n', [PROJECT]: 'eval: { max_cost: 40 }\n' }).load(),
    ).resolves.toBeDefined();
  });

  it('is let through once trusted, until it changes', async () => {
    const text = 'max_cost: 5\n';
    const { load, cwd, home, write } = makeWorkspace({ [PROJECT]: text });
    const list = trustFile({}, home);
    const file = join(cwd, 'mom.config.yaml');
    trust(list, file, text);
    expect((await load()).values.max_cost).toBe(5);
    expect(statSync(list).mode & 0o777).toBe(0o600);
    expect(statSync(join(list, '..')).mode & 0o777).toBe(0o700);
    write(PROJECT, 'max_cost: 6\n');
    await expect(load()).rejects.toMatchObject({ code: 'config_untrusted' });
    expect([revokeTrust(list, file), revokeTrust(list, file), isTrusted(list, file, text)]).toEqual([true, false, false]);
  });

  it('does not concern the user file and --config', async () => {
    const text = 'max_cost: 5\nproviders: { openrouter: { api_key: "${ANY_KEY}" } }\n';
    await expect(makeWorkspace({ [USER]: text }).load()).resolves.toBeDefined();
    await expect(makeWorkspace({ [PROJECT]: text }).load({}, { configFile: 'mom.config.yaml' })).resolves.toBeDefined();
  });
});
