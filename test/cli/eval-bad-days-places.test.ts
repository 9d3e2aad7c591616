import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EvalCli, evalCli, reportOf, steady } from '../support/eval-cli.js';
import { sums, writeLines } from '../support/eval-files.js';
import { CAN_MOUNT, mounted } from '../support/namespace.js';

let cli: EvalCli;
let dir: string;
beforeEach(() => {
  cli = evalCli();
  dir = join(cli.place.state, 'mom');
  writeLines(cli.place, 'sums.jsonl', sums(20));
});

const SOLVER = ['sums.jsonl', '--sandbox', '-m', 'sandbox/solver', '--no-sampled'];
const run = async (args: readonly string[], within?: string) => {
  const { stdout, stderr, status } = await cli.run(args, { within });
  return { stdout, stderr: steady(stderr, cli.place), status };
};

describe('a store of evaluations', () => {
  const LOST = "mom: evaluations can't be kept: ROOT/state/mom/evals.db";

  it('that is damaged ends it before anybody is asked', async () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'evals.db'), Buffer.alloc(20_000, 'no database'));
    expect(await run([...SOLVER, '-q'])).toEqual({
      stdout: '',
      stderr: `${LOST} is damaged\nhint: move it away: mkdir ROOT/state/mom/damaged && mv ROOT/state/mom/evals.db* ROOT/state/mom/damaged; evaluations then begin a new one, and ask everything again\n`,
      status: 74,
    });
  });

  it('that is locked ends it, and another one is not needed with --no-log', { timeout: 30_000 }, async () => {
    await run([...SOLVER, '--sample', '1', '-q']);
    const other = new Libsql(join(dir, 'evals.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(await run([...SOLVER, '-q'])).toEqual({
      stdout: '',
      stderr: `${LOST}: another process keeps it locked\nhint: try again when the other process is done; with --no-log an evaluation needs no store\n`,
      status: 74,
    });
    expect(await run([...SOLVER, '-q', '--no-log'])).toMatchObject({ stderr: '', status: 0 });
    expect(await run(['show', '--sandbox'])).toMatchObject({ stderr: '', status: 0 });
    other.close();
  });

  it.skipIf(!CAN_MOUNT)('that may not be written ends it', async () => {
    mkdirSync(dir);
    const within = mounted(`mount --bind ${dir} ${dir}; mount -o remount,bind,ro ${dir}`);
    expect(await run([...SOLVER, '-q'], within)).toEqual({
      stdout: '',
      stderr: `${LOST}: it may not be written\nhint: make ROOT/state/mom and what is in it yours and writable, or set XDG_STATE_HOME to another folder; with --no-log an evaluation needs no store\n`,
      status: 74,
    });
  });

  it('that can only be looked at says so in words for reading', async () => {
    const READ = "mom: evaluations can't be read: ROOT/state/mom/evals.db";
    expect(await run(['show'])).toMatchObject({
      stderr: 'mom: no evaluation is kept yet\nhint: mom eval prompts.jsonl makes one\n',
      status: 66,
    });
    expect(existsSync(join(dir, 'evals.db'))).toBe(false);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'evals.db'), Buffer.alloc(20_000, 'no database'));
    expect(await run(['show'])).toEqual({
      stdout: '',
      stderr: `${READ} is damaged\nhint: move it away: mkdir ROOT/state/mom/damaged && mv ROOT/state/mom/evals.db* ROOT/state/mom/damaged; the next mom eval begins a new one, and asks everything again\n`,
      status: 74,
    });
    rmSync(join(dir, 'evals.db'));
    if (!CAN_MOUNT) return;
    await run([...SOLVER, '--sample', '1', '-q']);
    const within = mounted(`mount --bind ${dir} ${dir}; mount -o remount,bind,ro ${dir}`);
    expect(await run(['show', '--sandbox'], within)).toEqual({
      stdout: '',
      stderr: `${READ}: it may not be written\nhint: make ROOT/state/mom and what is in it yours and writable, or set XDG_STATE_HOME to another folder; a report that was written with -o is still in its folder\n`,
      status: 74,
    });
  });

  it.skipIf(!CAN_MOUNT)('whose disk fills up while it is asked ends it with a report on what there is', async () => {
    mkdirSync(dir);
    const within = mounted(`mount -t tmpfs -o size=200k tmpfs ${dir}`);
    const args = [...SOLVER, '-m', 'sandbox/talker,words=20000', '--concurrency', '2', '-q'];
    const { stdout, stderr, status } = await run(args, within);
    expect(status).toBe(74);
    expect(stdout.replaceAll(cli.place.root, 'ROOT').split('\n')[0]).toMatch(
      /^not all of it: evaluations can't be kept: ROOT\/state\/mom\/evals\.db: the disk is full; [1-9]\d? of 20 prompts are complete; mom eval --resume --sandbox goes on$/,
    );
    expect(stdout).toContain('\nsandbox/solver *');
    expect(stderr.split('\n').every((line) => line === '' || !line.includes('bug'))).toBe(true);
  });
});

describe('the report', () => {
  it('is no failure where its reader has gone away', async () => {
    const { stdout, stderr } = await cli.run([...SOLVER, '-q'], { within: '("$0" "$@"; echo "ended with $?" >&2) | true; exit 0' });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'ended with 0\n' });
  });

  it.skipIf(process.platform !== 'linux')('that cannot be printed ends with 74', async () => {
    const { stderr, status } = await cli.run([...SOLVER, '-q'], { within: 'exec >/dev/full' });
    expect(status).toBe(74);
    expect(stderr).toBe(
      'mom: stdout could not be written: ENOSPC: no space left on device, write\nhint: make room or write somewhere else\n',
    );
  });

  it('goes neither into a file nor beside foreign ones, which is said before anybody is asked', async () => {
    expect(await run([...SOLVER, '-o', 'sums.jsonl', '-q'])).toEqual({
      stdout: '',
      stderr: 'mom: sums.jsonl is no folder\nhint: name a folder: it gets several files\n',
      status: 74,
    });
    mkdirSync(join(cli.place.cwd, 'mine'));
    writeFileSync(join(cli.place.cwd, 'mine', 'notes'), 'x');
    expect(await run([...SOLVER, '-o', 'mine', '-q'])).toEqual({
      stdout: '',
      stderr: 'mom: mine holds something else than a report: notes\nhint: name a new folder, or an empty one\n',
      status: 74,
    });
    expect(await run(['--resume', '--sandbox', '-q'])).toMatchObject({ status: 66 });
  });
});

describe('hostile texts', () => {
  const EVIL =
    '\u001b[31mRED\u001b]0;title\u0007 \u202eabc <script>alert(1)</script> <img src=x onerror=alert(1)> \u009b31m \u0000 \u2066x';
  const RAW = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
  const inPage = () => readFileSync(join(cli.place.cwd, 'out', 'report.html'), 'utf8');

  it('of prompts, ids, references and models reach neither the terminal nor the page raw', async () => {
    const rows = Array.from({ length: 3 }, (_, i) => ({ id: `${EVIL}${i}`, prompt: `${EVIL} ${i}?` }));
    writeLines(cli.place, 'evil.jsonl', [...rows, { id: 'r', prompt: `What is 1 + 1? ${EVIL}`, reference: `${EVIL} is 2` }]);
    const models = ['-m', 'sandbox/hostile', '-m', 'sandbox/talker', '--no-sampled'];
    for (const more of [[], ['-n']]) {
      const { stdout, stderr, status } = await cli.run([
        'evil.jsonl',
        '--sandbox',
        ...models,
        ...more,
        ...(more.length ? [] : ['-o', 'out']),
      ]);
      expect(status).toBe(0);
      expect(RAW.test(stdout + stderr)).toBe(false);
    }
    expect(RAW.test(inPage())).toBe(false);
    expect(inPage()).not.toMatch(/<script>alert|<img src=x/);
    expect((await cli.run(['show', '--sandbox'])).stdout).not.toMatch(RAW);
  });

  it('of files of answers, and names in them, reach neither the terminal nor the page raw', async () => {
    const answers = (name: string) =>
      [0, 1, 2].map((i) => ({
        id: `${EVIL}${i}`,
        contestant: `${name}${EVIL}`,
        prompt: `${EVIL} ${i}`,
        text: `${EVIL} ${name.repeat(i)}`,
      }));
    writeLines(cli.place, 'a.jsonl', answers('a'));
    writeLines(cli.place, 'b.jsonl', answers('b'));
    const { stdout, stderr, status } = await cli.run(['judge', 'a.jsonl', 'b.jsonl', '--sandbox', '-o', 'out']);
    expect(status).toBe(0);
    expect(RAW.test(stdout + stderr)).toBe(false);
    expect(RAW.test(inPage())).toBe(false);
    expect(inPage()).not.toMatch(/<script>alert|<img src=x/);
  });

  it('of 5 MB are asked, stored and shown short', { timeout: 20_000 }, async () => {
    writeLines(cli.place, 'big.jsonl', [{ id: 'big', prompt: `${'word '.repeat(1_000_000)} What is 1 + 1?`, reference: '2' }]);
    const result = await cli.run([
      'big.jsonl',
      '--sandbox',
      '-m',
      'sandbox/solver',
      '--no-sampled',
      '--set',
      'max_cost=10',
      '--json',
      '-q',
    ]);
    expect(result).toMatchObject({ stderr: '', status: 0 });
    expect(reportOf(result).contestants).toMatchObject([{ accuracy: { right: 1, of: 1 } }]);
    expect(result.stdout.length).toBeLessThan(10_000);
  });

  it('in an error of a file are shown harmless', async () => {
    writeFileSync(join(cli.place.cwd, 'bad.jsonl'), `${JSON.stringify({ id: 'a', prompt: 'x', kind: EVIL })}\n`);
    const { stderr, status } = await cli.run(['bad.jsonl', '--sandbox', '-q']);
    expect(status).toBe(65);
    expect(stderr).not.toMatch(RAW);
  });
});
