import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunSummary } from '../../src/core/history.js';
import type { RunResult } from '../../src/core/run.js';
import { newPlace, type RunningCli, runCli } from '../support/cli.js';
import { families, type MixtureCli, mixtureCli, says, warned } from '../support/mixture-cli.js';
import { chat, startServer } from '../support/serve-cli.js';

const [ONE, TWO, THREE] = [says('I get 42.', 'in=1', 'out=100'), says('The answer is 42', 'in=1', 'out=100'), says('It is 41')] as const;
const MERGED = says('merged', 'in=2', 'out=300');
const HANG = 'sandbox/hang';
const QUESTION = 'What is 6 * 7?';
/** A picture of one point. */
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PANEL = { proposers: families(ONE, TWO, THREE), critic: MERGED };

interface Told {
  result: RunResult;
  stderr: string;
  status: number | null;
}

async function told(running: Promise<{ stdout: string; stderr: string; status: number | null }>): Promise<Told> {
  const { stdout, stderr, status } = await running;
  return { result: JSON.parse(stdout) as RunResult, stderr, status };
}

/** A run that came to its end without a word on stderr. */
async function asked(cli: MixtureCli, ...args: string[]): Promise<RunResult> {
  const { result, stderr, status } = await told(cli.ask(...args, '--json'));
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return result;
}

/** The same, with what it asked the models. */
async function resumed(cli: MixtureCli, id: string, ...args: string[]) {
  cli.sandbox.reset();
  const result = await asked(cli, '--resume', id, ...args);
  return { result, requests: cli.requests() };
}

/** Starts a run, and stops it when so many requests have been made, of which so many are still open. */
async function stopped(cli: MixtureCli, requests: number, open: number, signal: NodeJS.Signals, ...args: string[]): Promise<string> {
  const running = cli.start(...args);
  await vi.waitFor(() => expect(cli.sandbox.stats()).toMatchObject({ requests, active: open }), { timeout: 10_000, interval: 5 });
  await journalled(cli, running, requests - open);
  running.child.kill(signal);
  await running.done;
  return (await runsOf(cli))[0]?.id ?? '';
}

/** Waits until so many calls are over for the program too, which hears of it a little later than the models. */
async function journalled(cli: MixtureCli, { child }: RunningCli, ended: number): Promise<void> {
  const dir = join(cli.place.state, 'mom', 'runs');
  const ends = () => readdirSync(dir).flatMap((name) => readFileSync(join(dir, name), 'utf8').match(/"type":"call\.end"/g) ?? []);
  await vi.waitFor(() => expect(ends()).toHaveLength(ended), { timeout: 10_000, interval: 5 });
  expect(child.exitCode).toBeNull();
}

async function runsOf({ place }: MixtureCli): Promise<RunSummary[]> {
  return JSON.parse((await runCli(['logs', '--json'], { place })).stdout).runs;
}

function configure(cli: MixtureCli, mixture: object): void {
  writeFileSync(join(cli.place.root, 'mixture.yaml'), JSON.stringify({ mixtures: { mine: mixture } }));
}

function envOf({ sandbox, place }: MixtureCli): Record<string, string> {
  return { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test', MOM_CONFIG: join(place.root, 'mixture.yaml') };
}

const ids = (result: RunResult) => result.proposals.map(({ id, status, attempts }) => `${id} ${status} ${attempts > 0 ? 'asked' : 'kept'}`);

interface Case {
  it: string;
  mixture: Record<string, unknown>;
  /** What has been asked when the first run is stopped, and how much of it hangs. */
  requests: number;
  open: number;
  /** As it is when the run is resumed. @default the same */
  after?: Record<string, unknown>;
  args?: string[];
  /** What the second run asks. */
  asked: Record<string, number>;
  answer: string;
}

const CASES: Case[] = [
  {
    it: 'fuse, stopped while the critic writes: only the critic',
    mixture: { ...PANEL, critic: HANG },
    requests: 4,
    open: 1,
    args: ['--critic', MERGED],
    asked: { [MERGED]: 1 },
    answer: 'merged',
  },
  {
    it: 'fuse, stopped while proposers are awaited: only those that are missing',
    mixture: { ...PANEL, proposers: families(ONE, HANG, HANG) },
    after: { ...PANEL, proposers: families(ONE, TWO, THREE) },
    requests: 3,
    open: 2,
    asked: { [TWO]: 1, [THREE]: 1, [MERGED]: 1 },
    answer: 'merged',
  },
  {
    it: 'select: only the judge',
    mixture: { ...PANEL, strategy: 'select', critic: HANG },
    requests: 4,
    open: 1,
    args: ['--critic', says('VERDICT: A1')],
    asked: { [says('VERDICT: A1')]: 1 },
    answer: expect.stringMatching(/4[12]/) as unknown as string,
  },
  {
    it: 'vote: only whoever can still settle it',
    mixture: { ...PANEL, strategy: 'vote', proposers: families(ONE, THREE, HANG) },
    after: { ...PANEL, strategy: 'vote', proposers: families(ONE, THREE, TWO) },
    requests: 3,
    open: 1,
    asked: { [TWO]: 1 },
    answer: 'I get 42.',
  },
  {
    it: 'cascade: only the tier that is missing',
    mixture: { strategy: 'cascade', tiers: [families(ONE, THREE), [HANG]], critic: MERGED },
    after: { strategy: 'cascade', tiers: [families(ONE, THREE), [TWO]], critic: MERGED },
    requests: 3,
    open: 1,
    asked: { [TWO]: 1 },
    answer: 'The answer is 42',
  },
  {
    it: 'self: only the critic, and no sample again',
    mixture: { strategy: 'self', single: 'sandbox/say=The%20answer%20is%2042.,longline=40,finish=stop,fail=1', samples: 2, critic: HANG },
    requests: 3,
    open: 1,
    args: ['--critic', MERGED],
    asked: { [MERGED]: 1 },
    answer: 'merged',
  },
  {
    it: 'deep: all but the first layer, whose answers are read by what follows',
    mixture: { ...PANEL, proposers: families(ONE, THREE), strategy: 'deep', critic: HANG },
    requests: 5,
    open: 1,
    args: ['--critic', MERGED],
    asked: { [ONE]: 1, [THREE]: 1, [MERGED]: 1 },
    answer: 'merged',
  },
  {
    it: 'refine: the draft and its reviews, not the proposals',
    mixture: { ...PANEL, proposers: families(ONE, says('NOTHING TO ADD')), refine: 1, critic: HANG },
    requests: 3,
    open: 1,
    args: ['--critic', MERGED],
    asked: { [ONE]: 1, [says('NOTHING TO ADD')]: 1, [MERGED]: 2 },
    answer: 'merged',
  },
  {
    it: 'auto: the strategy that it had found',
    mixture: { ...PANEL, strategy: 'auto', proposers: families(ONE, THREE, HANG) },
    after: { ...PANEL, strategy: 'auto', proposers: families(ONE, THREE, TWO) },
    requests: 3,
    open: 1,
    asked: { [TWO]: 1 },
    answer: 'I get 42.',
  },
];

describe('what a resumed run asks', () => {
  it.each(CASES)('$it', async ({ mixture, after = mixture, requests, open, args = [], asked, answer }) => {
    const cli = await mixtureCli(mixture);
    const id = await stopped(cli, requests, open, 'SIGINT', QUESTION);
    configure(cli, after);
    const second = await resumed(cli, id, ...args);
    expect(second.requests).toEqual(asked);
    expect(second.result).toMatchObject({ status: 'complete', answer });
    expect((await runsOf(cli))[0]).toMatchObject({ id: second.result.id, parent: id, link: 'resumed', conversation: id });
  });

  it('nothing more than an answer that was never begun: the question, its system prompt, images and form', async () => {
    const cli = await mixtureCli({ proposers: families(HANG, HANG), critic: HANG });
    const schema = '{"type": "object", "properties": {"a": {"type": "string"}}}';
    writeFileSync(join(cli.place.cwd, 'dot.png'), Buffer.from(DOT, 'base64'));
    const id = await stopped(cli, 2, 2, 'SIGTERM', QUESTION, '-s', 'Be brief.', '-a', 'dot.png', '--schema', schema);
    const before = cli.bodies()[0]?.messages;
    expect(JSON.stringify(before)).toContain(DOT);
    configure(cli, { strategy: 'single', single: 'sandbox/json' });
    const { result, requests } = await resumed(cli, id);
    expect(requests).toEqual({ 'sandbox/json': 1 });
    expect(cli.bodies()[0]).toMatchObject({ messages: before, response_format: { type: 'json_schema' } });
    expect(JSON.parse(result.answer ?? '')).toEqual({ a: expect.any(String) });
  });
});

describe('a run of any end', () => {
  it('that was killed outright', async () => {
    const cli = await mixtureCli({ ...PANEL, proposers: families(ONE, HANG, TWO) });
    const id = await stopped(cli, 3, 1, 'SIGKILL', QUESTION);
    expect((await runsOf(cli))[0]).toMatchObject({ id, status: 'cancelled' });
    configure(cli, PANEL);
    const { result, requests } = await resumed(cli, id);
    // The second one sits where another model was, which is what was paid for all the same.
    expect(requests).toEqual({ [THREE]: 1, [MERGED]: 1 });
    expect(ids(result)).toEqual(['p1 answered kept', 'p2 answered kept', 'p3 answered asked']);
  });

  it('that failed', async () => {
    const cli = await mixtureCli({ ...PANEL, critic: `${MERGED},len=200,cut=600` });
    const first = await cli.ask(QUESTION, '--retries', '0');
    expect(first.status).toBe(69);
    const id = (await runsOf(cli))[0]?.id ?? '';
    const kept = `what the models answered is kept: mom logs show ${id} --proposals shows it, mom ask --resume ${id} pays only for what is missing`;
    expect(first.stderr.endsWith(`hint: ${kept}\n`)).toBe(true);
    expect((await resumed(cli, id, '--critic', MERGED)).requests).toEqual({ [MERGED]: 1 });
  });

  it('that came to its end: asks for another synthesis of the same answers, at their cost and seed', async () => {
    const cli = await mixtureCli(PANEL);
    const first = await asked(cli, QUESTION);
    const other = says('merged again', 'in=2', 'out=500');
    const { result, requests } = await resumed(cli, first.id, '--critic', other);
    expect(requests).toEqual({ [other]: 1 });
    expect(result).toMatchObject({ answer: 'merged again', seed: first.seed, mixture: 'mine', strategy: 'fuse' });
    expect(ids(result)).toEqual(['p1 answered kept', 'p2 answered kept', 'p3 answered kept']);
    expect(result.proposals.map(({ text }) => text)).toEqual(first.proposals.map(({ text }) => text));
    expect(result.cost_usd).toBe(result.critic?.cost_usd);

    const voted = await resumed(cli, first.id, '--strategy', 'vote', '--seed', '7');
    expect(voted.requests).toEqual({});
    expect(voted.result).toMatchObject({ strategy: 'vote', answer: 'I get 42.', cost_usd: 0, seed: 7 });

    const { total } = JSON.parse((await runCli(['cost', '--json'], { place: cli.place })).stdout);
    expect(total.cost_usd).toBeCloseTo((first.cost_usd ?? 0) + (result.cost_usd ?? 0), 12);
    expect(total).toMatchObject({ runs: 3, calls: 5, unpriced_calls: 0 });
  });

  it('that was itself resumed: what it had taken over is used again', async () => {
    const cli = await mixtureCli({ ...PANEL, proposers: families(ONE, HANG, HANG) });
    const first = await stopped(cli, 3, 2, 'SIGINT', QUESTION);
    configure(cli, { ...PANEL, proposers: families(ONE, TWO, HANG) });
    cli.sandbox.reset();
    const second = await stopped(cli, 2, 1, 'SIGINT', '--resume', first);
    configure(cli, PANEL);
    const { result, requests } = await resumed(cli, second);
    expect(requests).toEqual({ [THREE]: 1, [MERGED]: 1 });
    expect(ids(result)).toEqual(['p1 answered kept', 'p2 answered kept', 'p3 answered asked']);
    expect((await runsOf(cli)).map(({ parent, conversation }) => ({ parent, conversation }))).toEqual([
      { parent: second, conversation: first },
      { parent: first, conversation: first },
      { parent: null, conversation: first },
    ]);
  });

  it('that is still going on is refused', async () => {
    const cli = await mixtureCli({ ...PANEL, proposers: families(ONE, HANG, HANG) });
    const running = cli.start(QUESTION);
    await vi.waitFor(() => expect(cli.sandbox.stats()).toMatchObject({ requests: 3, active: 2 }), { timeout: 10_000, interval: 5 });
    await journalled(cli, running, 1);
    const [id = ''] = readdirSync(join(cli.place.state, 'mom', 'runs')).map((name) => name.replace('.jsonl', ''));
    for (const name of [id, id.slice(0, -2)]) {
      expect(await cli.ask('--resume', name)).toMatchObject({
        stdout: '',
        stderr: `mom: run ${id} is still going on, in process ${running.child.pid}\nhint: wait for its end, or end it first: kill -INT ${running.child.pid}\n`,
        status: 65,
      });
      const shown = await runCli(['logs', 'show', name], { place: cli.place });
      expect(shown).toMatchObject({ stdout: '', status: 65 });
      expect(shown.stderr).toContain(`mom: run ${id} is still going on, in process ${running.child.pid}\n`);
    }
    expect(cli.sandbox.stats().requests).toBe(3);
    running.child.kill('SIGINT');
    await running.done;
    configure(cli, PANEL);
    expect((await resumed(cli, id)).requests).toEqual({ [TWO]: 1, [THREE]: 1, [MERGED]: 1 });
  });

  it('that the gateway is still answering is refused', async () => {
    const cli = await mixtureCli({ ...PANEL, proposers: families(ONE, HANG, HANG) });
    const server = await startServer([], { place: cli.place, env: envOf(cli) });
    const answer = chat(server.url, { model: 'mom/mine', messages: [{ role: 'user', content: QUESTION }] }).catch(() => null);
    const dir = join(cli.place.state, 'mom', 'runs');
    const started = () => {
      const text = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'));
      return /"type":"run\.origin","run_id":"([^"]+)"/.exec(text.join(''))?.[1] ?? '';
    };
    await vi.waitFor(() => expect(started()).not.toBe(''), { timeout: 10_000, interval: 5 });
    const id = started();
    const said = `mom: run ${id} is still going on, in mom serve, process ${server.child.pid}\nhint: wait for its end\n`;
    for (const name of [id, id.slice(0, -2)]) {
      expect(await cli.ask('--resume', name)).toMatchObject({ stdout: '', stderr: said, status: 65 });
      expect(await runCli(['logs', 'show', name], { place: cli.place })).toMatchObject({ stdout: '', stderr: said, status: 65 });
    }
    await server.stop('SIGKILL');
    await answer;
    expect((await runCli(['logs', 'show', id, '--json'], { place: cli.place })).status).toBe(0);
  });

  it('of the gateway', async () => {
    const cli = await mixtureCli(PANEL);
    const server = await startServer([], { place: cli.place, env: envOf(cli) });
    const answer = await chat(server.url, { model: 'mom/mine', messages: [{ role: 'user', content: QUESTION }] });
    expect((await answer.json()).choices[0].message.content).toBe('I get 42.');
    await server.stop();
    const id = answer.headers.get('x-mom-run') ?? '';
    const again = await resumed(cli, id);
    expect(again.requests).toEqual({});
    expect(again.result).toMatchObject({ strategy: 'vote', answer: 'I get 42.', cost_usd: 0 });
    expect((await resumed(cli, id, '--strategy', 'fuse')).requests).toEqual({ [THREE]: 1, [MERGED]: 1 });
  });

  it('in the sandbox', async () => {
    const place = newPlace();
    onTestFinished(place.remove);
    const ask = (...args: string[]) => told(runCli(['ask', '--sandbox', '--json', '-q', ...args], { place }));
    const { result: first } = await ask();
    const { result: second } = await ask('--resume', first.id, '--critic', 'sandbox/critic');
    expect(first.proposals.length).toBeGreaterThan(1);
    expect(ids(second)).toEqual(first.proposals.map(({ id }) => `${id} answered kept`));
  });
});

describe('other models than before', () => {
  it('with -m: those of both are kept wherever they stand, the others named', async () => {
    const cli = await mixtureCli(PANEL);
    const { id } = await asked(cli, QUESTION);
    cli.sandbox.reset();
    const { result, stderr, status } = await told(cli.ask('--resume', id, '-m', says('new'), '-m', ONE, '--json'));
    const message = `not used of run ${id}, since nobody asks for them now: the answers of ${TWO} (p2), ${THREE} (p3)`;
    expect({ stderr, status }).toEqual({ stderr: warned([message]), status: 0 });
    expect(cli.requests()).toEqual({ [says('new')]: 1, [MERGED]: 1 });
    expect(ids(result)).toEqual(['p1 answered asked', 'p2 answered kept']);
    expect(result.warnings).toEqual([{ code: 'proposals_unused', message }]);
  });

  it('in the configuration', async () => {
    const cli = await mixtureCli(PANEL);
    const { id } = await asked(cli, QUESTION);
    configure(cli, { ...PANEL, proposers: families(THREE, ONE, says('new')) });
    cli.sandbox.reset();
    const { result, stderr } = await told(cli.ask('--resume', id, '--json'));
    expect(stderr).toBe(warned([`not used of run ${id}, since nobody asks for them now: the answer of ${TWO} (p2)`]));
    expect(cli.requests()).toEqual({ [says('new')]: 1, [MERGED]: 1 });
    expect(result.proposals.map(({ model }) => model)).toEqual([THREE, ONE, says('new')]);
  });

  it('in another mixture, or in another role', async () => {
    const cli = await mixtureCli(PANEL, { others: { other: { proposers: families(TWO, says('new')), critic: MERGED } } });
    const { id } = await asked(cli, QUESTION);
    cli.sandbox.reset();
    const other = await told(cli.ask('--resume', id, '--mixture', 'other', '--json'));
    expect(other.stderr).toBe(warned([`not used of run ${id}, since nobody asks for them now: the answers of ${ONE} (p1), ${THREE} (p3)`]));
    expect(cli.requests()).toEqual({ [says('new')]: 1, [MERGED]: 1 });
    cli.sandbox.reset();
    const role = await told(cli.ask('--resume', id, '--role', 'critical', '--json'));
    expect(role.stderr).toBe(
      warned([`not used of run ${id}, since nobody asks for them now: the answers of ${ONE} (p1), ${TWO} (p2), ${THREE} (p3)`]),
    );
    expect(cli.requests()).toEqual({ [ONE]: 1, [TWO]: 1, [THREE]: 1, [MERGED]: 1 });
  });

  it('where its mixture is gone', async () => {
    const cli = await mixtureCli(PANEL, { others: { other: { proposers: families(THREE, says('new')), critic: MERGED } } });
    const { id } = await asked(cli, QUESTION, '--mixture', 'other');
    configure(cli, PANEL);
    cli.sandbox.reset();
    const { result, stderr } = await told(cli.ask('--resume', id, '--json'));
    expect(stderr).toBe(
      warned([
        `there is no mixture 'other' any more, which run ${id} had: the default one is asked`,
        `not used of run ${id}, since nobody asks for them now: the answer of ${says('new')} (p2)`,
      ]),
    );
    expect(result.mixture).toBe('mine');
    expect(cli.requests()).toEqual({ [ONE]: 1, [TWO]: 1, [MERGED]: 1 });
  });

  it('with one alone', async () => {
    const cli = await mixtureCli(PANEL);
    const { id } = await asked(cli, QUESTION);
    cli.sandbox.reset();
    const { result, stderr } = await told(cli.ask('--resume', id, '--strategy', 'single', '--json'));
    expect(stderr).toContain(`not used of run ${id}, since nobody asks for them now`);
    expect(cli.requests()).toEqual({ [MERGED]: 1 });
    expect(result).toMatchObject({ strategy: 'single', proposals: [] });
  });
});

describe('a resumed run', () => {
  it('does not give the stored answer again, and replaces it', async () => {
    const cli = await mixtureCli(PANEL, { config: { cache: {} } });
    const first = await asked(cli, QUESTION);
    expect(await asked(cli, QUESTION)).toMatchObject({ answer_source: 'cache', answer: 'merged' });
    const { result, requests } = await resumed(cli, first.id);
    expect(result).toMatchObject({ answer_source: 'critic', answer: 'merged' });
    expect(requests).toEqual({ [MERGED]: 1 });
    expect((await asked(cli, QUESTION)).answer_source).toBe('cache');
  });

  it('reads no stdin', async () => {
    const cli = await mixtureCli(PANEL);
    const { id } = await asked(cli, QUESTION);
    cli.sandbox.reset();
    const { status } = await runCli(['ask', '--resume', id], { place: cli.place, env: envOf(cli), stdin: 'what stdin says' });
    expect(status).toBe(0);
    expect(JSON.stringify(cli.bodies())).not.toContain('what stdin says');
  });

  it('costs what is missing in a dry run, which keeps nothing', async () => {
    const cli = await mixtureCli(PANEL);
    const { id } = await asked(cli, QUESTION);
    cli.sandbox.reset();
    const { stdout, stderr, status } = await cli.ask('--resume', id, '--dry-run');
    expect({ stderr, status, requests: cli.requests() }).toEqual({ stderr: '', status: 0, requests: {} });
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      "1 call, strategy 'fuse' of mixture 'mine'; nothing was sent",
      'answered in the earlier run:',
      `  p1  ${ONE}  (family-a)`,
      `  p2  ${TWO}  (family-b)`,
      `  p3  ${THREE}  (family-c)`,
      'writes the answer:',
    ]);
    expect(await runsOf(cli)).toHaveLength(1);
  });

  it('asks the models that are there when it is asked for the question again by -c', async () => {
    const cli = await mixtureCli(PANEL);
    const { id } = await asked(cli, QUESTION);
    const second = await resumed(cli, id, '--critic', says('VERDICT: A1'), '--strategy', 'select');
    cli.sandbox.reset();
    const third = await asked(cli, '-c', 'and times 8?');
    expect(third.strategy).toBe('select');
    expect((await runsOf(cli))[0]).toMatchObject({ parent: second.result.id, link: 'continued', conversation: id });
    expect(cli.bodies()[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });
});
