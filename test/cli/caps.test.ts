import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RunResult } from '../../src/core/run.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { type CliResult, newPlace, type Place, runCli } from '../support/cli.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** A place whose configuration is this, JSON being YAML. */
function configured(config: object): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  writeFileSync(join(place.root, 'caps.yaml'), JSON.stringify(config));
  return { ...place, env: { ...place.env, MOM_CONFIG: join(place.root, 'caps.yaml') } };
}

function ask(args: readonly string[], place: Place = configured({}), url = sandbox.url): Promise<CliResult> {
  return runCli(['ask', ...args], { place, env: { MOM_BASE_URL: url, MOM_API_KEY: 'key-of-this-test' } });
}

const json = ({ stdout }: CliResult) => JSON.parse(stdout) as RunResult;
const requests = () => Object.fromEntries(Object.entries(sandbox.stats().models).map(([model, stats]) => [model, stats.requests]));

/** Prices by the token: input is free, and 1,000 dollars a million tokens are a tenth of a cent each. */
const [ONE, TWO, MERGED] = ['One', 'Two', 'Merged'].map((text) => `sandbox/say=${text},in=0,out=1000`) as [string, string, string];
/** Each call sets aside 100 tokens of answer: 10 cents. */
const SHORT = { proposers: [ONE, TWO], critic: MERGED, expected_output: 100 };

const RAISE = 'hint: raise max_cost (--max-cost), or lower expected_output, the tokens of answer that are set aside for each call\n';

describe('a cap of the user’s', () => {
  it('shrinks the panel, and says who is left out', async () => {
    const place = configured({ mixtures: { default: { ...SHORT, proposers: [`${ONE},len=1`, `sandbox/say=Two,in=0,out=2000`] } } });
    expect(await ask(['--max-cost', '0.25', 'hello'], place)).toEqual({
      stdout: 'One\n',
      stderr:
        'mom: warning: left out sandbox/say=Two,in=0,out=2000 (up to $0.2) to stay within the cap of $0.25: all together may cost $0.4, and $0.25 is left\n',
      status: 0,
      signal: null,
    });
    expect(requests()).toEqual({ [`${ONE},len=1`]: 1 });
  });

  it('refuses a run in which not even one model fits, before anything is sent', async () => {
    const place = configured({ mixtures: { default: SHORT } });
    expect(await ask(['--max-cost', '0.09', 'hello'], place)).toEqual({
      stdout: '',
      stderr: `mom: ${ONE} alone, the cheapest of the mixture, may cost $0.1, more than the cap of $0.09\n${RAISE}`,
      status: 4,
      signal: null,
    });
    expect(sandbox.stats().requests).toBe(0);
  });

  it('stops a call that crosses it while its text comes, a few tokens beyond at most', async () => {
    const long = 'sandbox/len=3000,tps=2000,in=0,out=1000';
    const place = configured({ mixtures: { default: { proposers: [long], single: long, strategy: 'single', expected_output: 50 } } });
    const { stdout, stderr, status } = await ask(['--max-cost', '0.3', '--json', 'hello'], place);
    const result = json({ stdout } as CliResult);
    expect({ stderr, status }).toEqual({
      stderr: `mom: the cap of $0.3 is reached: ${long} was stopped before its answer was whole\nhint: raise max_cost (--max-cost)\n`,
      status: 4,
    });
    expect(result).toMatchObject({ status: 'failed', answer: null, cost_source: 'reported', error: { code: 'cost_cap' } });
    expect(result.cost_usd).toBeGreaterThan(0.2);
    expect(result.cost_usd).toBeLessThan(0.3 + 0.05);
    expect(sandbox.stats().models[long]).toMatchObject({ requests: 1, cancelled: 1 });
  });

  it('counts judge, check questions and classifier with the few lines they write', async () => {
    const [a, b] = ['One', 'Two'].map((text) => `sandbox/say=${text},in=0,out=0`);
    const judge = 'sandbox/say=VERDICT%3A%20B1,in=0,out=1000';
    const place = configured({
      mixtures: {
        default: {
          strategy: 'select',
          proposers: [
            { model: a, family: 'a' },
            { model: b, family: 'b' },
          ],
          critic: judge,
        },
      },
    });
    const enough = await ask(['--max-cost', '0.5', '--json', 'hello'], place);
    expect(enough).toMatchObject({ stderr: '', status: 0 });
    expect(json(enough)).toMatchObject({ status: 'complete', warnings: [] });
    expect(requests()[judge]).toBe(1);
    const dry = JSON.parse((await ask(['--dry-run', '--json', 'hello'], place)).stdout);
    expect(dry.planned.at(-1)).toMatchObject({ kind: 'judge', output_tokens: { low: 1, high: 500 }, cost_usd: { high: 0.5 } });
  });
});

describe('a cap of 0', () => {
  const free = 'sandbox/say=Free,in=0,out=0';

  it('asks free models, and says whom it left out', async () => {
    expect(await ask(['-m', free, '-m', ONE, '--critic', free, '--max-cost', '0', 'hello'])).toEqual({
      stdout: 'Free\n',
      stderr: `mom: warning: left out ${ONE}: ${ONE} costs money, and the cap of $0 lets only free models run\n`,
      status: 0,
      signal: null,
    });
    expect(requests()).toEqual({ [free]: 1 });
  });

  it('refuses a model that costs money', async () => {
    expect(await ask(['-m', ONE, '--max-cost', '0', 'hello'])).toEqual({
      stdout: '',
      stderr: `mom: ${ONE} costs money, and the cap of $0 lets only free models run\nhint: raise max_cost (--max-cost), name free models, or give their price under pricing: in the config\n`,
      status: 4,
      signal: null,
    });
    expect(sandbox.stats().requests).toBe(0);
  });

  it('lets a local server answer, whose calls cost nothing', async () => {
    const place = configured({ providers: { ollama: { base_url: sandbox.url } } });
    const model = 'sandbox/say=Local,nocost';
    const result = await ask(['-m', `ollama:${model}`, '--max-cost', '0', '--json', 'hello'], place);
    expect(result).toMatchObject({ stderr: '', status: 0 });
    expect(json(result)).toMatchObject({ answer: 'Local', cost_usd: 0, cost_source: 'computed' });
  });
});

describe('a price that nobody knows', () => {
  const place = (more: object = {}) => configured({ providers: { own: { base_url: sandbox.url } }, ...more });
  const model = 'sandbox/say=Hi,nocost';
  const args = ['-m', `own:${model}`, '--max-cost', '0.5', '--json', 'hello'];
  const message = `the price of ${model} is not known, so the cap of $0.5 can't be held`;
  const hint = 'give the price under pricing: in the config, or set allow_unknown_price (--set allow_unknown_price=true)';

  it('is refused under a cap of the user’s', async () => {
    const refused = await ask(args, place());
    expect(refused).toMatchObject({ stderr: `mom: ${message}\nhint: ${hint}\n`, status: 4 });
    expect(json(refused)).toMatchObject({ status: 'failed', cost_usd: 0, error: { code: 'cost_cap', message, hint } });
    expect(sandbox.stats().requests).toBe(0);
  });

  it('passes where that is allowed, and is told as unknown', async () => {
    const allowed = await ask(args, place({ allow_unknown_price: true }));
    expect(allowed).toMatchObject({ stderr: '', status: 0 });
    expect(json(allowed)).toMatchObject({ answer: 'Hi', cost_usd: null, cost_source: 'unknown' });
  });

  it('passes under the built-in cap', async () => {
    const free = await ask(['-m', `own:${model}`, '--json', 'hello'], place());
    expect(json(free)).toMatchObject({ status: 'complete', cost_usd: null, cost_source: 'unknown' });
  });

  it('is given in the configuration', async () => {
    const priced = await ask(args, place({ pricing: { [model]: { input: 1, output: 100 } } }));
    expect(priced).toMatchObject({ stderr: '', status: 0 });
    const { usage, cost_usd, cost_source } = json(priced);
    expect(cost_source).toBe('computed');
    expect(cost_usd).toBeCloseTo(usage.input_tokens / 1e6 + usage.output_tokens / 1e4, 10);
  });

  it('says why the list did not come, and what to do', async () => {
    const server = createServer((_request, response) => response.writeHead(500).end('{"error":{"message":"out of order"}}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    expect(await ask(['-m', 'some/model', '--max-cost', '0.5', 'hello'], configured({}), url)).toEqual({
      stdout: '',
      stderr: [
        'mom: warning: openrouter failed for its model list (500): out of order; no price is known of some/model',
        "mom: the price of some/model is not known, so the cap of $0.5 can't be held",
        `hint: ${hint}`,
        '',
      ].join('\n'),
      status: 4,
      signal: null,
    });
  });
});

it('the built-in cap of $1 holds where prices are at hand', async () => {
  const place = configured({});
  const dear = 'sandbox/say=Dear,in=0,out=300';
  expect(await ask(['-m', dear, '--max-cost', '5', 'hello'], place)).toMatchObject({ stdout: 'Dear\n', status: 0 });
  expect(await ask(['-m', dear, 'hello'], place)).toEqual({
    stdout: '',
    stderr: `mom: ${dear} may cost $1.2, more than the cap of $1\n${RAISE}`,
    status: 4,
    signal: null,
  });
  expect(requests()).toEqual({ [dear]: 1 });
});

describe('a budget a day', () => {
  /** 60 tokens, 6 cents, over some 0.3 s; 100 tokens are set aside. */
  const model = 'sandbox/len=60,tps=200,in=0,out=1000';
  const place = (day: number) =>
    configured({ budget: { day }, mixtures: { default: { proposers: [model], single: model, strategy: 'single', expected_output: 100 } } });

  it('is never overspent by 20 runs at once', async () => {
    const home = place(0.5);
    const runs = await Promise.all(Array.from({ length: 20 }, () => ask(['--json', '--no-stdin', 'hello'], home)));
    const results = runs.map(json);
    const answered = results.filter(({ status }) => status === 'complete');
    const refused = runs.filter(({ status }) => status === 4);
    expect(answered.length + refused.length).toBe(20);
    expect(answered.length).toBeGreaterThanOrEqual(5);
    expect(results.reduce((sum, { cost_usd }) => sum + (cost_usd ?? Number.POSITIVE_INFINITY), 0)).toBeLessThanOrEqual(0.5);
    expect(sandbox.stats().requests).toBe(answered.length);
    for (const { stderr } of refused) {
      expect(stderr).toMatch(
        /^mom: sandbox\/\S+ may cost \$0\.1, but only \$[\d.]+ is left of the budget of \$0\.5 a day\nhint: raise budget\.day in the configuration, or wait: it is free again on \d{4}-\d\d-\d\d at 0:00 UTC\n$/,
      );
    }
  }, 120_000);

  it('counts what earlier runs have cost, and says when it is free again', async () => {
    const home = place(0.15);
    const before = Date.now();
    expect(json(await ask(['--json', '--no-stdin', 'hello'], home))).toMatchObject({ status: 'complete', cost_usd: 0.06 });
    const second = await ask(['hello'], home);
    const days = [before, Date.now()].map((now) => new Date(now + 24 * 3_600_000).toISOString().slice(0, 10));
    expect(second).toMatchObject({ stdout: '', status: 4 });
    expect(days.map((day) => `hint: raise budget.day in the configuration, or wait: it is free again on ${day} at 0:00 UTC`)).toContain(
      second.stderr.trimEnd().split('\n')[1],
    );
    expect(second.stderr).toContain(`mom: ${model} may cost $0.1, but only $0.09 is left of the budget of $0.15 a day\n`);
    expect(sandbox.stats().requests).toBe(1);
  });
});
