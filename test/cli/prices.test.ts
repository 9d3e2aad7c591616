import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../src/core/event.js';
import type { RunResult } from '../../src/core/run.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { type CliResult, MOM, newPlace, type Place, runCli } from '../support/cli.js';
import { keptRun } from '../support/kept-run.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

function newHome(): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

const UPSTREAM = () => ({ MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-this-test' });

function ask(args: readonly string[], place: Place = newHome(), url = sandbox.url): Promise<CliResult> {
  return runCli(['ask', ...args], { place, env: { ...UPSTREAM(), MOM_BASE_URL: url } });
}

const json = ({ stdout }: CliResult) => JSON.parse(stdout) as RunResult;
const requests = () => Object.fromEntries(Object.entries(sandbox.stats().models).map(([model, stats]) => [model, stats.requests]));
const bodies = () => sandbox.stats({ bodies: true }).bodies as Record<string, unknown>[];

const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('the price of a run', () => {
  const model = 'sandbox/say=one%20two,in=0,out=1000';
  const computed = `${model},nocost`;

  it('is what the provider reports, in JSON and for each call', async () => {
    const result = json(await ask(['-m', model, '--json', 'hello']));
    expect(result).toMatchObject({ cost_usd: 0.002, cost_source: 'reported' });
    expect(result.calls).toMatchObject([{ cost_usd: 0.002, cost_source: 'reported', usage: { output_tokens: 2 } }]);
  });

  /** Another name for the sandbox, which then lists no prices and sends no bills, as plain OpenAI servers do. */
  const plain = () => ['--set', `providers.own.base_url=${sandbox.url}`, '-m', `own:${computed}`];

  it('is computed from tokens and the list where the provider reports none', async () => {
    const result = json(await ask(['-m', computed, '-m', model, '--no-critic', '--max-cost', '50', '--json', 'hello']));
    expect(result).toMatchObject({ cost_usd: 0.004, cost_source: 'computed' });
    expect(result.calls.map((call) => call.cost_source)).toEqual(['computed', 'reported']);
  });

  it('is not asked for again where the answer came without it', async () => {
    expect(json(await ask(['-m', computed, '--json', 'hello']))).toMatchObject({ cost_usd: null, cost_source: 'unknown' });
  });

  it('is unknown without a list, never 0', async () => {
    expect(json(await ask([...plain(), '--json', 'hello']))).toMatchObject({ status: 'complete', cost_usd: null, cost_source: 'unknown' });
  });

  it('is at least that of the other calls where one is unknown', async () => {
    const result = json(await ask([...plain(), '-m', model, '--no-critic', '--json', 'hello']));
    expect(result).toMatchObject({ cost_usd: 0.002, cost_source: 'partial' });
  });

  it('of a call that was cut is estimated, until its bill comes', async () => {
    const slow = 'sandbox/len=1000,tps=100,in=0,out=10';
    const args = ['-m', model, '-m', `${model},len=2`, '-m', slow, '--critic', model, '--quorum', '2', '--grace', '300ms'];
    const { stdout, status } = await ask([...args, '--max-cost', '20', '--format', 'jsonl', 'hello']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const told = events.flatMap((event) =>
      (event.type === 'call.end' || event.type === 'call.billed') && event.call.model === slow ? [[event.type, event.call] as const] : [],
    );
    expect(status).toBe(0);
    expect(told.map(([type, { status, cost_source }]) => [type, status, cost_source])).toEqual([
      ['call.end', 'cancelled', 'estimated'],
      ['call.billed', 'cancelled', 'reported'],
    ]);
    const [estimate, bill] = told.map(([, call]) => call.cost_usd) as [number, number];
    expect(bill).toBeGreaterThan(0);
    // Some providers bill a cut call whole: an estimate is an upper bound.
    expect(estimate).toBeGreaterThanOrEqual(bill);
    expect(events.at(-1)).toMatchObject({ type: 'run.end', result: { cost_source: 'reported' } });
  });

  it('stands on the closing line, in the history and in the trace, with its source', async () => {
    const place = newHome();
    await ask(['-m', computed, '--max-cost', '50', 'hello'], place);
    expect((await keptRun(place)).result).toMatchObject({ cost_usd: 0.002, cost_source: 'computed' });

    const line = `$MOM ask -m '${computed}' --max-cost 50 --debug-requests --debug-dir traces hello`;
    const child = spawn('script', ['-qec', `stty cols 120; ${line}`, '/dev/null'], {
      cwd: place.cwd,
      env: { ...place.env, ...UPSTREAM(), MOM: `${process.execPath} ${MOM}`, TERM: 'dumb', SHELL: '/bin/sh' },
    });
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(screen).toMatch(/\n1\/1 model · .* · \d tokens · \$0\.002 computed\r\n$/);
    const [trace] = readdirSync(join(place.cwd, 'traces'));
    expect(readFileSync(join(place.cwd, 'traces', trace ?? ''), 'utf8')).toContain(`- s1 ${computed}: $0.002 computed`);
  });
});

describe('--dry-run', () => {
  const args = ['--dry-run', '-m', 'sandbox/in=10,out=1000', '-m', 'sandbox/echo', '--critic', 'sandbox/critic', 'hello'];
  const today = () => new Date().toISOString().slice(0, 10);

  it('knows the sandbox’s prices without a sandbox', async () => {
    const before = today();
    const { stdout, stderr, status } = await ask(['--sandbox', ...args]);
    expect({ stderr, status }).toEqual({ stderr: 'mom: sandbox: built-in simulated and recorded models, no network\n', status: 0 });
    const text = [
      "3 calls, strategy 'fuse' of mixture 'default'; nothing was sent",
      'asked at once:',
      '  p1  sandbox/in=10,out=1000  (sandbox) sent to openrouter, the built-in sandbox',
      '      5 to 13 tokens in, 1 to 4,000 out: $0.001 to $4.01',
      '  p2  sandbox/echo  (sandbox) sent to openrouter, the built-in sandbox',
      '      5 to 13 tokens in, 1 to 4,000 out: $0.000007 to $0.0081',
      'writes the answer:',
      '  c1  sandbox/critic  (sandbox) sent to openrouter, the built-in sandbox',
      '      7 to 9,673 tokens in, 1 to 4,000 out: $0.000009 to $0.018',
      'in total: $0.001 to $4.03, when no call has to be made again',
      `prices as listed on ${stdout.includes(before) ? before : today()}`,
      'tokens are estimated on this machine, within 35 %; an answer is taken to be as long as its limit at most',
    ];
    expect(stdout.trimEnd().split('\n').slice(0, text.length)).toEqual(text);
    expect(stdout.trimEnd().split('\n').slice(text.length)).toEqual([expect.stringContaining('the cap of $1.00 may be reached')]);
  });

  it('takes prices from the kept list, and asks nobody', async () => {
    const place = newHome();
    const gone = await startSandbox({});
    const models = ['-m', 'sandbox/in=10,out=1000', '-m', 'sandbox/echo', '--critic', 'sandbox/critic'];
    expect(await ask([...models, '--max-cost', '50', 'hello'], place, gone.url)).toMatchObject({ stderr: '', status: 0 });
    await gone.close();
    const { stdout, stderr, status } = await ask([...args, '--json'], place, gone.url);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const plan = JSON.parse(stdout);
    expect(plan).toMatchObject({ schema_version: 1, dry_run: true, calls: 3, unpriced: [] });
    expect(plan.planned[0]).toMatchObject({
      id: 'p1',
      kind: 'proposer',
      model: 'sandbox/in=10,out=1000',
      output_tokens: { low: 1, high: 4_000 },
      cost_usd: { low: expect.closeTo(0.00105, 8), high: expect.closeTo(4.00013, 8) },
    });
    const sum = (bound: string) => plan.planned.reduce((total: number, call: { cost_usd: never }) => total + call.cost_usd[bound], 0);
    expect([plan.cost_usd.low, plan.cost_usd.high]).toEqual([expect.closeTo(sum('low'), 10), expect.closeTo(sum('high'), 10)]);
    expect(Date.now() - Date.parse(plan.prices_listed_at)).toBeLessThan(60_000);
  });

  it('says what is not known without a list', async () => {
    const { stdout, status } = await ask(['--dry-run', '-m', 'sandbox/echo', '--json', 'hello']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ cost_usd: null, unpriced: ['sandbox/echo'], prices_listed_at: null });
  });
});

describe('a kept list', () => {
  const args = ['-m', 'sandbox/say=One,nocost', '--max-cost', '1', '--json', 'hello'];

  /** A place with a list that was kept by a run, changed as told. */
  async function withList(change: (text: string) => string): Promise<{ place: Place; file: string }> {
    const place = newHome();
    expect((await ask(args, place)).stderr).toBe('');
    const folder = join(place.root, 'cache', 'mom', 'models');
    const names = readdirSync(folder);
    expect(names).toHaveLength(1);
    const file = join(folder, names[0] ?? '');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    return { place, file };
  }

  const dated = (days: number) => {
    const date = new Date(Date.now() + days * 24 * 3_600_000).toISOString();
    return { date, change: (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, date) };
  };

  it('of two days ago still counts, and a run with a cap fetches it anew', async () => {
    const { date, change } = dated(-2);
    const { place } = await withList(change);
    const dry = JSON.parse((await ask(['--dry-run', ...args], place)).stdout);
    expect(dry).toMatchObject({ unpriced: [], prices_listed_at: date });
    expect(json(await ask(args, place))).toMatchObject({ status: 'complete', cost_source: 'computed' });
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['broken', () => '{"version":1,', /^the price list kept of openrouter is not used: its file is broken$/],
    [
      'of a newer mom',
      (text) => text.replace('"version":1', '"version":99'),
      /^the price list kept of openrouter is not used: a newer mom wrote it$/,
    ],
    ['from the future', dated(3).change, /^the price list kept of openrouter is not used: it is from the future \(\S+\)$/],
    ['of 40 days ago', dated(-40).change, /^the price list kept of openrouter is not used: it is from \S+, more than 30 days old$/],
  ])('that is %s is not used, said once, and replaced', async (_what, change, note) => {
    const { place } = await withList(change);
    const dry = await ask(['--dry-run', ...args], place);
    expect(dry.stderr.replace(/^mom: warning: /, '').trimEnd()).toMatch(note);
    expect(JSON.parse(dry.stdout)).toMatchObject({ cost_usd: null, unpriced: ['sandbox/say=One,nocost'] });
    const again = await ask(args, place);
    expect(again.stderr).toBe(dry.stderr);
    expect(json(again)).toMatchObject({ status: 'complete', cost_source: 'computed' });
    expect((await ask(args, place)).stderr).toBe('');
  });
});

describe('what a model can not take', () => {
  function withPicture(): Place {
    const place = newHome();
    writeFileSync(join(place.cwd, 'dot.png'), Buffer.from(DOT, 'base64'));
    return place;
  }
  const blind = 'sandbox/say=Blind,noimages';
  const seeing = 'sandbox/say=Seen';

  it('is an image: it is left out with a warning, and the others are asked', async () => {
    expect(await ask(['-a', 'dot.png', '-m', blind, '-m', seeing, '--critic', seeing, 'What is this?'], withPicture())).toEqual({
      stdout: 'Seen\n',
      stderr: `mom: warning: ${blind} takes no images: left out; the nearest model that takes images is sandbox/solver\n`,
      status: 0,
      signal: null,
    });
    expect(requests()).toEqual({ [seeing]: 1 });
  });

  it('is an image, with nobody left: 65', async () => {
    expect(await ask(['-a', 'dot.png', '-m', blind, 'What is this?'], withPicture())).toEqual({
      stdout: '',
      stderr: `mom: no model of mixture 'default' can take this request: ${blind} takes no images\nhint: the nearest model that takes images is sandbox/solver\n`,
      status: 65,
      signal: null,
    });
    expect(sandbox.stats().requests).toBe(0);
  });

  it('is an image, in the sandbox as well', async () => {
    const { stdout, status } = await ask(
      ['--sandbox', '-q', '-a', 'dot.png', '-m', blind, '-m', seeing, '--critic', seeing, 'x'],
      withPicture(),
    );
    expect({ stdout, status }).toEqual({ stdout: 'Seen\n', status: 0 });
  });

  it('is a text longer than its context', async () => {
    const place = newHome();
    writeFileSync(join(place.cwd, 'long.txt'), 'word '.repeat(30_000));
    const small = 'sandbox/say=Small,context=8000';
    const { stdout, stderr, status } = await ask(['-f', 'long.txt', '-m', small, '-m', seeing, '--critic', seeing, 'Sum it up'], place);
    expect({ stdout, status }).toEqual({ stdout: 'Seen\n', status: 0 });
    expect(stderr).toMatch(
      /^mom: warning: sandbox\/say=Small,context=8000 has a context of 8000 tokens, the request is about 3\d{4} tokens: left out; the nearest model that can take it is sandbox\/text\n$/,
    );
    expect((await ask(['-f', 'long.txt', '-m', small, 'Sum it up'], place)).status).toBe(65);
    expect(requests()).toEqual({ [seeing]: 1 });
  });

  it.each([
    ['sandbox/ekko', 'sandbox/echo'],
    ['sandbox/echo,expires=2020-01-01', 'sandbox/echo'],
  ])('is anything where it is retired: %s', async (retired, nearest) => {
    const out = `${retired} is not in service at openrouter`;
    const place = newHome();
    const args = ['-m', retired, '-m', seeing, '--critic', seeing, '--max-cost', '1', 'hello'];
    expect(await ask(args, place)).toEqual({
      stdout: 'Seen\n',
      stderr: `mom: warning: ${out}: left out; the nearest model in service is ${nearest}\n`,
      status: 0,
      signal: null,
    });
    expect(await ask(['-m', retired, '--max-cost', '1', 'hello'], place)).toEqual({
      stdout: '',
      stderr: `mom: no model of mixture 'default' can take this request: ${out}\nhint: the nearest model in service is ${nearest}\n`,
      status: 65,
      signal: null,
    });
    expect(requests()).toEqual({ [seeing]: 1 });
  });

  it('is a parameter: it is left out beforehand, with one warning', async () => {
    const cold = 'sandbox/say=Cold,unsupported=temperature';
    const args = ['-m', cold, '-m', cold, '-m', seeing, '--critic', seeing, '--temperature', '0.5', '--max-cost', '1', 'hello'];
    const { stdout, stderr, status } = await ask(args);
    expect({ stdout, stderr, status }).toEqual({
      stdout: 'Seen\n',
      stderr: `mom: warning: ${cold} does not take temperature: left out\n`,
      status: 0,
    });
    expect(bodies().map(({ model, temperature }) => [model, temperature])).toEqual(
      expect.arrayContaining([
        [cold, undefined],
        [seeing, 0.5],
      ]),
    );
    expect(requests()).toEqual({ [cold]: 2, [seeing]: 2 });
  });
});

describe('requests beside the calls', () => {
  /** A provider that only counts what it is asked. */
  async function counting(): Promise<{ url: string; seen: string[] }> {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const answer = { model: 'm', choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] };
      request.resume().on('end', () => {
        const isCall = request.method === 'POST';
        response.writeHead(isCall ? 200 : 404, { 'content-type': 'application/json' }).end(isCall ? JSON.stringify(answer) : '{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
  }

  it('are none for a plain question to a provider of the user’s own', async () => {
    const { url, seen } = await counting();
    expect(await ask(['-m', 'a/b', 'hello'], newHome(), url)).toMatchObject({ stdout: 'Hi\n', stderr: '', status: 0 });
    expect(seen).toEqual(['POST /v1/chat/completions']);
  });

  it('are one for an image, which is sent all the same where no list comes', async () => {
    const { url, seen } = await counting();
    const place = newHome();
    writeFileSync(join(place.cwd, 'dot.png'), Buffer.from(DOT, 'base64'));
    expect(await ask(['-a', 'dot.png', '-m', 'a/b', 'hello'], place, url)).toMatchObject({ stdout: 'Hi\n', stderr: '', status: 0 });
    expect(seen).toEqual(['GET /v1/models', 'POST /v1/chat/completions']);
  });
});
