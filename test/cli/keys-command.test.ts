import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli, startCli } from '../support/cli.js';
import { chat, startServer } from '../support/serve-cli.js';
import { type KeyedUpstream, ownConfig, startKeyed } from './keys-support.js';

const NODE = process.execPath;

function placeOfTest(): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

/** A command that counts how often it is run, and prints `key`. */
const counted = (name: string, key: string) => [NODE, '-e', `require('fs').appendFileSync('${name}', 'x'); console.log('${key}')`];
const calls = (place: Place, name: string) => (existsSync(join(place.cwd, name)) ? readFileSync(join(place.cwd, name), 'utf8').length : 0);
const provider = (up: KeyedUpstream, command: readonly string[]) => ({ base_url: up.url, needs_key: true, api_key_cmd: command });

/** Waits until the file is there, and reads it. */
async function contentOf(path: string): Promise<string> {
  await expect.poll(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'), { timeout: 10_000 }).toBe(true);
  return readFileSync(path, 'utf8').trim();
}

/** A process that runs; one that has ended but was not waited for does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('mom ask', () => {
  it('runs a key command once for all calls, of no other provider, and not for a plan', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    const config = ownConfig(place, {
      providers: { work: provider(up, counted('work', 'key-of-work')), other: provider(up, counted('other', 'key-of-other')) },
      mixtures: { m: { proposers: ['work:a', 'work:b'], critic: 'work:c' } },
    });
    const args = ['ask', '--config', config, '--mixture', 'm', 'hi'];
    expect((await runCli([...args, '-n'], { place })).status).toBe(0);
    expect((await runCli(['keys', 'list', '--config', config], { place })).stdout).toMatch(/^work +command +.*node \(own\.yaml:1:\d+\)$/m);
    expect(calls(place, 'work')).toBe(0);
    expect(await runCli(args, { place })).toMatchObject({ stderr: '', status: 0 });
    expect([calls(place, 'work'), calls(place, 'other')]).toEqual([1, 0]);
    expect(new Set(up.shown)).toEqual(new Set(['key-of-work']));
  });

  it('without the key of a command is 77, and tells nothing that it printed', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    const config = ownConfig(place, { providers: { work: provider(up, ['sh', '-c', 'echo sk-half; echo sk-secret >&2; exit 9']) } });
    expect(await runCli(['ask', '--config', config, '-m', 'work:a', 'hi'], { place })).toEqual({
      stdout: '',
      stderr:
        "mom: provider 'work' has no API key: its api_key_cmd, sh, ended with status 9\nhint: run the command by itself to see why; it is started without a shell, and must print the key as its first line\n",
      status: 77,
      signal: null,
    });
    expect(up.shown).toEqual([]);
  });

  it.each<[string, (pid: number) => void, object]>([
    ['Ctrl-C', (pid) => process.kill(pid, 'SIGINT'), { signal: 'SIGINT' }],
    ['SIGTERM', (pid) => process.kill(pid, 'SIGTERM'), { signal: 'SIGTERM' }],
  ])('ends the command with %s', async (_what, end, expected) => {
    const place = placeOfTest();
    const up = await startKeyed();
    const config = ownConfig(place, { providers: { work: provider(up, ['sh', '-c', 'sleep 60 & echo $! > child; wait']) } });
    const mom = startCli(['ask', '--config', config, '-m', 'work:a', 'hi'], { place });
    const child = Number(await contentOf(join(place.cwd, 'child')));
    end(mom.child.pid as number);
    expect(await mom.done).toMatchObject(expected);
    await expect.poll(() => isRunning(child), { timeout: 5_000 }).toBe(false);
  });

  it('ends the command when it ends for another reason', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    const config = ownConfig(place, { providers: { work: provider(up, ['sh', '-c', 'sleep 60 & echo $! > child; wait']) } });
    const child = join(place.cwd, 'child');
    // Input that can't be had any more when the command is under way.
    const files = createServer((_request, response) => void contentOf(child).then(() => response.writeHead(404).end())).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => void files.close());
    await new Promise((resolve) => files.once('listening', resolve));
    const url = `http://127.0.0.1:${(files.address() as AddressInfo).port}/notes.txt`;
    const { status, stderr } = await runCli(['ask', '--config', config, '-m', 'work:a', '-f', url, 'hi'], { place });
    expect([status, stderr]).toEqual([66, expect.stringContaining('404')]);
    const pid = Number(await contentOf(child));
    await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
  });

  it('does not run the command of a project that is not trusted', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    writeFileSync(join(place.cwd, 'mom.config.yaml'), JSON.stringify({ providers: { openai: { api_key_cmd: counted('calls', 'k') } } }));
    const { status, stderr } = await runCli(['ask', '-m', 'openai:a', 'hi'], { place, env: { MOM_BASE_URL: up.url } });
    expect([status, calls(place, 'calls')]).toEqual([78, 0]);
    expect(stderr).toContain('providers.openai.api_key_cmd decides what is sent where, and this project file is not trusted\n');
  });
});

describe('mom serve', () => {
  it('runs a command when its provider is first asked, answers others meanwhile, and runs it anew after a reload', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    // Prints the key when it is let go.
    const slow = ['sh', '-c', 'echo >> started; while ! test -e go; do sleep 0.02; done; cat key'];
    writeFileSync(join(place.cwd, 'key'), 'slow-key-1\n');
    const config = ownConfig(place, {
      mixture: 'm',
      mixtures: { m: { strategy: 'single', single: 'work:a' } },
      providers: { work: provider(up, counted('work', 'key-of-work')), slow: provider(up, slow) },
    });
    const server = await startServer(['--config', config], { place });
    expect([calls(place, 'work'), calls(place, 'started')]).toEqual([1, 0]);

    const waiting = Promise.all([1, 2, 3].map(() => chat(server.url, { model: 'slow:a' })));
    await expect.poll(() => calls(place, 'started'), { timeout: 10_000 }).toBe(1);
    expect((await chat(server.url, { model: 'work:a' })).status).toBe(200);
    expect(up.shown).toEqual(['key-of-work']);
    writeFileSync(join(place.cwd, 'go'), '');
    expect((await waiting).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(up.shown).toEqual(['key-of-work', 'slow-key-1', 'slow-key-1', 'slow-key-1']);
    expect([calls(place, 'work'), calls(place, 'started')]).toEqual([1, 1]);

    writeFileSync(join(place.cwd, 'key'), 'slow-key-2\n');
    const reloaded = server.untilStderr('the configuration was read again');
    server.child.kill('SIGHUP');
    await reloaded;
    expect((await chat(server.url, { model: 'slow:a' })).status).toBe(200);
    expect(up.shown.at(-1)).toBe('slow-key-2');
    await server.stop();
  });

  it('does not start without the key of its default mixture; one that only others need stops nothing', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    const providers = { work: provider(up, ['echo', 'key-of-work']), broken: provider(up, ['false']) };
    const mixtures = (single: string) => ({ mixture: 'm', mixtures: { m: { strategy: 'single', single } } });
    const refused = await runCli(['serve', '--port', '0', '--config', ownConfig(place, { providers, ...mixtures('broken:a') })], { place });
    expect(refused).toMatchObject({ status: 77 });
    expect(refused.stderr).toContain("provider 'broken' has no API key: its api_key_cmd, false, ended with status 1");
    const server = await startServer(['--config', ownConfig(place, { providers, ...mixtures('work:a') })], { place });
    const answer = await chat(server.url, { model: 'broken:a' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      error: {
        code: 'key_missing',
        message: expect.stringContaining("provider 'broken' has no API key: its api_key_cmd, false, ended with status 1"),
      },
    });
    expect((await chat(server.url, { model: 'work:a' })).status).toBe(200);
    await server.stop();
  });
});
