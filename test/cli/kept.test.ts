import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { MOM, runCli, startCli } from '../support/cli.js';
import { keptRun } from '../support/kept-run.js';
import { families, mixtureCli, says } from '../support/mixture-cli.js';

const PANEL = { proposers: families(says('one'), says('two')), critic: says('merged') };

describe('a run is kept', () => {
  it('after its answer, whatever way it came', async () => {
    const cli = await mixtureCli(PANEL);
    expect(await cli.ask('first?')).toEqual({ stdout: 'merged\n', stderr: '', status: 0, signal: null });
    expect(await keptRun(cli.place)).toMatchObject({
      summary: { status: 'complete', question: 'first?', parent: null, link: null },
      messages: [{ role: 'user', content: 'first?' }],
      result: { answer: 'merged' },
    });
    expect(await cli.ask('second?', '-o', 'answer.txt')).toMatchObject({ stdout: '', stderr: '', status: 0 });
    expect(await keptRun(cli.place)).toMatchObject({ summary: { question: 'second?' }, result: { answer: 'merged' } });
    const { stdout } = await cli.ask('third?', '--json');
    expect((await keptRun(cli.place)).result).toEqual(JSON.parse(stdout));
    expect(readdirSync(join(cli.place.state, 'mom', 'runs'))).toEqual([]);
  });

  it('when its reader has gone away', async () => {
    const long = says('word '.repeat(2_000), 'tps=4000');
    const cli = await mixtureCli({ strategy: 'single', single: long });
    const env = {
      ...cli.place.env,
      MOM_BASE_URL: cli.sandbox.url,
      MOM_API_KEY: 'key-of-the-test',
      MOM_CONFIG: join(cli.place.root, 'mixture.yaml'),
    };
    const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${MOM}" ask hi --mixture mine | head -c 5`], { cwd: cli.place.cwd, env });
    const ended = await new Promise((resolve) => child.once('close', (status) => resolve(status)));
    expect(ended).toBe(0);
    expect((await keptRun(cli.place)).summary).toMatchObject({ status: 'cancelled', question: 'hi' });
  });

  it('by a process of its own where it is large, without a word', async () => {
    const cli = await mixtureCli(PANEL);
    writeFileSync(join(cli.place.cwd, 'long.txt'), 'so many words '.repeat(100_000));
    expect(await cli.ask('Which?', '-f', 'long.txt', '--max-cost', '10')).toEqual({
      stdout: 'merged\n',
      stderr: '',
      status: 0,
      signal: null,
    });
    const isTakenIn = () => expect(readdirSync(join(cli.place.state, 'mom', 'runs'))).toEqual([]);
    await vi.waitFor(isTakenIn, { timeout: 15_000, interval: 100 });
    expect(await keptRun(cli.place)).toMatchObject({ summary: { status: 'complete' }, result: { answer: 'merged' } });
  });

  it('not with --no-log, log: false or --dry-run', async () => {
    const cli = await mixtureCli(PANEL);
    for (const args of [['--no-log'], ['--set', 'log=false'], ['--dry-run'], ['--explain-route']]) {
      expect(await cli.ask('hi', ...args)).toMatchObject({ stderr: '', status: 0 });
      expect(existsSync(join(cli.place.state, 'mom'))).toBe(false);
    }
  });
});

describe('a store that can not be used', () => {
  it('costs one warning, not the answer, and the run is taken in later', async () => {
    const cli = await mixtureCli(PANEL);
    const dir = join(cli.place.state, 'mom');
    mkdirSync(join(dir, 'mom.db'), { recursive: true, mode: 0o700 });
    const { stdout, stderr, status } = await cli.ask('hi');
    expect({ stdout, status }).toEqual({ stdout: 'merged\n', status: 0 });
    const [name = ''] = readdirSync(join(dir, 'runs'));
    const warning = `mom: warning: the run is not in the history yet, its journal is ${join(dir, 'runs', name)}: `;
    expect(stderr.startsWith(warning)).toBe(true);
    expect(stderr.indexOf('\n')).toBe(stderr.length - 1);
    rmdirSync(join(dir, 'mom.db'));
    expect((await keptRun(cli.place)).result.answer).toBe('merged');
    expect(readdirSync(join(dir, 'runs'))).toEqual([]);
  });

  it('that is deleted with its journals while a run goes on costs that run, which is said', async () => {
    const running = startCli(['ask', '--sandbox', '-m', 'sandbox/stall=5', 'hi']);
    await running.untilStdout('[simulated');
    const dir = join(running.place.state, 'mom');
    await vi.waitFor(() => expect(readdirSync(join(dir, 'runs'))).toHaveLength(1), { timeout: 10_000, interval: 5 });
    const [journal = ''] = readdirSync(join(dir, 'runs'));
    rmSync(dir, { recursive: true });
    running.child.kill('SIGINT');
    const { stderr, signal } = await running.done;
    expect(signal).toBe('SIGINT');
    expect(stderr.split('\n').slice(1)).toEqual([
      'mom: cancelled by SIGINT',
      `mom: warning: the run is lost: its journal ${join(dir, 'runs', journal)} was deleted while it went on`,
      '',
    ]);
  });

  it('is not spoken of with -q', async () => {
    const cli = await mixtureCli(PANEL);
    mkdirSync(join(cli.place.state, 'mom', 'mom.db'), { recursive: true, mode: 0o700 });
    expect(await cli.ask('hi', '-q')).toEqual({ stdout: 'merged\n', stderr: '', status: 0, signal: null });
  });

  it('ends what would go on with a run, saying why', async () => {
    const cli = await mixtureCli(PANEL);
    mkdirSync(join(cli.place.state, 'mom', 'mom.db'), { recursive: true, mode: 0o700 });
    const { stdout, stderr, status } = await cli.ask('-c', 'and?');
    expect({ stdout, status, asked: cli.requests() }).toEqual({ stdout: '', status: 74, asked: {} });
    expect(stderr).toContain('mom.db');
  });

  it('is not spoken of where the journal could not be written either', async () => {
    const cli = await mixtureCli(PANEL);
    const file = join(cli.place.root, 'file');
    writeFileSync(file, '');
    const env = { MOM_BASE_URL: cli.sandbox.url, MOM_API_KEY: 'key-of-the-test', MOM_CONFIG: join(cli.place.root, 'mixture.yaml') };
    const args = ['ask', 'hi', '--mixture', 'mine'];
    const { stdout, stderr, status } = await runCli(args, { place: cli.place, env: { ...env, XDG_STATE_HOME: file } });
    expect({ stdout, status }).toEqual({ stdout: 'merged\n', status: 0 });
    expect(stderr).toMatch(/^mom: warning: the journal .* could not be written: ENOTDIR[^\n]*\n$/);
  });
});
