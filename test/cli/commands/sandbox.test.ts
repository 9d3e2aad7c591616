import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';

const MOM = path.resolve('bin/mom.js');
const folder = mkdtempSync(path.join(tmpdir(), 'mom-sandbox-'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface Started {
  child: ChildProcess;
  /** The first line of stdout. */
  line: Promise<string>;
  ended: Promise<Ended>;
}

function mom(args: string[], env: Record<string, string> = {}): Started {
  const home = { HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config'), XDG_STATE_HOME: path.join(folder, 'state') };
  const child = spawn(process.execPath, [MOM, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const text = { stdout: '', stderr: '' };
  child.stderr?.on('data', (data) => {
    text.stderr += data;
  });
  const line = new Promise<string>((resolve) => {
    child.stdout?.on('data', (data) => {
      text.stdout += data;
      if (text.stdout.includes('\n')) resolve(text.stdout.split('\n', 1)[0] ?? '');
    });
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (status, signal) => resolve({ status, signal, ...text })));
  return { child, line, ended };
}

async function serving(...args: string[]): Promise<{ url: string } & Started> {
  const started = mom(['sandbox', '--port', '0', ...args]);
  const line = await started.line;
  expect(line).toMatch(/^mom sandbox: http:\/\/127\.0\.0\.1:\d+\/v1$/);
  return { ...started, url: line.replace('mom sandbox: ', '') };
}

async function say(url: string, model: string, content: string): Promise<[number, string]> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }] });
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', body });
  const answer = (await response.json()) as { choices?: [{ message: { content: string } }]; error?: { message: string } };
  return [response.status, answer.choices?.[0].message.content ?? answer.error?.message ?? ''];
}

describe('mom sandbox', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves after its first line, until %s, though a call hangs', async (signal) => {
    const { url, child, ended } = await serving();
    expect(await say(url, 'sandbox/echo', 'Hi')).toEqual([200, 'Hi']);
    const hanging = expect(say(url, 'sandbox/hang', 'Hi')).rejects.toThrow();
    const stats = async () => ((await (await fetch(url.replace('/v1', '/__stats'))).json()) as { active: number }).active;
    await expect.poll(stats).toBe(1);
    child.kill(signal);
    expect(await ended).toEqual({ status: null, signal, stdout: `mom sandbox: ${url}\n`, stderr: '' });
    await hanging;
  });

  it('serves what ships with mom, and more recordings, also packed', async () => {
    const row = (question: string) => `${JSON.stringify({ question, answers: { mine: { text: `to ${question}` } } })}\n`;
    writeFileSync(path.join(folder, 'more.jsonl'), row('Q1'));
    writeFileSync(path.join(folder, 'more.jsonl.gz'), gzipSync(row('Q2')));
    const { url } = await serving('--recorded', 'more.jsonl', '--recorded', 'more.jsonl.gz');
    expect(await say(url, 'recorded/mine', ' Q1\n')).toEqual([200, 'to Q1']);
    expect(await say(url, 'recorded/mine', 'Q2')).toEqual([200, 'to Q2']);
    expect(await say(url, 'recorded/gpt-4-1106-preview', 'Q2')).toEqual([
      404,
      'recorded/gpt-4-1106-preview has no recorded answer: the last user message is none of its 44 recorded questions',
    ]);
  });

  it('draws from --seed', async () => {
    const statuses = async (seed: string): Promise<number[]> => {
      const { url } = await serving('--seed', seed);
      const drawn: number[] = [];
      for (let i = 0; i < 20; i++) drawn.push((await say(url, 'sandbox/e500=.5', 'x'))[0]);
      return drawn;
    };
    const seven = await statuses('7');
    expect(await statuses('7')).toEqual(seven);
    expect(new Set(seven)).toEqual(new Set([200, 500]));
  });

  it('says which port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await mom(['sandbox', '--port', `${port}`]).ended).toEqual({
      status: 2,
      signal: null,
      stdout: '',
      stderr: `mom: the sandbox can't listen on port ${port}: it is in use\nhint: use --port 0 for any free port\n`,
    });
    server.close();
  });

  it.each([
    [['--port', 'x'], 2, 'mom: --port cannot be "x"\nhint: --port takes a whole number of at least 0\n'],
    [['--port', '65536'], 2, 'mom: --port 65536 is too large\nhint: --port takes a whole number from 0 to 65535\n'],
    [['--seed', '4294967296'], 2, 'mom: --seed 4294967296 is too large\nhint: --seed takes a whole number from 0 to 4294967295\n'],
    [['--recorded', 'none.jsonl'], 66, "mom: recording FOLDER/none.jsonl can't be read: there is no such file\nhint: check the path\n"],
    [
      ['--replay', 'none.jsonl'],
      66,
      "mom: recording of exchanges FOLDER/none.jsonl can't be read: there is no such file\nhint: check the path\n",
    ],
    [
      ['--recorded', 'broken.jsonl'],
      65,
      'mom: recording FOLDER/broken.jsonl, line 2: not valid JSON\nhint: a file of JSON Lines holds one JSON object on each line\n',
    ],
    [
      ['--recorded', 'other.jsonl'],
      65,
      'mom: recording FOLDER/other.jsonl, line 1: not {question, answers: {system: {text}}}\nhint: each line is one question as JSON, as in recorded/gsm8k.jsonl of the package\n',
    ],
    [
      ['--recorded', 'plain.gz'],
      65,
      "mom: recording FOLDER/plain.gz can't be unpacked: incorrect header check\nhint: a file whose name ends with .gz must be gzipped\n",
    ],
  ])('%j ends with %i', async (args, status, stderr) => {
    writeFileSync(path.join(folder, 'broken.jsonl'), '{"question":"q","answers":{"s":{"text":"t"}}}\n{"question":\n');
    writeFileSync(path.join(folder, 'other.jsonl'), '{"a":1}\n');
    writeFileSync(path.join(folder, 'plain.gz'), 'plain');
    expect(await mom(['sandbox', '--port', '0', ...args]).ended).toEqual({
      status,
      signal: null,
      stdout: '',
      stderr: stderr.replace('FOLDER', folder),
    });
  });
});

it('mom ask --record keeps a run for mom sandbox --replay, which gives it again and again', async () => {
  const args = ['ask', '--no-stdin', '-m', 'sandbox/say=it%20is%205', '-m', 'sandbox/len=30', '--critic', 'sandbox/critic', 'What is it?'];
  const env = (url: string) => ({ MOM_BASE_URL: url, MOM_API_KEY: 'x' });
  const live = await serving();
  const first = await mom([...args, '--record', 'run.jsonl'], env(live.url)).ended;
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(first.stdout).toMatch(/^\[simulated answer of sandbox\/len=30 - no model was asked\]/);
  expect(existsSync(path.join(folder, 'run.jsonl'))).toBe(true);
  expect(readFileSync(path.join(folder, 'run.jsonl'), 'utf8').trim().split('\n')).toHaveLength(3);
  const replay = await serving('--replay', 'run.jsonl');
  expect(await mom(args, env(replay.url)).ended).toEqual(first);
  expect(await mom(args, env(replay.url)).ended).toEqual(first);
  expect(await say(replay.url, 'sandbox/critic', 'Else?')).toEqual([404, 'no recorded exchange of sandbox/critic for these messages']);
});
