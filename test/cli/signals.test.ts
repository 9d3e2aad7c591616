import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { MOM, newPlace, type RunningCli, startCli } from '../support/cli.js';
import { keptRun } from '../support/kept-run.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.reset());

const upstream = () => ({ MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' });
const start = (...args: string[]) => startCli(['ask', 'hi', ...args], { env: upstream() });
const untilAsked = (requests: number) =>
  vi.waitFor(() => expect(sandbox.stats().requests).toBe(requests), { timeout: 10_000, interval: 5 });

/** Sends the signal and says how long the upstream calls stayed open, in milliseconds. */
async function cut(cli: RunningCli, signal: NodeJS.Signals): Promise<number> {
  const open = sandbox.stats().active;
  const begin = performance.now();
  cli.child.kill(signal);
  await vi.waitFor(() => expect(sandbox.stats()).toMatchObject({ active: 0, cancelled: open }), { timeout: 5_000, interval: 5 });
  return performance.now() - begin;
}

describe('a signal before the fan-out', () => {
  it('ends mom by it while stdin is awaited', async () => {
    const cli = startHeld(['ask', '--stdin', 'hi', '-v']);
    await cli.untilStderr('waiting for standard input');
    cli.child.kill('SIGINT');
    expect(await cli.done).toMatchObject({ stdout: '', status: null, signal: 'SIGINT' });
    expect((await cli.done).stderr).toMatch(/\nmom: cancelled by SIGINT\n$/);
    expect(sandbox.stats().requests).toBe(0);
  });

  it('gives the one object with --json', async () => {
    const cli = startHeld(['ask', '--stdin', 'hi', '--json']);
    await cli.untilStderr('waiting for standard input');
    cli.child.kill('SIGTERM');
    const { stdout, signal } = await cli.done;
    expect(signal).toBe('SIGTERM');
    expect(JSON.parse(stdout)).toMatchObject({ id: null, status: 'cancelled', answer: null, error: { code: 'cancelled' } });
  });

  /** A program whose stdin stays open and silent. */
  function startHeld(args: string[]) {
    const place = newPlace();
    onTestFinished(place.remove);
    const child = spawn(process.execPath, [MOM, ...args], { cwd: place.cwd, env: { ...place.env, ...upstream() } });
    const seen = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      seen.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      seen.stderr += chunk;
    });
    const done = new Promise<typeof seen & { status: number | null; signal: NodeJS.Signals | null }>((resolve) =>
      child.once('close', (status, signal) => resolve({ ...seen, status, signal })),
    );
    return { child, done, untilStderr: (text: string) => vi.waitFor(() => expect(seen.stderr).toContain(text), { timeout: 10_000 }) };
  }
});

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', (signal) => {
  it('during the fan-out closes every call, keeps what was answered and ends mom by it', async () => {
    const cli = start('-m', 'sandbox/say=early', '-m', 'sandbox/hang', '-m', 'sandbox/text,hang', '--critic', 'sandbox/critic', '-v');
    await untilAsked(3);
    await cli.untilStderr('p1: answered');
    expect(await cut(cli, signal)).toBeLessThan(250);
    const { stdout, stderr, ...end } = await cli.done;
    expect(end).toEqual({ status: null, signal });
    expect(stdout).toBe('');
    const { result } = await keptRun(cli.place);
    expect(stderr.endsWith(`mom: cancelled by ${signal}; the finished proposals are kept: mom ask --resume ${result.id}\n`)).toBe(true);
    expect(result.proposals[0]).toMatchObject({ id: 'p1', status: 'answered', text: expect.stringContaining('early') });
  });
});

it('a signal while the critic is silent keeps the proposals', async () => {
  const cli = start('-m', 'sandbox/say=one', '-m', 'sandbox/say=two', '--critic', 'sandbox/hang');
  await untilAsked(3);
  expect(await cut(cli, 'SIGINT')).toBeLessThan(250);
  expect(await cli.done).toMatchObject({ stdout: '', status: null, signal: 'SIGINT' });
  const { result } = await keptRun(cli.place);
  expect(result.proposals.map(({ text }) => text)).toEqual([expect.stringContaining('one'), expect.stringContaining('two')]);
});

describe('a signal in the middle of the answer', () => {
  const slow = ['-m', 'sandbox/say=one', '-m', 'sandbox/say=two', '--critic', 'sandbox/say=begin%20and%20more,stall=3'];

  it('leaves on stdout what was streamed, its last line closed', async () => {
    const cli = start(...slow);
    await cli.untilStdout('begin');
    expect(await cut(cli, 'SIGINT')).toBeLessThan(250);
    const { stdout, stderr, status, signal } = await cli.done;
    expect({ status, signal }).toEqual({ status: null, signal: 'SIGINT' });
    expect(stdout).toMatch(/begin.*\n$/);
    const { id } = (await keptRun(cli.place)).result;
    expect(stderr).toBe(`mom: cancelled by SIGINT; the finished proposals are kept: mom ask --resume ${id}\n`);
  });

  it('gives the one object with --json', async () => {
    const cli = start(...slow, '--json');
    await untilAsked(3);
    await cut(cli, 'SIGINT');
    const { stdout, signal } = await cli.done;
    expect(signal).toBe('SIGINT');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'cancelled',
      error: { code: 'cancelled', message: 'cancelled by SIGINT' },
      proposals: [{ status: 'answered' }, { status: 'answered' }],
      critic: { status: 'cancelled' },
    });
  });

  it('leaves no file of -o', async () => {
    const cli = start(...slow, '-o', 'answer.txt');
    await untilAsked(3);
    await cut(cli, 'SIGINT');
    expect(await cli.done).toMatchObject({ stdout: '', signal: 'SIGINT' });
    expect(existsSync(join(cli.place.cwd, 'answer.txt'))).toBe(false);
    expect(readdirSync(cli.place.cwd)).toEqual([]);
  });

  it('keeps the traffic of --record, what was cut marked as broken', async () => {
    const cli = start(...slow, '--record', 'traffic.jsonl');
    await cli.untilStdout('begin');
    await cut(cli, 'SIGINT');
    await cli.done;
    const exchanges = readFileSync(join(cli.place.cwd, 'traffic.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exchanges.map((exchange) => exchange.response.broken)).toEqual([false, false, true]);
  });
});

describe('what is said to be kept after a signal', () => {
  const hang = ['-m', 'sandbox/hang', '-m', 'sandbox/hang'];

  async function saidOf(asked: number, ...args: string[]) {
    const cli = start(...args);
    await untilAsked(asked);
    cli.child.kill('SIGINT');
    return { stderr: (await cli.done).stderr, place: cli.place };
  }

  it('is the question, where nothing has been answered', async () => {
    const { stderr, place } = await saidOf(2, ...hang);
    const { id } = (await keptRun(place)).result;
    expect(stderr).toBe(`mom: cancelled by SIGINT; the question is kept: mom ask --resume ${id}\n`);
  });

  it.each([[['--no-log']], [['--set', 'log=false']], [['--set', 'log.content=false']]])('is nothing with %j', async (args) => {
    expect((await saidOf(2, ...hang, ...args)).stderr).toBe('mom: cancelled by SIGINT\n');
  });

  it('is nothing where the journal could not be written', async () => {
    const place = newPlace();
    onTestFinished(place.remove);
    writeFileSync(join(place.root, 'file'), '');
    const env = { ...upstream(), XDG_STATE_HOME: join(place.root, 'file') };
    const cli = startCli(['ask', 'hi', ...hang], { place, env });
    await cli.untilStderr('could not be written');
    cli.child.kill('SIGINT');
    expect((await cli.done).stderr).toMatch(/^mom: warning: the journal [^\n]*\nmom: cancelled by SIGINT\n$/);
  });

  it('names --sandbox where that is where it goes on', async () => {
    const cli = startCli(['ask', '--sandbox', 'hi', '-m', 'sandbox/say=there', ...hang, '-v']);
    await cli.untilStderr('p1: answered');
    cli.child.kill('SIGINT');
    const { stderr } = await cli.done;
    const { id } = (await keptRun(cli.place)).result;
    expect(stderr.endsWith(`mom: cancelled by SIGINT; the finished proposals are kept: mom ask --sandbox --resume ${id}\n`)).toBe(true);
  });
});

it('a second signal ends mom at once, though its output is held up', async () => {
  const cli = start('-m', 'sandbox/text,len=300000,stall=250000');
  cli.child.stdout.pause();
  await vi.waitFor(() => expect(cli.child.stdout.readableLength).toBeGreaterThan(0), { timeout: 10_000 });
  cli.child.kill('SIGINT');
  await vi.waitFor(() => expect(sandbox.stats().active).toBe(0));
  expect(cli.child.signalCode).toBeNull();
  cli.child.kill('SIGINT');
  cli.child.stdout.resume();
  expect(await cli.done).toMatchObject({ status: null, signal: 'SIGINT' });
});
