import { describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/core/run.js';
import type { RunningCli } from '../support/cli.js';
import { keptRun } from '../support/kept-run.js';
import { eventsOf, families, type MixtureCli, mixtureCli, says, warned } from '../support/mixture-cli.js';
import { problems } from '../support/schema.js';

const CRITIC = 'sandbox/critic';
const [ONE, TWO, THREE] = [says('I get 42.'), says('The answer is 42'), says('It is 41')] as const;
const MERGED = says('merged');
const TIER = families(ONE, THREE);
const QUESTION = 'What is 6 * 7?';

/** Whoever hangs in a stage of a run. */
interface Stage {
  it: string;
  mixture: Record<string, unknown>;
  args?: string[];
  /** Requests that are under way or done when everything waits for the one that hangs. */
  requests: number;
  open: number;
  /** Ids of calls that have been answered by then. */
  answered: string[];
  /** What is there when time is up. */
  best: string;
  warnings: string[];
}

const HANG = 'sandbox/hang';
const LATE = 'the run was not finished after 2 s';

const STAGES: Stage[] = [
  {
    it: 'fuse, while proposers are awaited',
    mixture: { proposers: families(ONE, HANG, HANG), critic: MERGED },
    requests: 3,
    open: 2,
    answered: ['p1'],
    best: 'I get 42.',
    warnings: [`${LATE}; the best proposal goes out instead of a merged answer`],
  },
  {
    it: 'fuse, while the critic writes',
    mixture: { proposers: families(ONE, THREE), critic: HANG },
    requests: 3,
    open: 1,
    answered: ['p1', 'p2'],
    best: 'I get 42.',
    warnings: [`${LATE}; the best proposal goes out instead of a merged answer`],
  },
  {
    it: 'vote, while the second vote is awaited',
    mixture: { strategy: 'vote', proposers: families(ONE, HANG), critic: MERGED },
    requests: 2,
    open: 1,
    answered: ['p1'],
    best: 'I get 42.',
    warnings: [`${LATE}; the answer with most votes so far goes out`],
  },
  {
    it: 'select, while the judge chooses',
    mixture: { strategy: 'select', proposers: families(THREE, ONE, TWO), critic: HANG },
    requests: 4,
    open: 1,
    answered: ['p1', 'p2', 'p3'],
    best: 'I get 42.',
    warnings: [`${LATE}; the best proposal goes out without a judge's choice`],
  },
  {
    it: 'cascade, in the first tier',
    mixture: { strategy: 'cascade', tiers: [families(ONE, HANG), [{ model: TWO, family: 'strong' }]] },
    requests: 2,
    open: 1,
    answered: ['p1'],
    best: 'I get 42.',
    warnings: [`${LATE}; the best of the earlier answers goes out`],
  },
  {
    it: 'cascade, in the second tier',
    mixture: { strategy: 'cascade', tiers: [TIER, [{ model: HANG, family: 'strong' }]] },
    requests: 3,
    open: 1,
    answered: ['p1', 'p2'],
    best: 'I get 42.',
    warnings: [`${LATE}; the best of the earlier answers goes out`],
  },
  {
    it: 'deep, in the middle layer',
    mixture: { strategy: 'deep', proposers: TIER, critic: MERGED, layers: { aggregators: [HANG, HANG] } },
    requests: 4,
    open: 2,
    answered: ['p1', 'p2'],
    best: 'I get 42.',
    warnings: [`${LATE}; the best proposal goes out instead of a merged answer`],
  },
  {
    it: 'deep, in the last synthesis',
    mixture: { strategy: 'deep', proposers: TIER, critic: HANG },
    requests: 5,
    open: 1,
    answered: ['p1', 'p2', 'p1.2', 'p2.2'],
    best: 'I get 42.',
    warnings: [`${LATE}; the best proposal goes out instead of a merged answer`],
  },
  {
    it: '--verify, while the questions are written',
    mixture: { strategy: 'vote', proposers: families(ONE, TWO), critic: HANG, verify: true },
    requests: 3,
    open: 1,
    answered: ['p1', 'p2'],
    best: 'I get 42.',
    warnings: [`${LATE}; the answer goes out unchecked`],
  },
  {
    it: '--verify, while the questions are answered',
    mixture: { strategy: 'vote', proposers: families(ONE, TWO), critic: CRITIC, verify: { model: { model: HANG, family: 'x' } } },
    requests: 4,
    open: 1,
    answered: ['p1', 'p2', 'v0'],
    best: 'I get 42.',
    warnings: [`${LATE}; the answer goes out unchecked`],
  },
  {
    it: '--refine, while the reviews are put in',
    mixture: { strategy: 'vote', proposers: families(ONE, TWO), critic: HANG, refine: 2 },
    requests: 5,
    open: 1,
    answered: ['p1', 'p2', 'p1.r1', 'p2.r1'],
    best: 'I get 42.',
    warnings: [`${LATE}; the last answer stays as it is`],
  },
];

const untilOpen = (cli: MixtureCli, { requests, open }: Stage) =>
  vi.waitFor(() => expect(cli.sandbox.stats()).toMatchObject({ requests, active: open }), { timeout: 10_000, interval: 5 });

/** Sends Ctrl-C and says how long the upstream calls stayed open, in milliseconds. */
async function interrupt(cli: MixtureCli, run: RunningCli): Promise<number> {
  const open = cli.sandbox.stats().active;
  const begin = performance.now();
  run.child.kill('SIGINT');
  await vi.waitFor(() => expect(cli.sandbox.stats()).toMatchObject({ active: 0, cancelled: open }), { timeout: 5_000, interval: 5 });
  return performance.now() - begin;
}

describe.each(STAGES)('$it', (stage) => {
  const { mixture, args = [QUESTION], open, answered, best, warnings } = stage;

  it('Ctrl-C closes every connection and keeps what was answered', async () => {
    const cli = await mixtureCli(mixture);
    const run = cli.start(...args);
    await untilOpen(cli, stage);
    expect(await interrupt(cli, run)).toBeLessThan(250);
    const ending = await run.done;
    const { result } = await keptRun(cli.place);
    expect(ending).toEqual({
      stdout: '',
      stderr: `mom: cancelled by SIGINT; the finished proposals are kept: mom ask --resume ${result.id}\n`,
      status: null,
      signal: 'SIGINT',
    });
    expect(result.calls.filter(({ status }) => status === 'answered').map(({ id }) => id)).toEqual(expect.arrayContaining(answered));
    expect(result.calls.filter(({ status }) => status === 'cancelled')).toHaveLength(open);
  });

  it('--timeout gives the best there is', async () => {
    const cli = await mixtureCli(mixture);
    const run = await cli.ask('--strict', '--grace', '60s', '--timeout', '2s', ...args);
    expect(run).toEqual({ stdout: `${best}\n`, stderr: warned(warnings), status: 3, signal: null });
    expect(cli.sandbox.stats()).toMatchObject({ active: 0, cancelled: open });
  });

  it('an upstream that dies leaves the best there is', async () => {
    const cli = await mixtureCli(mixture);
    const run = cli.start('--json', '--retries', '0', ...args);
    await untilOpen(cli, stage);
    await cli.sandbox.close();
    const { stdout, status } = await run.done;
    const result = JSON.parse(stdout) as RunResult;
    expect({ answer: result.answer, outcome: result.status, status }).toEqual({ answer: best, outcome: 'degraded', status: 0 });
  });
});

describe('Ctrl-C in the middle of the answer', () => {
  const SLOW = says('begin and more', 'stall=3');

  it.each([
    ['of a single model', { strategy: 'single', single: SLOW }, 1],
    ['of the last synthesis of deep', { strategy: 'deep', proposers: TIER, critic: SLOW }, 5],
    ['of a vote that merges', { strategy: 'vote', proposers: families(says('Go. It is fun.'), says('Stay. I mean it.')), critic: SLOW }, 3],
    ['that puts reviews in', { strategy: 'vote', proposers: families(ONE, TWO), critic: SLOW, refine: 1 }, 5],
  ])('%s leaves what was streamed', async (_name, mixture, requests) => {
    const cli = await mixtureCli(mixture);
    const run = cli.start(requests === 3 ? 'Should I go?' : QUESTION);
    await run.untilStdout('begin');
    expect(await interrupt(cli, run)).toBeLessThan(250);
    const { stdout, stderr, ...end } = await run.done;
    expect({ stdout, end }).toEqual({ stdout: 'begin and more\n', end: { status: null, signal: 'SIGINT' } });
    const { result } = await keptRun(cli.place);
    const what = requests === 1 ? 'the question is kept' : 'the finished proposals are kept';
    expect(stderr).toBe(`mom: cancelled by SIGINT; ${what}: mom ask --resume ${result.id}\n`);
    expect(result.calls).toHaveLength(requests);
    expect(result).toMatchObject({ status: 'cancelled', answer: 'begin and more' });
  });
});

it('Ctrl-C while a shown draft is checked leaves the draft', async () => {
  const verify = { show: 'draft', model: { model: HANG, family: 'x' } };
  const cli = await mixtureCli({ strategy: 'vote', proposers: families(ONE, TWO), critic: CRITIC, verify });
  const run = cli.start(QUESTION);
  await run.untilStdout('I get 42.');
  await vi.waitFor(() => expect(cli.requests()[HANG]).toBe(1), { timeout: 10_000, interval: 5 });
  expect(await interrupt(cli, run)).toBeLessThan(250);
  expect(await run.done).toMatchObject({ stdout: 'I get 42.\n', signal: 'SIGINT' });
  expect((await keptRun(cli.place)).result).toMatchObject({ status: 'cancelled', answer: 'I get 42.' });
});

it.each(['SIGINT', null])('every event of a run that ends badly is as published (%s)', async (signal) => {
  const cli = await mixtureCli({ strategy: 'select', proposers: families(ONE, TWO), critic: signal ? HANG : 'sandbox/e401', verify: true });
  const run = cli.start('--format', 'jsonl', QUESTION);
  if (signal) {
    await vi.waitFor(() => expect(cli.requests()[HANG]).toBe(1), { timeout: 10_000, interval: 5 });
    await interrupt(cli, run);
  }
  const events = eventsOf((await run.done).stdout);
  expect(events.map((event) => problems('event', event))).toEqual(events.map(() => []));
  expect(events.at(-1)).toMatchObject({ type: 'run.end', result: { status: signal ? 'cancelled' : 'degraded' } });
});

describe('a reader that goes away', () => {
  const LONG = says(`${'word '.repeat(20)}\n`, 'len=60000');

  it.each([
    ['vote', { strategy: 'vote', proposers: families(LONG, LONG), vote: { extract: 'short' } }],
    ['select', { strategy: 'select', proposers: families(LONG, ONE), critic: CRITIC }],
    ['cascade', { strategy: 'cascade', tiers: [families(ONE), families(LONG)] }],
    ['deep', { strategy: 'deep', proposers: TIER, critic: `${LONG},tps=200` }],
    ['verify', { strategy: 'fuse', proposers: TIER, critic: LONG, verify: true }],
  ])('ends %s quietly with 0', async (_name, mixture) => {
    const cli = await mixtureCli(mixture);
    const run = cli.start('Tell me something.');
    let seen = '';
    run.child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      run.child.stdout.destroy();
    });
    const { stderr, status, signal } = await run.done;
    expect({ stderr, status, signal }).toEqual({ stderr: '', status: 0, signal: null });
    expect(seen).not.toBe('');
    await vi.waitFor(() => expect(cli.sandbox.stats().active).toBe(0));
  });
});
