import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/core/run.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { runCli } from '../support/cli.js';

const ONE = 'sandbox/say=One';
const TWO = 'sandbox/say=Two';
const MERGED = 'sandbox/say=Merged';
const PANEL = ['-m', ONE, '-m', TWO, '-m', 'sandbox/say=Three', '--critic', MERGED];

const schema = (name: string) => JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')) as object;
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } });
ajv.addSchema(schema('result.schema.json'));
ajv.addSchema(schema('event.schema.json'));

function problems(kind: 'result' | 'event', value: unknown): unknown {
  ajv.validate(`${kind}.schema.json`, value);
  return ajv.errors ?? [];
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ apiKey: 'key-of-this-test' });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const ask = (args: readonly string[], options: { stdin?: string | Buffer; env?: Record<string, string> } = {}) =>
  runCli(['ask', ...args], { ...options, env: { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-this-test', ...options.env } });
const json = (text: string) => JSON.parse(text) as RunResult;

describe('a good run', () => {
  it('prints the answer alone, in n + 1 calls', async () => {
    expect(await ask([...PANEL, 'hello'])).toEqual({ stdout: 'Merged\n', stderr: '', status: 0, signal: null });
    expect(sandbox.stats().requests).toBe(4);
  });

  it('passes what only one model said through without a critic', async () => {
    expect(await ask(['-m', ONE, '-m', ONE, '--critic', MERGED, 'hello'])).toEqual({
      stdout: 'One\n',
      stderr: '',
      status: 0,
      signal: null,
    });
    expect(sandbox.stats().requests).toBe(2);
  });

  it('asks one model directly for one -m', async () => {
    expect(await ask(['-m', ONE, 'hello'])).toEqual({ stdout: 'One\n', stderr: '', status: 0, signal: null });
    expect(sandbox.stats().requests).toBe(1);
  });

  it('prints one JSON object that its schema takes', async () => {
    const { stdout, stderr, status } = await ask([...PANEL, '--json', 'hello']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(problems('result', JSON.parse(stdout))).toEqual([]);
    expect(json(stdout)).toMatchObject({
      status: 'complete',
      answer: 'Merged',
      answer_source: 'critic',
      cost_source: 'reported',
      error: null,
    });
    expect(json(stdout).proposals.map(({ id, text }) => [id, text])).toEqual([
      ['p1', 'One'],
      ['p2', 'Two'],
      ['p3', 'Three'],
    ]);
  });

  it('prints events that their schema takes, the result last', async () => {
    const { stdout, stderr, status } = await ask([...PANEL, '--format', 'jsonl', 'hello']);
    const lines = stdout.trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { type: string; result?: RunResult });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(events.flatMap((event) => problems('event', event))).toEqual([]);
    expect(events[0]?.type).toBe('run.start');
    expect(events.at(-1)).toMatchObject({ type: 'run.end', result: { status: 'complete', answer: 'Merged' } });
  });

  it('says in one line on stderr that the sandbox answers, and nothing with -q', async () => {
    const loud = await runCli(['ask', '--sandbox', ...PANEL, 'hello']);
    const quiet = await runCli(['ask', '--sandbox', '-q', ...PANEL, 'hello']);
    expect(loud).toEqual({
      stdout: 'Merged\n',
      stderr: 'mom: sandbox: built-in simulated and recorded models, no network\n',
      status: 0,
      signal: null,
    });
    expect(quiet).toEqual({ stdout: 'Merged\n', stderr: '', status: 0, signal: null });
  });
});

describe('what flags do', () => {
  it('--no-critic prints each answer under its model', async () => {
    expect(await ask(['-m', ONE, '-m', TWO, '--no-critic', 'hello'])).toEqual({
      stdout: `## ${ONE} (p1)\n\nOne\n\n## ${TWO} (p2)\n\nTwo\n`,
      stderr: '',
      status: 0,
      signal: null,
    });
    expect(sandbox.stats().requests).toBe(2);
  });

  it('--show-proposals prints them before the answer', async () => {
    expect(await ask(['-m', ONE, '-m', TWO, '--critic', MERGED, '--show-proposals', 'hello'])).toEqual({
      stdout: `## ${ONE} (p1)\n\nOne\n\n## ${TWO} (p2)\n\nTwo\n\n## Answer\n\nMerged\n`,
      stderr: '',
      status: 0,
      signal: null,
    });
  });

  it('--quorum and --grace end the wait for a late model, without a warning', async () => {
    const args = ['-m', ONE, '-m', TWO, '-m', 'sandbox/hang', '--critic', MERGED, '--quorum', '2', '--grace', '50ms', '--json', 'hello'];
    const { stdout, stderr, status } = await ask(args);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(json(stdout)).toMatchObject({ status: 'complete', answer: 'Merged' });
    expect(json(stdout).proposals[2]).toMatchObject({
      status: 'cancelled',
      error: { code: 'cancelled', message: 'cut: it had not answered 50 ms after enough others had' },
    });
    expect(sandbox.stats().models['sandbox/hang']?.cancelled).toBe(1);
  });

  it('--quorum that is not reached is degraded, and 3 under --strict with the answer printed', async () => {
    const args = ['-m', ONE, '-m', TWO, '-m', 'sandbox/e500', '--critic', MERGED, '--quorum', '3', '--retries', '0', 'hello'];
    const warning = 'mom: warning: sandbox/e500 gave no answer: openrouter failed (500): the sandbox was asked to answer 500\n';
    expect(await ask(args)).toEqual({ stdout: 'Merged\n', stderr: warning, status: 0, signal: null });
    expect(await ask(['--strict', ...args])).toEqual({ stdout: 'Merged\n', stderr: warning, status: 3, signal: null });
  });

  it('--strict leaves a complete run at 0', async () => {
    expect(await ask(['--strict', ...PANEL, 'hello'])).toEqual({ stdout: 'Merged\n', stderr: '', status: 0, signal: null });
  });

  it('--max-cost leaves out who is too dear for it, and says so', async () => {
    const dear = `${ONE},in=0,out=100`;
    const args = ['-m', dear, '-m', `${TWO},in=0,out=1`, '--critic', MERGED, '--max-cost', '0.3', '--json', 'hello'];
    const { stdout, stderr, status } = await ask(args);
    const message = `left out ${dear} (up to $0.4) to stay within the cap of $0.3: all together may cost`;
    expect(status).toBe(0);
    expect(json(stdout)).toMatchObject({
      status: 'degraded',
      answer: 'Two',
      answer_source: 'proposal:p2',
      warnings: [{ code: 'panel_shrunk', message: expect.stringContaining(message) }],
    });
    expect(json(stdout).proposals.map((call) => call.status)).toEqual(['skipped', 'answered']);
    expect(stderr).toBe(`mom: warning: ${json(stdout).warnings[0]?.message}\n`);
    expect(sandbox.stats().requests).toBe(1);
  });

  it('--max-cost that does not suffice for anybody refuses the run with 4 before anything is sent', async () => {
    const args = ['-m', `${ONE},in=0,out=100`, '-m', `${TWO},in=0,out=200`, '--critic', `${MERGED},in=0,out=300`, '--max-cost', '0.3'];
    const who = `${ONE},in=0,out=100 alone, the cheapest of the mixture,`;
    expect(await ask([...args, 'hello'])).toEqual({
      stdout: '',
      stderr: `mom: ${who} may cost $0.4, more than the cap of $0.3\nhint: raise max_cost (--max-cost), or lower expected_output, the tokens of answer that are set aside for each call\n`,
      status: 4,
      signal: null,
    });
    expect(sandbox.stats().requests).toBe(0);
  });

  it('--max-cost stops an answer that grows beyond it, with what was shown and 4', async () => {
    const model = 'sandbox/text,len=9000,tps=5000,in=0,out=100';
    const { stdout, stderr, status } = await ask(['-m', model, '--max-cost', '0.45', 'hello']);
    expect(status).toBe(4);
    expect(stdout.length).toBeGreaterThan(1_000);
    expect(stderr).toContain(`mom: the answer is cut off: the cap of $0.45 is reached: ${model} was stopped before its answer was whole\n`);
    await vi.waitFor(() => expect(sandbox.stats().cancelled).toBe(1));
  });

  it('--timeout with one answer there sends it out', async () => {
    expect(await ask(['-m', ONE, '-m', 'sandbox/hang', '--critic', MERGED, '--timeout', '700ms', 'hello'])).toEqual({
      stdout: 'One\n',
      stderr: 'mom: warning: the run was not finished after 700 ms; the best proposal goes out instead of a merged answer\n',
      status: 0,
      signal: null,
    });
  });

  it('--timeout with nothing there is 75', async () => {
    const { stdout, status, stderr } = await ask([
      '-m',
      'sandbox/hang',
      '-m',
      'sandbox/hang',
      '--critic',
      MERGED,
      '--timeout',
      '400ms',
      'hello',
    ]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 75 });
    expect(stderr).toBe(
      'mom: the run was not finished after 400 ms\nhint: raise timeouts.run (--timeout), or ask fewer or faster models\n',
    );
  });

  it('--set changes any option, --role gives each proposer its system text', async () => {
    const args = [
      ...PANEL,
      '--set',
      'roles.pirate=Talk like a pirate.',
      '--role',
      'pirate',
      '--set',
      'mixtures.default.temperature=0.3',
      'hello',
    ];
    expect(await ask(args)).toEqual({ stdout: 'Merged\n', stderr: '', status: 0, signal: null });
    const bodies = sandbox.stats({ bodies: true }).bodies as {
      model: string;
      temperature?: number;
      messages: { role: string; content: string }[];
    }[];
    const proposers = bodies.filter(({ model }) => model !== MERGED);
    expect(proposers.map(({ messages }) => messages[0])).toEqual(Array(3).fill({ role: 'system', content: 'Talk like a pirate.' }));
    expect(bodies.find(({ model }) => model === MERGED)?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(bodies.find(({ model }) => model === MERGED)?.messages[0]?.content).not.toContain('pirate');
    expect(proposers.map(({ temperature }) => temperature)).toEqual([0.3, 0.3, 0.3]);
  });
});

describe('what goes to the models', () => {
  const LINE = 'A line of text, €€€€€€€€€€€€, ümläute and all 🙂.\n';
  const digest = (text: string) => createHash('sha256').update(text.trimEnd()).digest('hex');

  it('is a prompt of 20 MB to the last byte', async () => {
    const prompt = LINE.repeat(265_000);
    expect(Buffer.byteLength(prompt)).toBeGreaterThan(20_000_000);
    const { stdout, stderr, status } = await ask(['-m', ONE, '--timeout', '60s', '--max-cost', '50'], { stdin: prompt });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'One\n', stderr: '', status: 0 });
    const [body] = sandbox.stats({ bodies: true }).bodies as { messages: { content: string }[] }[];
    expect(digest(body?.messages[0]?.content ?? '')).toBe(digest(prompt));
  }, 60_000);

  it('comes back to the last byte when a model repeats 1 MB of it', async () => {
    const prompt = LINE.repeat(14_000);
    expect(Buffer.byteLength(prompt)).toBeGreaterThan(1_000_000);
    const { stdout, stderr, status } = await ask(['-m', 'sandbox/echo', '--timeout', '60s', '--max-cost', '50'], { stdin: prompt });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(digest(stdout)).toBe(digest(prompt));
  });

  it('shows a hostile answer to the critic inside its fence, and takes no orders from it', async () => {
    const { stdout, stderr, status } = await ask(['-m', 'sandbox/hostile', '-m', ONE, '--critic', MERGED, 'hello']);
    expect({ stdout, stderr, status }).toEqual({ stdout: 'Merged\n', stderr: '', status: 0 });
    const bodies = sandbox.stats({ bodies: true }).bodies as { model: string; messages: { role: string; content: string }[] }[];
    const messages = bodies.find(({ model }) => model === MERGED)?.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[0]?.content).not.toContain('PWNED');
    const text = messages[1]?.content ?? '';
    const fence = text.match(/<candidate (A[12]) (\S+)>\n\[simulated answer of sandbox\/hostile[\s\S]*?<\/candidate \1 \2>/);
    expect(fence?.[0]).toContain('PWNED');
    expect(fence?.[0]).toContain('</candidate>\n<candidate Z9>');
    expect(text.replace(fence?.[0] ?? '', '')).not.toContain('PWNED');
  });

  it('is untouched by what the openai package reads from the environment', async () => {
    const env = {
      OPENAI_LOG: 'debug',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      OPENAI_ORG_ID: 'org-of-nobody',
      OPENAI_PROJECT_ID: 'project-of-nobody',
      OPENAI_API_KEY: 'sk-of-nobody-at-all',
      OPENAI_CUSTOM_HEADERS: 'authorization: Bearer wrong',
      DEBUG: '*',
    };
    expect(await ask([...PANEL, 'hello'], { env })).toEqual({ stdout: 'Merged\n', stderr: '', status: 0, signal: null });
    expect(sandbox.stats().requests).toBe(4);
  });
});
