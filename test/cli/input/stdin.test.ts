import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputOptions } from '../../../src/cli/input/types.js';
import type { Warning } from '../../../src/core/run.js';

interface Report {
  hash: string;
  length: number;
  head: string;
  warnings: Warning[];
  notices: string[];
  ms: number;
  grown: number;
  error?: { code: string; message: string; hint: string | null };
}

interface Run {
  report: Report;
  exit: number | null;
}

const WAITING = 'waiting for standard input…';
const SILENT = (seconds: number) =>
  `standard input is open but sent nothing within ${seconds} s: going on without it (--stdin waits, --no-stdin ignores it)`;
const hasProc = existsSync('/proc/self/fd');
const ASK = { prompt: ['sum', 'up'] };
const big = Buffer.from('line of text with ümläuts and 漢字 🙂\n'.repeat(500_000)).subarray(0, 20_000_000 - 19);
const bigText = Buffer.from(big.toString('utf8').replace(/\uFFFD+$/, ''));
const sha = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

let dir: string;
let harness: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mom-input-'));
  harness = join(dir, 'harness.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'harness.ts')],
    outfile: harness,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  writeFileSync(join(dir, 'big.txt'), bigText);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function environment(options: Partial<InputOptions>): NodeJS.ProcessEnv {
  return { ...process.env, HARNESS: harness, NODE: process.execPath, OPTIONS: JSON.stringify(options) };
}

/** Runs a shell line in which `$MOM` is the harness. */
async function shell(line: string, options: Partial<InputOptions> = {}, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const child = spawn('bash', ['-c', line.replaceAll('$MOM', '"$NODE" "$HARNESS"')], {
    cwd: dir,
    env: { ...environment(options), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return finished(child);
}

async function finished(child: ReturnType<typeof spawn>): Promise<Run> {
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  return { report: JSON.parse(out) as Report, exit };
}

describe.concurrent('standard input', { timeout: 30_000 }, () => {
  it('is the question itself when there is no prompt, to the letter', async () => {
    const { report } = await shell("printf '\\xef\\xbb\\xbfwhy?\\r\\n' | $MOM");
    expect(report.hash).toBe(sha('\uFEFFwhy?\r\n'));
    expect(report.notices).toEqual([]);
  });

  it('comes after the instruction in a fence, from a pipe', async () => {
    const { report } = await shell('printf data | $MOM', ASK);
    expect(report.head).toBe('sum up\n\n<stdin>\ndata\n</stdin>');
    expect(report.warnings).toEqual([]);
  });

  it('is read whole from a file, from where the descriptor stands', async () => {
    writeFileSync(join(dir, 'lines.txt'), 'first\nsecond\nthird\n');
    expect((await shell('$MOM < lines.txt')).report.head).toBe('first\nsecond\nthird\n');
    expect((await shell('{ read -r line; $MOM; } < lines.txt')).report.head).toBe('second\nthird\n');
  });

  it('takes 20 MB whole, from a file and from a pipe', async () => {
    for (const line of ['$MOM < big.txt', 'cat big.txt | $MOM']) {
      const { report } = await shell(line);
      expect(report.hash).toBe(sha(bigText));
    }
  });

  it('refuses more than 64 MiB, from a file and from a pipe', async () => {
    for (const line of ['yes | head -c 67108865 > large.txt; $MOM < large.txt', 'yes | $MOM']) {
      const { report } = await shell(line);
      expect(report.error?.code).toBe('input_too_large');
      expect(report.error?.message).toBe('standard input is too large: a question takes at most 64 MiB of text');
    }
  });

  it('holds a 5 MB prompt at most a few times in memory', async () => {
    const { report } = await shell('head -c 5000000 /dev/zero | tr "\\0" x > five.txt; $MOM < five.txt');
    expect(report.length).toBe(5_000_000);
    expect(report.grown).toBeLessThan(40_000_000);
  });

  it('is nothing when it is /dev/null or an empty pipe', async () => {
    for (const line of ['$MOM < /dev/null', 'true | $MOM']) {
      const asked = await shell(line, ASK);
      expect(asked.report.head).toBe('sum up');
      expect(asked.report.ms).toBeLessThan(1_000);
      const { report } = await shell(line);
      expect(report.error).toEqual({
        code: 'no_input',
        message: 'standard input is empty and there is no question',
        hint: 'mom ask "your question"',
      });
    }
  });

  it('is the instruction for files, and data beside them', async () => {
    writeFileSync(join(dir, 'f.txt'), 'F');
    const file = '<file path="f.txt">\nF\n</file>';
    expect((await shell('printf explain | $MOM', { files: ['f.txt'] })).report.head).toBe(`explain\n\n${file}`);
    expect((await shell('printf data | $MOM', { ...ASK, files: ['f.txt', '-'] })).report.head).toBe(
      `sum up\n\n<stdin>\ndata\n</stdin>\n\n${file}`,
    );
  });

  it('of blanks is no question', async () => {
    expect((await shell("printf ' \\n' | $MOM")).report.error?.message).toBe('the input holds no text');
  });

  it.runIf(hasProc)('from a slow producer is waited for, no byte lost', async () => {
    const { report } = await shell('(sleep 3; cat big.txt) | $MOM', ASK);
    expect(report.hash).toBe(sha(`sum up\n\n<stdin>\n${bigText}\n</stdin>\n\nsum up`));
    expect(report.notices).toEqual([WAITING]);
    expect(report.warnings).toEqual([]);
  });

  it.runIf(hasProc)('from a producer that dies without a word ends with it', async () => {
    // Longer than what is given up after, also where the program starts late.
    const { report } = await shell('sleep 6 | $MOM', ASK);
    expect(report.head).toBe('sum up');
    expect(report.warnings).toEqual([]);
    expect(report.ms).toBeGreaterThan(2_000);
  });

  it.runIf(hasProc)('that only an ancestor holds is given up after 2 s, and the process ends', async () => {
    const { report, exit } = await shell('mkfifo held; exec 3<>held; $MOM < held', ASK);
    expect(report.head).toBe('sum up');
    expect(report.warnings).toEqual([{ code: 'stdin_skipped', message: SILENT(2) }]);
    expect(report.notices).toEqual([WAITING]);
    expect(exit).toBe(0);
  });

  it.runIf(hasProc)('is given up when the producer is gone and an ancestor still holds it', async () => {
    const { report } = await shell('mkfifo both; exec 3<>both; sleep 5 >both 3<&- & $MOM < both', ASK);
    // Looked at every 2 s from the program's start: without the producer it were 2.
    const messages = [SILENT(4), SILENT(6)];
    expect(report.warnings).toEqual([{ code: 'stdin_skipped', message: expect.toSatisfy((said) => messages.includes(said)) }]);
  });

  it.runIf(hasProc)('that an ancestor holds is waited for when there is no prompt', async () => {
    const { report } = await shell('mkfifo late; exec 3<>late; { $MOM < late 3<&- & }; sleep 3; printf question >&3; exec 3<&-; wait');
    expect(report.head).toBe('question');
    expect(report.notices).toEqual([WAITING]);
  });

  it('from a silent parent over a socket is given up after 2 s, and the process ends', async () => {
    const child = spawn(process.execPath, [harness], { env: environment(ASK), stdio: ['pipe', 'pipe', 'inherit'] });
    const { report, exit } = await finished(child);
    expect(report.head).toBe('sum up');
    expect(report.warnings).toEqual([{ code: 'stdin_skipped', message: SILENT(2) }]);
    expect(exit).toBe(0);
  });

  it('over a socket is read to the end once it has begun', async () => {
    const child = spawn(process.execPath, [harness], { env: environment(ASK), stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write('one ');
    setTimeout(() => child.stdin.end('two'), 2_600);
    const { report } = await finished(child);
    expect(report.head).toBe('sum up\n\n<stdin>\none two\n</stdin>');
    expect(report.warnings).toEqual([]);
  });

  it('is waited for with --stdin whoever holds it', async () => {
    const child = spawn(process.execPath, [harness], { env: environment({ ...ASK, stdin: 'wait' }), stdio: ['pipe', 'pipe', 'inherit'] });
    setTimeout(() => child.stdin.end('late'), 2_600);
    const { report } = await finished(child);
    expect(report.head).toBe('sum up\n\n<stdin>\nlate\n</stdin>');
    expect(report.notices).toEqual([WAITING]);
  });

  it('is not touched with --no-stdin', async () => {
    const { report } = await shell('printf data | $MOM', { ...ASK, stdin: 'ignore' });
    expect(report.head).toBe('sum up');
    const none = await shell('printf data | $MOM', { stdin: 'ignore' });
    expect(none.report.error?.message).toBe('no question was given');
  });

  it('stops waiting when the signal says so', async () => {
    const { report, exit } = await shell('sleep 5 | $MOM', ASK, { ABORT_MS: '300' });
    expect(report.error).toEqual({ code: 'cancelled', message: 'reading standard input was cancelled', hint: null });
    expect(report.ms).toBeLessThan(2_000);
    expect(exit).toBe(0);
  });

  it('that is not UTF-8 is refused with the byte offset', async () => {
    const { report } = await shell("printf 'caf\\xe9 noir' | $MOM");
    expect(report.error).toEqual({
      code: 'input_invalid',
      message: 'standard input is not UTF-8 text: byte 0xe9 at offset 3',
      hint: 'convert it to UTF-8 first, for example: iconv -f LATIN1 -t UTF-8',
    });
  });

  it('that is binary is refused with the byte offset', async () => {
    const { report } = await shell("printf 'ab\\0c' | $MOM", ASK);
    expect(report.error?.message).toBe('standard input is binary, not text: a NUL byte at offset 2');
  });

  it('is ignored on a terminal, where no question means usage', async () => {
    const terminal = (options: Partial<InputOptions>) =>
      shell('script -qec \'"$NODE" "$HARNESS" > report.json\' /dev/null >/dev/null; cat report.json', options);
    expect((await terminal(ASK)).report.head).toBe('sum up');
    expect((await terminal({})).report.error).toEqual({
      code: 'usage',
      message: 'no question was given',
      hint: 'mom ask "your question", or pipe it in: cat question.txt | mom ask',
    });
  });

  it('is a folder only by mistake', async () => {
    expect((await shell('$MOM < .', ASK)).report.error?.message).toBe('standard input is a folder');
  });
});
