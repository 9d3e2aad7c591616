import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createChecker } from '../../../../src/app/eval/check/create-checker.js';
import { MomError } from '../../../../src/core/error.js';
import type { EvalPrompt } from '../../../../src/core/eval/prompt.js';
import type { Warning } from '../../../../src/core/run.js';

const CONFINES = process.platform === 'linux' && spawnSync('unshare', ['-Urm', 'true']).status === 0;

function newFolder(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'mom-check-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function promptWith(fields: Partial<EvalPrompt> = {}): EvalPrompt {
  const messages = [{ role: 'user' as const, content: 'What is 6 times 7?' }];
  return { id: 'q1', messages, reference: '42', kind: 'math', answer_file: null, ...fields };
}

interface Wish {
  folder?: string;
  env?: Record<string, string>;
  hidden?: string[];
  timeout?: number;
}

async function checkerFor(command: string, { folder = newFolder(), env = {}, hidden = [], timeout = 20_000 }: Wish = {}) {
  const notes: Warning[] = [];
  const checker = await createChecker(
    { command, folder, timeout },
    {
      env: { PATH: process.env.PATH, ...env },
      hidden,
      codeOf: (answer) => answer.replace(/^```\w*\n|```$/g, ''),
      onNote: (note) => notes.push(note),
    },
  );
  onTestFinished(() => checker.close());
  const check = (text: string, prompt = promptWith(), signal = new AbortController().signal) => checker.check(prompt, text, signal);
  return { checker, check, notes };
}

describe('a check', () => {
  it('passes where the command ends with 0', async () => {
    const { check } = await checkerFor('grep -qx 42 "$MOM_EVAL_ANSWER"');
    expect(await check('42')).toEqual({ passed: true, reason: null, output: '' });
    expect(await check('41')).toEqual({ passed: false, reason: 'exit 1', output: '' });
  });

  it('is told the question, the reference and the id, and what it wrote is kept', async () => {
    const { check } = await checkerFor('cat "$MOM_EVAL_PROMPT" "$MOM_EVAL_REFERENCE"; echo "$MOM_EVAL_ID" >&2; exit 3');
    expect(await check('x')).toEqual({ passed: false, reason: 'exit 3', output: 'What is 6 times 7?42q1' });
  });

  it('finds the answer at its place in a copy that is new each time', async () => {
    const folder = newFolder({ 'src/answer.txt': 'old', 'other.txt': 'there' });
    const { check } = await checkerFor('cat src/answer.txt other.txt; test ! -e made; touch made', { folder });
    const prompt = promptWith({ answer_file: 'src/answer.txt' });
    expect(await check('```js\nnew\n```', prompt)).toEqual({ passed: true, reason: null, output: 'new\nthere' });
    expect((await check('newer', prompt)).output).toBe('newerthere');
    expect(readFileSync(join(folder, 'src/answer.txt'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['other.txt', 'src']);
  });

  it('does not follow a link out of the folder', async () => {
    const outside = newFolder({ kept: 'as it was' });
    const folder = newFolder();
    symlinkSync(outside, join(folder, 'link'));
    symlinkSync(join(outside, 'kept'), join(folder, 'file'));
    const { check } = await checkerFor('cat file', { folder });
    const to = (answer_file: string) => promptWith({ answer_file });
    expect((await check('bad', to('link/new/x'))).reason).toBe('link/new/x leads out of the folder');
    expect(await check('mine', to('file'))).toEqual({ passed: true, reason: null, output: 'mine' });
    expect(readdirSync(outside)).toEqual(['kept']);
    expect(readFileSync(join(outside, 'kept'), 'utf8')).toBe('as it was');
  });

  it('is ended with its children when it hangs', async () => {
    const { check } = await checkerFor('echo begun; sleep 1000 & sleep 1000', { timeout: 700 });
    expect(await check('x')).toEqual({ passed: false, reason: 'took longer than 0.7 s', output: 'begun' });
  });

  it('ends with the signal', async () => {
    const { check } = await checkerFor('sleep 1000');
    const controller = new AbortController();
    const checked = check('x', promptWith(), controller.signal);
    controller.abort(new MomError('cancelled', 'cancelled'));
    await expect(checked).rejects.toThrow('cancelled');
  });

  it('sees no key of the environment', async () => {
    const { check } = await checkerFor('env', { env: { OPENROUTER_API_KEY: 'sk-secret', MOM_API_KEY: 'sk-other', LANG: 'C' } });
    const { output } = await check('x');
    expect(output).toContain('LANG=C');
    expect(output).not.toContain('sk-');
  });

  it('keeps the end of a long output', async () => {
    const { check } = await checkerFor('i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; exit 1');
    const { output } = await check('x');
    expect(output.length).toBeLessThanOrEqual(4096);
    expect(output.endsWith('line 2999')).toBe(true);
  });

  it.runIf(CONFINES)('cannot write outside of its copy, whatever it tries', async () => {
    const outside = newFolder({ kept: 'as it was' });
    const target = join(outside, 'kept');
    const attempts = `echo bad > ${target}; mount -o remount,bind,rw /; mount -o remount,rw /; unshare -Urm mount -o remount,bind,rw /; echo bad > ${target}`;
    const { check, notes } = await checkerFor(`(${attempts}) 2>/dev/null; echo good > inside && cat inside`);
    expect(await check('x')).toEqual({ passed: true, reason: null, output: 'good' });
    expect(readFileSync(target, 'utf8')).toBe('as it was');
    expect(notes).toEqual([]);
  });

  it.runIf(CONFINES)('sees neither the folders that are hidden nor other processes', async () => {
    const hidden = newFolder({ keys: 'sk-secret' });
    const { check } = await checkerFor(`ls ${hidden}; cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -c ^VITEST`, { hidden: [hidden] });
    expect(await check('x')).toEqual({ passed: false, reason: 'exit 1', output: '0' });
  });

  it('leaves nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => /^mom-check-(?!test)/.test(name));
    const { checker, check } = await checkerFor('echo x > big; chmod 000 .');
    await check('x');
    await checker.close();
    expect(readdirSync(tmpdir()).filter((name) => /^mom-check-(?!test)/.test(name))).toEqual(before);
  });

  it('removes what a process that died has left, once nobody can be at it any more', async () => {
    const made = (pid: number, hours: number) => {
      const folder = mkdtempSync(join(tmpdir(), `mom-check-${pid}-`));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const then = new Date(Date.now() - hours * 3_600_000);
      utimesSync(folder, then, then);
      return folder;
    };
    // No process has a number like this.
    const [dead, fresh, alive] = [made(999_999_999, 25), made(999_999_999, 1), made(process.pid, 25)];
    await checkerFor('true');
    expect([dead, fresh, alive].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  });

  it('has an identity that changes with the folder, the command and its time', async () => {
    const folder = newFolder({ a: '1' });
    const identity = async (command: string, timeout = 20_000) => (await checkerFor(command, { folder, timeout })).checker.identity;
    const first = await identity('true');
    expect(await identity('true')).toBe(first);
    expect(await identity('false')).not.toBe(first);
    expect(await identity('true', 30_000)).not.toBe(first);
    writeFileSync(join(folder, 'b'), '2');
    expect(await identity('true')).not.toBe(first);
  });

  it('needs a folder', async () => {
    const folder = join(newFolder(), 'none');
    await expect(checkerFor('true', { folder })).rejects.toMatchObject({
      code: 'no_input',
      message: expect.stringMatching(/^the folder of --check, .*none, can't be read: ENOENT/),
      hint: 'name one with --check-folder',
    });
    expect(existsSync(folder)).toBe(false);
  });
});
