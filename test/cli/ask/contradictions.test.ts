import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, runCli } from '../../support/cli.js';

/** What a wrong command line says; nothing is read, asked or written. */
async function refused(...args: string[]): Promise<string> {
  const place = newPlace();
  onTestFinished(place.remove);
  const { stdout, stderr, status } = await runCli(['ask', '-o', 'answer.txt', ...args], { place, stdin: 'what stdin says' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(existsSync(join(place.cwd, 'answer.txt'))).toBe(false);
  expect(existsSync(join(place.state, 'mom'))).toBe(false);
  return stderr;
}

describe('flags that contradict each other', () => {
  it.each([
    [['hi', '--refresh', '--no-cache'], '--refresh and --no-cache cannot be used together', 'leave one of them out'],
    [['hi', '--explain-route', '-n'], '--explain-route and --dry-run cannot be used together', 'leave one of them out'],
    [['hi', '-q', '-v'], '-q and -v cannot be used together', 'leave one of them out'],
    [['hi', '--raw', '--render'], '--raw and --render cannot be used together', 'leave one of them out'],
    [
      ['hi', '--schema', 'a', '--render'],
      '--schema and --render cannot be used together',
      'what it prints is no Markdown: leave one of them out',
    ],
    [['hi', '-x', '--render'], '--extract and --render cannot be used together', 'what it prints is no Markdown: leave one of them out'],
    [['hi', '-x', '--first', '--all'], '--first and --all cannot be used together', 'leave one of them out'],
    [['hi', '-x', '--show-proposals'], '--extract and --show-proposals cannot be used together', 'leave one of them out'],
    [
      ['hi', '--open', '--no-log'],
      '--open and --no-log cannot be used together',
      'the page is made from the run that is kept: leave one of them out',
    ],
    [
      ['hi', '-c', '--from', 'x'],
      '--continue and --from cannot be used together',
      'a run goes on with one other run: leave one of them out',
    ],
    [['-c', '--resume', 'x'], '--continue and --resume cannot be used together', 'a run goes on with one other run: leave one of them out'],
    [
      ['--from', 'x', '--resume', 'y'],
      '--from and --resume cannot be used together',
      'a run goes on with one other run: leave one of them out',
    ],
  ])('%j', async (args, message, hint) => {
    expect(await refused(...args)).toBe(`mom: ${message}\nhint: ${hint}\n`);
  });

  it.each(['json', 'jsonl'])('-x with --format %s, told in that format too', async (format) => {
    const { stdout, stderr, status } = await runCli(['ask', 'hi', '-x', '--format', format]);
    expect(status).toBe(2);
    const message = `--extract and --format ${format} cannot be used together`;
    expect(stderr).toBe(`mom: ${message}\nhint: ${format} holds the whole answer: leave one of them out\n`);
    const { status: runStatus, error } = format === 'json' ? JSON.parse(stdout) : JSON.parse(stdout).result;
    expect({ runStatus, ...error }).toMatchObject({ runStatus: 'failed', code: 'usage', message });
  });

  it.each([['--json'], ['--format', 'json']])('--render with %j %j', async (...args) => {
    const { stdout, stderr, status } = await runCli(['ask', 'hi', '--render', ...args]);
    const message = `${args.join(' ')} and --render cannot be used together`;
    const hint = 'what it prints is no Markdown: leave one of them out';
    expect({ stderr, status }).toEqual({ stderr: `mom: ${message}\nhint: ${hint}\n`, status: 2 });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', error: { code: 'usage', message, hint } });
  });

  it('-x with --json', async () => {
    const { stdout, stderr } = await runCli(['ask', 'hi', '-x', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ id: null, error: { code: 'usage' } });
    expect(stderr).toBe('mom: --extract and --json cannot be used together\nhint: --json holds the whole answer: leave one of them out\n');
  });

  it('--json with another format, told as JSON in either order', async () => {
    for (const args of [
      ['--json', '--format', 'jsonl'],
      ['--format', 'jsonl', '--json'],
    ]) {
      const { stdout, stderr, status } = await runCli(['ask', 'hi', ...args]);
      expect(status).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ id: null, status: 'failed', error: { code: 'usage' } });
      expect(stderr).toBe('mom: --json and --format jsonl cannot be used together\nhint: leave one of them out\n');
    }
  });
});

describe('flags that need another', () => {
  it.each([
    [['--lang', 'ts'], '--lang'],
    [['--first'], '--first'],
    [['--all'], '--all'],
  ])('%j needs -x', async (args, flag) => {
    expect(await refused('hi', ...args)).toBe(
      `mom: ${flag} chooses among code blocks, and none are asked for\nhint: add -x (--extract) to print code blocks only\n`,
    );
  });

  it('-p needs -t', async () => {
    expect(await refused('hi', '-p', 'lang=ts')).toBe(
      'mom: --param fills in a template, and none is named\n' +
        'hint: name it with --template (mom templates list shows what there is), or leave --param out\n',
    );
  });
});

describe('--resume takes no part of a question', () => {
  it.each([
    [['why?'], 'a question'],
    [['-f', 'notes.md'], '--file'],
    [['-a', 'picture.png'], '--attach'],
    [['-t', 'review'], '--template'],
    [['-s', 'Be brief.'], '--system'],
    [['--stdin'], '--stdin'],
  ])('%j', async (args, what) => {
    expect(await refused('--resume', '2026', ...args)).toBe(
      `mom: --resume asks the question of an earlier run: ${what} has no place there\n` +
        `hint: leave ${what} out, or go on with that conversation: mom ask --from 2026 "..."\n`,
    );
  });
});
