import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { newPlace, type Place } from '../support/cli.js';
import { chat, logLines, type RunningServer, startServer } from '../support/serve-cli.js';
import { acts, cleanups, type Served, type Step, says, serve } from './served.js';

const PANEL = [says('One idea'), says('Another idea'), says('A third idea')];
const QWEN = join(import.meta.dirname, '../../node_modules/.bin/qwen');

/** `mom serve --sandbox` with a mixture whose critic acts out these steps, and a file for it to work on. */
async function startGateway(stepsFor: (file: string) => Step[]): Promise<{ server: RunningServer; place: Place; file: string }> {
  const place = newPlace();
  onTestFinished(place.remove);
  const file = join(place.cwd, 'notes.txt');
  writeFileSync(file, 'colour: red\nsize: 3\n');
  const config = join(place.root, 'own.yaml');
  writeFileSync(config, JSON.stringify({ mixtures: { default: { proposers: PANEL, critic: [acts(stepsFor(file))] } } }));
  const server = await startServer(['--sandbox', '--config', config], { place });
  return { server, place, file };
}

interface Ended {
  stdout: string;
  stderr: string;
  status: number | null;
}

/** qwen-code, told nothing but address, key and model. */
async function qwen({ server, place }: { server: RunningServer; place: Place }, prompt: string): Promise<Ended> {
  mkdirSync(join(place.home, '.qwen'), { recursive: true });
  const quiet = {
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    general: { disableAutoUpdate: true, enableAutoUpdate: false },
  };
  writeFileSync(join(place.home, '.qwen/settings.json'), JSON.stringify(quiet));
  const env = { ...place.env, OPENAI_API_KEY: 'any', OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'mom' };
  const child = spawn(QWEN, ['-y', '--auth-type', 'openai', '-p', prompt], { cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return ended(child);
}

function ended(child: ChildProcess): Promise<Ended> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) =>
      resolve({ stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8'), status }),
    );
  });
}

/** Calls that the gateway made and got an answer to, by kind. */
async function calls({ url }: RunningServer): Promise<Record<string, number>> {
  const text = await (await fetch(url.replace('/v1', '/metrics'))).text();
  const counts: Record<string, number> = {};
  for (const [, kind = '', count] of text.matchAll(/^mom_calls_total\{.*kind="([^"]*)",outcome="answered"\} (\d+)$/gm))
    counts[kind] = (counts[kind] ?? 0) + Number(count);
  return counts;
}

describe('qwen-code', { timeout: 60_000 }, () => {
  it('reads, edits and answers: one fan-out, then one call a step, and mom ends when it is told to', async () => {
    const gateway = await startGateway((file) => [
      { say: 'I look.', calls: [{ name: 'read_file', arguments: { file_path: file } }] },
      { calls: [{ name: 'edit', arguments: { file_path: file, old_string: 'colour: red', new_string: 'colour: blue' } }] },
      { say: 'Done: red is now blue.' },
    ]);
    const { stdout, status } = await qwen(gateway, 'Change red to blue in notes.txt.');
    expect([stdout.trim(), status]).toEqual(['Done: red is now blue.', 0]);
    expect(readFileSync(gateway.file, 'utf8')).toBe('colour: blue\nsize: 3\n');
    expect(await calls(gateway.server)).toEqual({ proposer: PANEL.length, critic: 3 });
    const result = await gateway.server.stop();
    expect(result).toMatchObject({ status: null, signal: 'SIGTERM' });
    const requests = logLines(result.stderr).filter(({ msg }) => msg === 'request');
    expect(requests.map(({ strategy, outcome }) => `${strategy} ${outcome}`)).toEqual([
      'fuse complete',
      'single complete',
      'single complete',
    ]);
    for (const { cost_usd, first_token_ms } of requests) {
      expect(cost_usd).toBeGreaterThan(0);
      expect(first_token_ms).toBeGreaterThanOrEqual(0);
    }
  });

  it('keeps its memory with the critic alone', async () => {
    const gateway = await startGateway(() => [{ say: 'Red is a colour.' }]);
    const { stdout, status } = await qwen(gateway, 'Is red a colour? Think hard and explain it at length.');
    expect([stdout.trim(), status]).toEqual(['Red is a colour.', 0]);
    const { stderr } = await gateway.server.stop();
    const strategies = logLines(stderr).flatMap(({ msg, strategy }) => (msg === 'request' ? [strategy] : []));
    expect(strategies).toEqual(['fuse', 'single']);
  });

  it('shows what went wrong when nobody answers', async () => {
    const gateway = await startGateway(() => [{ say: 'unused' }]);
    writeFileSync(
      join(gateway.place.root, 'own.yaml'),
      JSON.stringify({ retries: 0, mixtures: { default: { proposers: ['sandbox/e500=1'], critic: ['sandbox/e500=1'] } } }),
    );
    gateway.server.child.kill('SIGHUP');
    await gateway.server.untilStderr('the configuration was read again');
    const { stdout, stderr, status } = await qwen(gateway, 'Change red to blue in notes.txt.');
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain('openrouter failed for sandbox/e500=1 (500)');
  });
});

describe('the end of a gateway', () => {
  it('comes after SIGTERM once a chat was served, with an idle keep-alive client', async () => {
    const server = await startServer();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const post = (stream: boolean) =>
      new Promise<string>((resolve, reject) => {
        const headers = { 'content-type': 'application/json' };
        const asked = request(`${server.url}/chat/completions`, { method: 'POST', agent, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        });
        asked.once('error', reject);
        asked.end(JSON.stringify({ model: 'sandbox/say=hello', stream, messages: [{ role: 'user', content: 'hi' }] }));
      });
    expect(await post(true)).toContain('data: [DONE]');
    expect(await post(false)).toContain('"content":"hello"');
    await vi.waitFor(() => expect(Object.keys(agent.freeSockets)).toHaveLength(1));
    const started = performance.now();
    expect(await server.stop()).toMatchObject({ status: null, signal: 'SIGTERM' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('in the middle of an agent loop lets the step end, and the next gateway goes on where the last one stood', async () => {
    const { server, place } = await startGateway(() => [{ calls: [{ name: 'look' }] }, { say: 'Seen.' }]);
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
    const messages: object[] = [{ role: 'user', content: 'Look around.' }];
    const first = (await (await chat(server.url, { model: 'mom', tools, messages })).json()) as OpenAI.ChatCompletion;
    const said = first.choices[0]?.message as OpenAI.ChatCompletionMessage;
    await server.stop();
    const next = await startServer(['--sandbox', '--config', join(place.root, 'own.yaml')], { place });
    const call = said.tool_calls?.[0]?.id;
    const turns = [...messages, said, { role: 'tool', tool_call_id: call, content: 'a desk' }];
    const second = (await (await chat(next.url, { model: 'mom', tools, messages: turns })).json()) as OpenAI.ChatCompletion;
    expect(second.choices[0]).toMatchObject({ message: { content: 'Seen.' }, finish_reason: 'stop' });
    expect(await calls(next)).toEqual({ critic: 1 });
  });
});

describe('ways in which providers stream tool calls', () => {
  const STYLES = ['fragments', 'whole', 'noindex', 'gemini'] as const;
  const STEPS: Step[] = [
    { say: 'I look.', calls: ['a.txt', 'b.txt'].map((path) => ({ name: 'read', arguments: { path } })) },
    { calls: [{ name: 'edit', arguments: { path: 'a.txt', text: 'blue "quoted"\nline' } }] },
    { say: 'Done.' },
  ];
  const critic = (style: string) => acts(STEPS, `toolstyle=${style}`);
  const done = cleanups();
  let served: Served;

  beforeAll(async () => {
    const mixtures = STYLES.map((style) => [style, { proposers: PANEL, critic: [critic(style)] }]);
    served = await serve({ mixtures: Object.fromEntries(mixtures) }, done.add);
  });
  afterAll(done.run);
  beforeEach(() => served.sandbox.reset());

  it.each(STYLES.flatMap((style) => [true, false].map((stream) => [style, stream] as const)))('%s, stream: %s', async (style, stream) => {
    const used: unknown[] = [];
    const tool = (name: string) => ({
      type: 'function' as const,
      function: {
        name,
        description: `${name}s a file`,
        parameters: { type: 'object' },
        function: (args: string) => {
          used.push([name, JSON.parse(args)]);
          return `${name} it`;
        },
      },
    });
    const client = new OpenAI({ baseURL: served.url, apiKey: 'any', maxRetries: 0 });
    const asked = {
      model: `mom/${style}`,
      messages: [{ role: 'user' as const, content: 'Make a.txt blue.' }],
      tools: [tool('read'), tool('edit')],
    };
    const { completions } = client.chat;
    const runner = stream ? completions.runTools({ ...asked, stream: true }) : completions.runTools(asked);
    expect(await runner.finalContent()).toBe('Done.');
    expect(used).toEqual([
      ['read', { path: 'a.txt' }],
      ['read', { path: 'b.txt' }],
      ['edit', { path: 'a.txt', text: 'blue "quoted"\nline' }],
    ]);
    expect(served.counts()).toEqual({ ...Object.fromEntries(PANEL.map((model) => [model, 1])), [critic(style)]: 3 });
    const ids = runner.messages.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : []));
    expect(new Set(ids).size).toBe(3);
    const history = served.bodies(critic(style)).at(-1)?.messages ?? [];
    expect(history.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'tool', 'assistant', 'tool']);
    expect(JSON.stringify(runner.messages)).not.toContain('reasoning_content');
  });
});

describe('what happens to an agent', () => {
  const CRITIC = acts([{ say: 'I look.', calls: [{ name: 'look' }] }, { say: 'Seen.' }]);
  const BREAKS = says('This breaks off', 'err=2');
  const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
  const messages = [{ role: 'user' as const, content: 'Look around.' }];
  const PANEL_ONCE = Object.fromEntries(PANEL.map((model) => [model, 1]));
  const done = cleanups();
  let served: Served;
  let client: OpenAI;

  beforeAll(async () => {
    const mixture = (...critic: string[]) => ({ proposers: PANEL, critic });
    const mixtures = {
      default: mixture(CRITIC),
      fallback: mixture('sandbox/e500=1', CRITIC),
      breaks: mixture(BREAKS),
      small: { proposers: [{ model: PANEL[0], context: 10 }], critic: [{ model: CRITIC, context: 10 }] },
    };
    served = await serve({ mixtures }, done.add);
    client = new OpenAI({ baseURL: served.url, apiKey: 'any', maxRetries: 0 });
  });
  afterAll(done.run);
  beforeEach(() => served.sandbox.reset());

  it('whose critic fails: the next one calls the tools', async () => {
    const answer = await client.chat.completions.create({ model: 'mom/fallback', messages, tools });
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'look' } }] } });
    expect(answer).toMatchObject({ mom: { status: 'degraded' } });
    expect(served.counts()).toEqual({ ...PANEL_ONCE, 'sandbox/e500=1': 1, [CRITIC]: 1 });
  });

  it('that asks again by itself after an error in the stream: the panel is not paid twice', async () => {
    const ask = async () => {
      const chunks = await client.chat.completions.create({ model: 'mom/breaks', messages, tools, stream: true });
      for await (const _ of chunks);
    };
    await expect(ask()).rejects.toThrow('the answer is cut off');
    await expect(ask()).rejects.toThrow('the answer is cut off');
    expect(served.counts()).toEqual({ ...PANEL_ONCE, [BREAKS]: 2 });
  });

  it('whose conversation is too long: the words by which pi, opencode, qwen-code and continue know that they can shorten it', async () => {
    const ask = (stream: boolean) =>
      client.chat.completions.create({ model: 'mom/small', messages: [{ role: 'user', content: 'word '.repeat(100) }], tools, stream });
    for (const stream of [true, false]) {
      const error = await ask(stream).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded' });
      expect(String(error)).toMatch(/\bcontext_length_exceeded: no model of mixture 'small' can take this request/);
    }
    expect(served.counts()).toEqual({});
  });

  it.each(['select', 'vote'])('that asks for %s, which calls no tools: an answer in words, and a warning', async (strategy) => {
    const answer = await client.chat.completions.create({ model: `mom:${strategy}`, messages, tools });
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringMatching(/\w/) } });
    expect(answer.choices[0]?.message.tool_calls).toBeUndefined();
    const message = `the tools of the request have no effect: strategy '${strategy}' calls none; 'fuse' does`;
    expect(answer).toMatchObject({ mom: { warnings: expect.arrayContaining([{ code: 'no_effect', message }]) } });
  });
});
