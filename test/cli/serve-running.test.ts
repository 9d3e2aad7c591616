import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BREAKER } from '../../src/core/limits.js';
import { newPlace } from '../support/cli.js';
import { keepJournals } from '../support/journals.js';
import { chat, logLines, startServer } from '../support/serve-cli.js';
import { onTerminal } from '../support/terminal.js';

function placeOfTest() {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets the requests under way end, takes no new ones, and is what mom dies by',
    async (signal) => {
      const server = await startServer();
      const answer = await chat(server.url, { model: 'sandbox/say=whole,ttft=1500', stream: true });
      server.child.kill(signal);
      await server.untilStderr(`${signal}: mom stops; waiting for 1 request, at most 30 s; a second ${signal} ends it at once"`);
      await expect(chat(server.url, {})).rejects.toThrow('fetch failed');
      const text = await answer.text();
      expect(text).toContain('"content":"whole"');
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
      expect(await server.done).toMatchObject({ status: null, signal });
    },
  );

  it('a second one ends it at once', async () => {
    const server = await startServer();
    const answer = await chat(server.url, { model: 'sandbox/hang', stream: true });
    server.child.kill('SIGTERM');
    await server.untilStderr('waiting for 1 request');
    expect(await server.stop('SIGTERM')).toMatchObject({ status: null, signal: 'SIGTERM' });
    await expect(answer.text()).rejects.toThrow();
  });

  it('SIGHUP reads the configuration again and ends nothing; a broken file keeps the old one', async () => {
    const place = placeOfTest();
    const file = join(place.cwd, 'own.yaml');
    writeFileSync(file, 'serve: {}\n');
    const server = await startServer(['--sandbox', '--config', 'own.yaml'], { place });
    expect((await chat(server.url, {})).status).toBe(200);

    writeFileSync(file, 'serve: { keys: [{ name: laptop, key: canary-0123456789 }] }\n');
    server.child.kill('SIGHUP');
    await server.untilStderr('in force for new requests: the key laptop,');
    expect((await chat(server.url, {})).status).toBe(401);

    writeFileSync(file, 'serve: { keys: [] }\nmixtures: nonsense\n');
    server.child.kill('SIGHUP');
    await server.untilStderr('the configuration was not taken over, the old one stays in force: own.yaml:2:');
    expect((await chat(server.url, {})).status).toBe(401);
    expect((await chat(server.url, {}, { 'x-api-key': 'canary-0123456789' })).status).toBe(200);

    const { stdout, stderr, signal } = await server.stop();
    expect(signal).toBe('SIGTERM');
    expect(logLines(stderr).find(({ msg }) => String(msg).includes('not taken over'))).toMatchObject({ level: 'warn' });
    expect(stdout + stderr).not.toContain('canary');
  });
});

describe('a model that fails again and again', () => {
  it('is left alone, shows in the metrics, and a reload does not forget it', async () => {
    const server = await startServer(['--sandbox', '--set', 'retries=0']);
    const ask = async () => (await chat(server.url, { model: 'sandbox/e500=1' })).status;
    for (let i = 0; i < BREAKER.failures; i++) expect(await ask()).toBe(502);
    expect(await ask()).toBe(503);
    const state = async () => {
      const text = await (await fetch(server.url.replace('/v1', '/metrics'))).text();
      return text.split('\n').find((line) => line.startsWith('mom_breaker_state{'));
    };
    const open = 'mom_breaker_state{provider="openrouter",model="sandbox/e500=1"} 2';
    expect(await state()).toBe(open);
    server.child.kill('SIGHUP');
    await server.untilStderr('the configuration was read again');
    expect(await state()).toBe(open);
    expect(await ask()).toBe(503);
    await server.stop();
  });
});

describe('on a terminal', () => {
  it('the log is a short line per request, which a client can not drive', async () => {
    const ask = `fetch(process.argv[1] + '/chat/completions', {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: process.argv[2], messages: [{ role: 'user', content: 'hi' }] }),
    }).then((r) => r.text())`.replaceAll('\n', ' ');
    const place = placeOfTest();
    writeFileSync(
      join(place.cwd, 'ask.cjs'),
      ask.replaceAll('process.argv[1]', 'process.argv[2]').replace('model: process.argv[2]', 'model: JSON.parse(process.argv[3])'),
    );
    const { screen } = await onTerminal(
      [
        '$MOM serve --sandbox --port 0 > out & P=$!',
        'until [ -s out ]; do sleep 0.05; done',
        'U=$(head -n 1 out | cut -d " " -f 3)',
        `${process.execPath} ask.cjs $U '"sandbox/say=hello"'`,
        `${process.execPath} ask.cjs $U '"mom:\\u001b[2J\\u001b]0;owned\\u0007x"'`,
        'kill -TERM $P; wait $P',
      ].join('\n'),
      { place },
    );
    const lines = screen
      .split('\n')
      .filter((line) => /^\d\d:\d\d:\d\d /.test(line))
      .map((line) => line.slice(9));
    expect(lines[0]).toMatch(/^200 sandbox\/say=hello · default single · complete · [\d.]+ m?s · \d+ tokens · \$[\d.]+ · run \S+$/);
    expect(lines[1]).toMatch(/^404 mom:x · .* · model_unknown: /);
    expect(lines[2]).toBe('SIGTERM: mom stops; no request is under way');
    expect(screen).not.toContain('\u001b[2J');
    expect(screen).not.toContain('owned');
  });
});

describe('keys', () => {
  it('are in no byte of output, answers, metrics, journals or traces, also when a provider says them', async () => {
    const canaries = ['canary-of-the-provider-1', 'canary-in-a-header-22', 'canary-of-the-client-333'];
    const [provider, header, client] = canaries as [string, string, string];
    const upstream = createServer((request, response) => {
      const said = `${request.headers.authorization} ${request.headers['x-own-token']}`;
      response
        .writeHead(401, { 'content-type': 'application/json', 'x-said': said })
        .end(JSON.stringify({ error: { message: `wrong key: ${said}` } }));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void upstream.close());
    await new Promise((resolve) => upstream.once('listening', resolve));
    const place = placeOfTest();
    keepJournals(place);
    const config = join(place.cwd, 'own.yaml');
    writeFileSync(config, `providers: { openrouter: { headers: { x-own-token: ${header} } } }\n`);
    const server = await startServer(['--config', 'own.yaml', '--debug-requests'], {
      place,
      env: {
        MOM_BASE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
        MOM_API_KEY: provider,
        MOM_SERVE_KEY: client,
      },
    });
    const seen: string[] = [];
    const keep = async (response: Response) => {
      seen.push(JSON.stringify([...response.headers]), await response.text());
      return response.status;
    };
    const own = { authorization: `Bearer ${client}` };
    expect(await keep(await chat(server.url, { model: 'mom' }, own))).toBe(502);
    expect(await keep(await chat(server.url, { model: 'mom', stream: true }, own))).toBe(200);
    expect(await keep(await chat(server.url, { model: `mom:${client}` }, own))).toBe(404);
    expect(await keep(await chat(server.url, {}, { authorization: `Bearer ${client}x` }))).toBe(401);
    expect(await keep(await fetch(server.url.replace('/v1', '/metrics'), { headers: own }))).toBe(200);
    expect(await keep(await fetch(`${server.url}/models`, { headers: own }))).toBe(200);
    const { stdout, stderr } = await server.stop();
    expect(logLines(stderr).map(({ status }) => status)).toEqual(expect.arrayContaining([502, 200, 404, 401]));
    const files = readdirSync(place.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => path !== config);
    expect(files.some((path) => path.includes('/runs/'))).toBe(true);
    expect(files.some((path) => path.includes('debug-requests'))).toBe(true);
    for (const text of [...seen, stdout, stderr, ...files.map((path) => readFileSync(path, 'latin1'))])
      for (const canary of canaries) expect(text).not.toContain(canary);
  });
});
