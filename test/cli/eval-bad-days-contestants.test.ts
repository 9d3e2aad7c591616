import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EvalCli, evalCli, reportOf, upstreamEvalCli } from '../support/eval-cli.js';
import { sums, writeLines } from '../support/eval-files.js';

let cli: EvalCli;
beforeEach(() => {
  cli = evalCli();
  writeLines(cli.place, 'sums.jsonl', sums(20));
});

/** Where the machine can keep a command from writing. */
const CONFINES = process.platform === 'linux' && spawnSync('unshare', ['-Urm', 'true']).status === 0;

const NO_RETRY = ['--set', 'retries=0'];
const json = async (...args: string[]) => {
  const result = await cli.run([...args, '--json', '-q']);
  return { ...result, report: reportOf(result) };
};

describe('a contestant', () => {
  it('that fails half its prompts is reported with its numbers and its reason, and counts as wrong', async () => {
    const half = 'sandbox/solver,e500=0.5';
    const { report, status } = await json('sums.jsonl', '--sandbox', '-m', 'sandbox/solver', '-m', half, '--no-sampled', ...NO_RETRY);
    expect(status).toBe(0);
    const found = report.contestants.find(({ name }) => name === half);
    expect(found).toMatchObject({ n: 20, missing: 0 });
    const failed = found?.failed ?? 0;
    expect(failed).toBeGreaterThan(4);
    expect(failed).toBeLessThan(16);
    expect(found?.accuracy).toMatchObject({ right: 20 - failed, of: 20 });
    expect(report.warnings).toEqual([
      {
        code: 'contestant_fails',
        message: `${half} failed on ${failed} of 20 prompts; that counts as wrong, or as lost; most often: openrouter failed for ${half} (500): the sandbox was asked to answer 500`,
      },
    ]);
    expect(report.prompts).toMatchObject({ total: 20, complete: 20 });
  });

  it('that was retried successfully has not failed', async () => {
    const { report } = await json('sums.jsonl', '--sandbox', '--sample', '2', '-m', 'sandbox/solver,e503,fail=1', '--no-sampled');
    expect(report.contestants).toMatchObject([{ n: 2, failed: 0 }]);
  });

  it('that always fails is a result beside the others', async () => {
    const { report, status } = await json('sums.jsonl', '--sandbox', '-m', 'sandbox/solver', '-m', 'missing/model', '--no-sampled');
    expect(status).toBe(0);
    const found = report.contestants.find(({ name }) => name === 'missing/model');
    expect(found).toMatchObject({ n: 20, failed: 20, accuracy: { right: 0, of: 20 } });
    expect(report.warnings[0]?.message).toMatch(
      /^missing\/model failed on 20 of 20 prompts; that counts as wrong, or as lost; most often: .*missing\/model/,
    );
  });

  it('that hangs is cut at its time and counts as failed', async () => {
    const args = ['--sample', '2', '--set', 'timeouts.call=300ms', ...NO_RETRY];
    const { report, status } = await json('sums.jsonl', '--sandbox', '-m', 'sandbox/solver', '-m', 'sandbox/hang', '--no-sampled', ...args);
    expect(status).toBe(0);
    expect(report.contestants.find(({ name }) => name === 'sandbox/hang')).toMatchObject({ n: 2, failed: 2 });
    expect(report.warnings.find(({ code }) => code === 'contestant_fails')?.message).toMatch(
      /^sandbox\/hang failed on 2 of 2 prompts; .*; most often: .*0\.3 s|300 ms/,
    );
  });
});

describe('where all fail for one lasting reason', () => {
  it.each([
    [401, 77, 'check the key (`mom doctor --live`), then go on with --resume'],
    [402, 4, 'add credit at the provider, then go on with --resume'],
    [403, 77, 'check the key (`mom doctor --live`), then go on with --resume'],
    [404, 78, 'look at `mom models` for ids that are there'],
  ])('(%i) it ends soon with %i and says what to do', async (answer, status, hint) => {
    const upstream = await upstreamEvalCli();
    writeLines(upstream.place, 'sums.jsonl', sums(20));
    const models = ['-m', `sandbox/solver,e${answer}`, '-m', `sandbox/talker,e${answer}`];
    const { stdout, stderr, ...end } = await upstream.run(['sums.jsonl', ...models, '--concurrency', '1', '-q']);
    expect({ stdout, status: end.status }).toEqual({ stdout: '', status });
    expect(stderr).toMatch(
      new RegExp(`^mom: all 2 contestants failed from the first prompt on: openrouter failed for sandbox/(?:solver|talker),e${answer} `),
    );
    expect(stderr.endsWith(`: the sandbox was asked to answer ${answer}\nhint: ${hint}\n`)).toBe(true);
    expect(upstream.sandbox.stats().requests).toBeLessThanOrEqual(5);
  });
});

describe('where nobody has answered anything in the end', () => {
  it.each([
    [['sandbox/solver,e503', 'sandbox/talker,e503'], 75],
    [['sandbox/solver,e400', 'sandbox/talker,e400'], 65],
    [['sandbox/solver,e400', 'sandbox/talker,e503'], 69],
  ])('%j it is no report: exit %i', async (models, status) => {
    const args = ['sums.jsonl', '--sample', '3', '--sandbox', ...models.flatMap((model) => ['-m', model]), ...NO_RETRY, '-q'];
    const { stdout, stderr, ...end } = await cli.run(args);
    expect({ stdout, status: end.status }).toEqual({ stdout: '', status });
    expect(stderr).toMatch(
      /^mom: nobody has answered any prompt: openrouter failed for sandbox\/\S+ \(\d+\): the sandbox was asked to answer \d+\n/,
    );
    expect(stderr.endsWith('hint: `mom doctor --live` shows who answers; --resume asks again when that has changed\n')).toBe(true);
  });
});

describe('a command of --check', () => {
  const SOLVER = ['--sandbox', '-m', 'sandbox/solver', '--no-sampled'];
  const OPEN = Array.from({ length: 3 }, (_, i) => ({ id: `q${i}`, prompt: `Write ${i}.` }));
  beforeEach(() => {
    mkdirSync(join(cli.place.cwd, 'project'));
    writeLines(cli.place, 'open.jsonl', OPEN);
  });
  const checked = (command: string, ...more: string[]) =>
    json('open.jsonl', ...SOLVER, '--check', command, '--check-folder', 'project', '--check-timeout', '1s', ...more);
  const messages = ({ report }: Awaited<ReturnType<typeof checked>>) => report.warnings.map(({ message }) => message);

  it('that hangs, children and all, is ended and counts as wrong, with a warning', async () => {
    const mark = `98${process.pid}`;
    const found = await checked(`sleep ${mark} & sleep ${mark}`);
    expect(found.status).toBe(0);
    expect(found.report.contestants).toMatchObject([{ accuracy: { right: 0, of: 3 } }]);
    expect(messages(found)).toContain('3 of 3 checks did not end in time, which counts as wrong: --check-timeout allows more');
    await expect.poll(() => processesWith(`sleep\0${mark}`)).toEqual([]);
  });

  it('with more time is run again, and what it said is kept', async () => {
    const slow = await checked('sleep 0.4', '--check-timeout', '100ms');
    expect(slow.report.contestants).toMatchObject([{ accuracy: { right: 0 } }]);
    const longer = await checked('sleep 0.4', '--check-timeout', '20s');
    expect(longer.report.contestants).toMatchObject([{ accuracy: { right: 3 } }]);
  });

  it('that is not there ends the evaluation after its first tries', async () => {
    writeLines(
      cli.place,
      'open.jsonl',
      Array.from({ length: 12 }, (_, i) => ({ id: `q${i}`, prompt: `Write ${i}.` })),
    );
    const { report, stderr, status } = await checked('no-such-command', '--concurrency', '1');
    expect({ stderr, status }).toEqual({ stderr: '', status: 2 });
    expect(report.partial?.code).toBe('usage');
    expect(report.partial?.message).toMatch(/^the command of --check can't be run: .*no-such-command: not found$/);
    expect(report.contestants[0]?.n).toBeLessThan(12);
    // What could not be run is no result that is kept.
    const bin = join(cli.place.root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'no-such-command'), '#!/bin/sh\n', { mode: 0o755 });
    const again = await cli.run(['--resume', '--sandbox', '--json', '-q'], { env: { PATH: `${bin}:${process.env.PATH}` } });
    expect(reportOf(again)).toMatchObject({ partial: null, contestants: [{ accuracy: { right: 12, of: 12 } }] });
  });

  it.runIf(CONFINES)('that writes outside of its copy, and fills its output, changes nothing there', async () => {
    writeFileSync(join(cli.place.cwd, 'project', 'kept'), 'as it was');
    const outside = join(cli.place.root, 'outside');
    writeFileSync(outside, 'as it was');
    const found = await checked(
      `echo bad > kept; echo bad > ${outside}; echo bad > ${join(cli.place.cwd, 'project', 'kept')}; head -c 20000000 /dev/zero; true`,
      '--check-timeout',
      '20s',
    );
    expect(readFileSync(join(cli.place.cwd, 'project', 'kept'), 'utf8')).toBe('as it was');
    expect(readFileSync(outside, 'utf8')).toBe('as it was');
    expect(found.report.contestants).toMatchObject([{ accuracy: { right: 3, of: 3 } }]);
  });

  it.runIf(CONFINES)('sees no key, and no store of mom', async () => {
    const command = `env | grep -i -e key -e canary && exit 1; ls ${join(cli.place.state, 'mom')} 2>/dev/null | grep . && exit 1; true`;
    const result = await cli.run(['open.jsonl', ...SOLVER, '--check', command, '--check-folder', 'project', '--json', '-q'], {
      env: { OPENROUTER_API_KEY: 'sk-or-canary', MY_SECRET: 'canary' },
    });
    expect(reportOf(result).contestants).toMatchObject([{ accuracy: { right: 3, of: 3 } }]);
  });

  it('gets no answer through a link that leads out of its folder', async () => {
    const outside = join(cli.place.root, 'elsewhere');
    mkdirSync(outside);
    symlinkSync(outside, join(cli.place.cwd, 'project', 'link'));
    writeLines(cli.place, 'open.jsonl', [{ id: 'a', prompt: 'Write.', answer_file: 'link/answer' }]);
    const { report } = await checked('true');
    expect(report.contestants).toMatchObject([{ accuracy: { right: 0, of: 1 } }]);
    expect(readdirSync(outside)).toEqual([]);
  });
});

/** Ids of processes whose command line holds this. */
function processesWith(words: string): string[] {
  return readdirSync('/proc').filter((id) => {
    try {
      return /^\d+$/.test(id) && readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(words);
    } catch {
      return false;
    }
  });
}
