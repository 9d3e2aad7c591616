import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, runCli } from '../support/cli.js';
import { journalRuns, keepJournals } from '../support/journals.js';
import { chat, logLines, startServer } from '../support/serve-cli.js';

const SANDBOX_LINE = 'mom: sandbox: built-in simulated and recorded models, no network\n';

const TOOL = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } };

function placeOfTest() {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

describe('mom serve --print-env', () => {
  it('aider: three lines for the address in force, and nothing is started', async () => {
    expect(await runCli(['serve', '--print-env', 'aider'])).toEqual({
      stdout: [
        'export LM_STUDIO_API_BASE=http://127.0.0.1:8000/v1',
        'export LM_STUDIO_API_KEY=mom',
        'aider --model lm_studio/mom --weak-model lm_studio/mom:single',
        '',
      ].join('\n'),
      stderr: '',
      status: 0,
      signal: null,
    });
  });

  it('openai: address and key', async () => {
    const { stdout } = await runCli(['serve', '--print-env', 'openai', '--host', '::1', '--port', '9000']);
    expect(stdout).toBe('export OPENAI_BASE_URL=http://[::1]:9000/v1\nexport OPENAI_API_KEY=mom\n');
  });

  it('names the key where one is needed, and never shows it', async () => {
    const place = placeOfTest();
    const keyLine = async (args: string[], env: Record<string, string> = {}) =>
      (await runCli(['serve', '--print-env', 'openai', ...args], { place, env })).stdout.split('\n')[1];
    expect(await keyLine(['--auth'])).toBe('export OPENAI_API_KEY="$(mom keys show serve)"');
    expect(await keyLine([], { MOM_SERVE_KEY: 'canary-0123456789' })).toBe('export OPENAI_API_KEY="$MOM_SERVE_KEY"');
    expect(await keyLine(['--set', 'serve.keys=[canary-0123456789]'])).toBe('export OPENAI_API_KEY=ONE_OF_YOUR_SERVE_KEYS');
  });

  it('takes the address of the configuration', async () => {
    const place = placeOfTest();
    writeFileSync(join(place.cwd, 'own.yaml'), 'serve: { host: 0.0.0.0, port: 8123 }\n');
    const { stdout } = await runCli(['serve', '--print-env', 'openai', '--config', 'own.yaml'], { place });
    expect(stdout.split('\n')[0]).toBe('export OPENAI_BASE_URL=http://127.0.0.1:8123/v1');
  });

  it.each([
    [['--port', '0'], 'mom: port 0 is picked when the server starts\n'],
    [['--port', '65536'], 'mom: --port cannot be "65536"\n'],
  ])('refuses %o', async (args, message) => {
    const { stdout, stderr, status } = await runCli(['serve', '--print-env', 'aider', ...args]);
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr.startsWith(message)).toBe(true);
  });

  it('refuses a client that it knows no lines for', async () => {
    const { stderr, status } = await runCli(['serve', '--print-env', 'adier']);
    expect(status).toBe(2);
    expect(stderr).toBe('mom: --print-env cannot be "adier"\nhint: did you mean aider? --print-env takes aider or openai\n');
  });
});

describe('mom serve', () => {
  it.each([
    [
      ['--host', 'http://127.0.0.1:9000'],
      2,
      '--host serve.host must be an address such as 127.0.0.1, or a name, not "http://127.0.0.1:9000"',
      'leave scheme, port and path out; the port goes to --port or serve.port',
    ],
    [
      ['--auth', '--set', 'serve.keys=[{ name: serve, key: canary-0123456789 }]'],
      78,
      "serve.keys has a key named 'serve', which is the name of the key of --auth",
      'give the one in the configuration another name, or leave --auth out',
    ],
  ])('does not start with %o', async (args, code, message, hint) => {
    const { stdout, stderr, status } = await runCli(['serve', '--sandbox', ...args]);
    expect([stdout, stderr, status]).toEqual(['', `${SANDBOX_LINE}mom: ${message}\nhint: ${hint}\n`, code]);
  });

  it('says where it is, who may use it and what to paste, then answers', async () => {
    const server = await startServer();
    const response = await chat(server.url, {});
    expect(response.status).toBe(200);
    const body = (await response.json()) as { model: string; choices: { message: { content: string } }[] };
    expect([body.model, body.choices[0]?.message.content]).toEqual(['sandbox/say=hello', 'hello']);
    const { stdout, stderr, status, signal } = await server.stop();
    expect(stdout).toBe(
      [
        `mom serve: ${server.url}`,
        'Programs on this machine may use it, with any key or none.',
        '',
        'aider:',
        `  export LM_STUDIO_API_BASE=${server.url}`,
        '  export LM_STUDIO_API_KEY=mom',
        '  aider --model lm_studio/mom --weak-model lm_studio/mom:single',
        'programs that use the openai package (model: mom):',
        `  export OPENAI_BASE_URL=${server.url}`,
        '  export OPENAI_API_KEY=mom',
        '',
      ].join('\n'),
    );
    expect(stderr.startsWith(SANDBOX_LINE)).toBe(true);
    expect([status, signal]).toEqual([null, 'SIGTERM']);
  });

  it('writes a line of JSON for each request, and what it does beside them', async () => {
    const server = await startServer();
    const run = (await chat(server.url, { stream: true }, { 'x-request-id': 'mine-1' })).text();
    expect(await run).toContain('data: [DONE]\n\n');
    await chat(server.url, { messages: 'no list' });
    const { stderr } = await server.stop();
    const [first, second, last] = logLines(stderr);
    expect(first).toMatchObject({
      level: 'info',
      request: 'mine-1',
      client: 'local',
      method: 'POST',
      path: '/v1/chat/completions',
      model: 'sandbox/say=hello',
      strategy: 'single',
      status: 200,
      outcome: 'complete',
    });
    expect(second).toMatchObject({ status: 400, error: { code: 'usage' } });
    expect(last).toMatchObject({ level: 'info', msg: 'SIGTERM: mom stops; no request is under way' });
    expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(4);
  });

  it('counts what it does', async () => {
    const server = await startServer();
    await (await chat(server.url, { model: 'mom:fuse' })).json();
    const response = await fetch(server.url.replace('/v1', '/metrics'));
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toContain('mom_requests_total{client="local",mixture="default",strategy="fuse",status="complete"} 1\n');
    expect(text).toContain('mom_requests_in_flight 0\n');
    expect(text).toContain('mom_call_duration_seconds_count{provider="openrouter",model="~anthropic/claude-opus-latest"} 1\n');
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    await server.stop();
  });

  it('keeps each run, with where it came from', async () => {
    const server = await startServer();
    keepJournals(server.place);
    await (await chat(server.url, { model: 'mom:vote', tools: [TOOL], response_format: { type: 'json_object' } })).json();
    await (await chat(server.url, {})).json();
    const { stderr } = await server.stop();
    const [first, second] = logLines(stderr);
    const origin = {
      door: 'serve',
      client: 'local',
      sandbox: true,
      parent: null,
      link: null,
      conversation: first?.run,
      choice: { mixture: 'default', strategy: 'vote' },
      format: { type: 'json_object' },
      tools: true,
    };
    const passedOn = { models: ['openrouter:sandbox/say=hello'], strategy: 'single' };
    const kept = journalRuns(server.place);
    expect(kept.map((run) => run.first)).toEqual([
      { type: 'run.origin', run_id: first?.run, origin, content: true },
      {
        type: 'run.origin',
        run_id: second?.run,
        origin: { ...origin, conversation: second?.run, choice: passedOn, format: null, tools: false },
        content: true,
      },
    ]);
    expect(kept.map(({ events }) => events.at(-1))).toMatchObject([
      { type: 'run.end', result: { id: first?.run } },
      { type: 'run.end', result: { id: second?.run, status: 'complete', answer: 'hello' } },
    ]);
  });

  it('keeps no journal with --no-log, and writes traces with --debug-dir', async () => {
    const server = await startServer(['--sandbox', '--no-log', '--debug-dir', 'traces']);
    await (await chat(server.url, {})).json();
    const { place } = server;
    await server.stop();
    expect(existsSync(join(place.state, 'mom', 'runs'))).toBe(false);
    expect(readdirSync(join(place.cwd, 'traces'))).toHaveLength(1);
  });

  it('-q says nothing but what failed', async () => {
    const server = await startServer(['--sandbox', '-q']);
    await (await chat(server.url, {})).json();
    await chat(server.url, { model: 'sandbox/e500=1' });
    const { stderr } = await server.stop();
    expect(logLines(stderr).map(({ level, status }) => [level, status])).toEqual([['error', 502]]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('goes on when the reader of its log has gone', async () => {
    const server = await startServer();
    server.child.stderr.destroy();
    for (let i = 0; i < 3; i++) expect((await chat(server.url, {})).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.done).toMatchObject({ signal: 'SIGTERM' });
  });
});

describe('mom serve does not start', () => {
  it('where the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { stdout, stderr, status } = await runCli(['serve', '--sandbox', '-q', '--port', String(port)]);
    expect({ stdout, stderr, status }).toEqual({
      stdout: '',
      stderr: `mom: mom serve can't listen on 127.0.0.1:${port}: the port is in use\nhint: stop what listens there, or choose another with --port (0 picks a free one)\n`,
      status: 2,
    });
  });

  it('where the address is not one of this machine', async () => {
    const args = ['serve', '--sandbox', '-q', '--host', '192.0.2.1', '--port', '0', '--allow-remote', '--auth'];
    const { stdout, stderr, status } = await runCli(args);
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toBe(
      "mom: mom serve can't listen on 192.0.2.1:0: this machine does not have that address\nhint: use 127.0.0.1, 0.0.0.0 or an address of this machine\n",
    );
  });

  it('open to other machines without a key, or without --allow-remote', async () => {
    const open = ['serve', '--sandbox', '-q', '--host', '0.0.0.0', '--port', '0'];
    const keyless = await runCli([...open, '--allow-remote']);
    expect([keyless.status, keyless.stdout]).toEqual([2, '']);
    expect(keyless.stderr).toContain('no key is set');
    const unaware = await runCli(open, { env: { MOM_SERVE_KEY: 'canary-0123456789' } });
    expect([unaware.status, unaware.stdout]).toEqual([2, '']);
    expect(unaware.stderr).toContain('--allow-remote');
    expect(unaware.stderr).not.toContain('canary');
  });

  it('without any key of a provider, saying the same as mom ask', async () => {
    const asked = await runCli(['ask', 'hi']);
    const served = await runCli(['serve', '--port', '0']);
    expect([served.status, served.stdout]).toEqual([77, '']);
    expect(served.stderr).toBe(asked.stderr);
  });

  it('with a wrong configuration, naming the place', async () => {
    const place = placeOfTest();
    writeFileSync(join(place.cwd, 'own.yaml'), 'serve:\n  prot: 8000\n');
    const { stderr, status } = await runCli(['serve', '--sandbox', '-q', '--config', 'own.yaml'], { place });
    expect(status).toBe(78);
    expect(stderr).toContain('own.yaml:2:3');
    expect(stderr).toContain('port');
  });
});

describe('a key of its own', () => {
  it('is asked for with --auth, printed by mom keys show serve, and nowhere else', async () => {
    const place = placeOfTest();
    const server = await startServer(['--sandbox', '--auth'], { place });
    const { stdout, stderr, status } = await runCli(['keys', 'show', 'serve'], { place });
    const key = stdout.trim();
    expect([stderr, status]).toEqual(['', 0]);
    expect(key).toMatch(/^mom-[\w-]{43}$/);
    expect(statSync(join(place.state, 'mom', 'serve-key')).mode & 0o777).toBe(0o600);

    const refused = await chat(server.url, {});
    expect(refused.status).toBe(401);
    const wrong = await chat(server.url, {}, { authorization: 'Bearer mom' });
    expect(wrong.status).toBe(401);
    const let_in = await chat(server.url, { model: key }, { authorization: `Bearer ${key}` });
    expect(let_in.status).not.toBe(401);
    expect((await chat(server.url, {}, { 'x-api-key': key })).status).toBe(200);
    expect((await fetch(server.url.replace('/v1', '/metrics'))).status).toBe(401);
    expect((await fetch(server.url.replace('/v1', '/healthz'))).status).toBe(200);
    const metrics = await (await fetch(server.url.replace('/v1', '/metrics'), { headers: { 'x-api-key': key } })).text();

    const ended = await server.stop();
    expect(ended.stdout).toContain('  export OPENAI_API_KEY="$(mom keys show serve)"\n');
    expect(logLines(ended.stderr).map(({ client }) => client)).toContain('serve');
    for (const text of [ended.stdout, ended.stderr, metrics]) expect(text).not.toContain(key);
  });

  it('stays the same from one start to the next', async () => {
    const place = placeOfTest();
    const key = async () => {
      await (await startServer(['--sandbox', '--auth', '-q'], { place })).stop();
      return (await runCli(['keys', 'show', 'serve'], { place })).stdout;
    };
    expect(await key()).toBe(await key());
  });

  it('that nobody has made yet is an error that says how to make it', async () => {
    expect(await runCli(['keys', 'show', 'serve'])).toEqual({
      stdout: '',
      stderr: 'mom: mom serve has no key of its own yet\nhint: `mom serve --auth` makes it\n',
      status: 66,
      signal: null,
    });
  });

  it.each([
    [['keys', 'show'], "mom: 'keys show' needs <provider>\nhint: mom keys show --help shows what there is\n"],
    [
      ['keys', 'show', 'sevre'],
      "mom: there is no provider 'sevre'\nhint: did you mean 'serve'? there are: openrouter, openai, anthropic, google, ollama, lmstudio, serve\n",
    ],
  ])('%o is wrong usage', async (args, message) => {
    expect(await runCli(args)).toEqual({ stdout: '', stderr: message, status: 2, signal: null });
  });
});
