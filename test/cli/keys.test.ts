import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MOM, newPlace, type Place, runCli } from '../support/cli.js';
import { chat, startServer } from '../support/serve-cli.js';
import { onTerminal } from '../support/terminal.js';
import { ownConfig, startKeyed } from './keys-support.js';

const KEY = 'sk-or-v1-4f3e2d1c0b9a87654321';
const PROVIDERS = 'openrouter, openai, anthropic, google, ollama, lmstudio, serve';

function placeOfTest(): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

const fileOf = (place: Place) => join(place.config, 'mom', 'keys.json');
const set = (place: Place, name: string, key = KEY) => runCli(['keys', 'set', name], { place, stdin: key });
const done = (stdout: string, stderr = '') => ({ stdout, stderr, status: 0, signal: null });
const failed = (status: number, stderr: string) => ({ stdout: '', stderr, status, signal: null });

describe('mom keys', () => {
  it('keeps a key, shows it, lists it and forgets it', async () => {
    const place = placeOfTest();
    const file = fileOf(place);
    expect(await set(place, 'openrouter', `${KEY}\n\n`)).toEqual(
      done(`kept the key of openrouter in ${file}; it is sent to https://openrouter.ai only\n`),
    );
    expect([statSync(file).mode & 0o777, statSync(join(place.config, 'mom')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(await set(place, 'ollama', 'short')).toMatchObject({ status: 0 });
    expect(await runCli(['keys', 'show', 'openrouter'], { place })).toEqual(done(`${KEY}\n`));
    expect(await runCli(['keys', 'list'], { place, env: { OPENAI_API_KEY: 'sk-in-the-environment-0987' } })).toEqual(
      done(
        [
          `openrouter  ...4321     ${file}, for https://openrouter.ai only`,
          'openai      ...0987     OPENAI_API_KEY',
          'anthropic   none        `mom keys set anthropic` keeps one',
          'google      none        `mom keys set google` keeps one',
          `ollama      set         ${file}, for http://127.0.0.1:11434 only`,
          'lmstudio    not needed',
          'serve       none        `mom serve --auth` makes it\n',
        ].join('\n'),
      ),
    );
    expect(await runCli(['keys', 'rm', 'openrouter'], { place })).toEqual(done(`removed the key of openrouter from ${file}\n`));
    expect(await runCli(['keys', 'rm', 'openrouter'], { place })).toEqual(
      failed(66, "mom: mom keeps no key of 'openrouter'\nhint: it keeps those of: ollama\n"),
    );
    expect(readFileSync(file, 'utf8')).not.toContain(KEY);
  });

  it.each([20, 40])('lists them on a terminal of %i columns without cutting a word', async (columns) => {
    const { screen } = await onTerminal('$MOM keys list', { place: placeOfTest(), columns });
    const lines = screen.trimEnd().split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(screen.split('\n\n').map((block) => block.split(/\s+/).join(' ').trim())).toEqual([
      'openrouter key: set MOM_API_KEY',
      'openai key: none `mom keys set openai` keeps one',
      'anthropic key: none `mom keys set anthropic` keeps one',
      'google key: none `mom keys set google` keeps one',
      'ollama key: not needed',
      'lmstudio key: not needed',
      'serve key: none `mom serve --auth` makes it',
    ]);
  });

  it.each<[string[], string, number, string]>([
    [['openrouter'], '', 66, 'mom: no key was given\nhint: type it, or give it through stdin: mom keys set NAME < FILE\n'],
    [['openrouter'], ' \n\n', 66, 'mom: no key was given\nhint: type it, or give it through stdin: mom keys set NAME < FILE\n'],
    [['openrouter'], `${KEY}\nmore\n`, 65, 'mom: stdin has more than one line, so it is no key\nhint: give the key alone\n'],
    [
      ['openrouter'],
      `Bearer ${KEY}`,
      65,
      'mom: what was given is no key: it has spaces, or characters that no header can carry\nhint: give the key alone, as the provider shows it\n',
    ],
    [
      ['openrouter', KEY],
      '',
      2,
      "mom: 'keys set' takes 1 argument, not 2\nhint: a key is no argument, as it would stand in the history of the shell and in the list of processes: type it, or give it through stdin\n",
    ],
    [
      [KEY],
      KEY,
      2,
      `mom: a key is no argument: it would stand in the history of the shell and in the list of processes\nhint: name the provider, then type the key, or give it through stdin; there are: ${PROVIDERS}\n`,
    ],
    [['openrouter', `--key=${KEY}`], '', 2, "mom: unknown option '[key]'\nhint: mom keys set --help shows what there is\n"],
    [['openruter'], KEY, 2, `mom: there is no provider 'openruter'\nhint: did you mean 'openrouter'? there are: ${PROVIDERS}\n`],
    [
      ['serve'],
      'fifteen-letters',
      65,
      'mom: a key of mom serve has at least 16 characters\nhint: `mom serve --auth` makes one itself where none is kept\n',
    ],
  ])('set %j with %j on stdin is refused', async (args, stdin, status, stderr) => {
    const place = placeOfTest();
    expect(await runCli(['keys', 'set', ...args], { place, stdin })).toEqual(failed(status, stderr));
    expect(existsSync(fileOf(place))).toBe(false);
  });

  it('takes a provider of the configuration, with its address', async () => {
    const place = placeOfTest();
    const config = ownConfig(place, { providers: { work: { base_url: 'https://work.example:8443/v1' }, bare: {} } });
    const args = (name: string) => ['keys', 'set', name, '--config', config];
    expect((await runCli(args('work'), { place, stdin: KEY })).stdout).toContain('it is sent to https://work.example:8443 only\n');
    expect(await runCli(args('bare'), { place, stdin: KEY })).toEqual(
      failed(78, "mom: provider 'bare' has no base_url\nhint: set providers.bare.base_url\n"),
    );
    // Without that configuration nobody has the name, but the key is there.
    expect((await runCli(['keys', 'list'], { place })).stdout).toMatch(
      /^work +not needed\n {12}the kept key for https:\/\/work\.example:8443 is not used: no provider has this name$/m,
    );
    expect((await runCli(['keys', 'rm', 'work'], { place })).status).toBe(0);
  });

  it('says what counts first, and what is not used', async () => {
    const place = placeOfTest();
    const env = { OPENROUTER_API_KEY: 'from-the-environment' };
    const kept = await runCli(['keys', 'set', 'openrouter'], { place, env, stdin: KEY });
    expect(kept.stderr).toBe('mom: warning: OPENROUTER_API_KEY counts first: the kept key is used when that is gone\n');
    const note = '            the kept key for https://openrouter.ai is not used: ';
    expect((await runCli(['keys', 'list'], { place, env })).stdout).toContain(`${note}OPENROUTER_API_KEY counts first\n`);
    const elsewhere = { MOM_BASE_URL: 'https://other.example/v1' };
    expect((await runCli(['keys', 'list'], { place, env: elsewhere })).stdout).toContain(
      `${note}the provider's address is https://other.example\n`,
    );
    const { keys } = JSON.parse((await runCli(['keys', 'list', '--json'], { place, env })).stdout) as { keys: unknown[] };
    expect(keys[0]).toEqual({
      name: 'openrouter',
      has_key: true,
      needs_key: true,
      source: 'environment',
      place: 'OPENROUTER_API_KEY',
      program: null,
      ends_in: 'ment',
      address: 'https://openrouter.ai',
      unused: { address: 'https://openrouter.ai', why: 'OPENROUTER_API_KEY counts first' },
      trouble: null,
    });
  });

  it('prints no key that is not its own', async () => {
    const place = placeOfTest();
    expect(await runCli(['keys', 'show', 'openai'], { place, env: { OPENAI_API_KEY: KEY } })).toEqual(
      failed(66, "mom: mom keeps no key of 'openai'\nhint: its key comes from OPENAI_API_KEY, which is not mom's to print\n"),
    );
    expect(await runCli(['keys', 'show', 'openai'], { place })).toEqual(
      failed(66, "mom: mom keeps no key of 'openai'\nhint: `mom keys set openai` asks for one\n"),
    );
  });

  it('lists a provider whose configuration is wrong beside the others', async () => {
    const place = placeOfTest();
    const config = ownConfig(place, {
      providers: { work: { base_url: 'https://w.example', api_key: '${GONE}' }, odd: { base_url: 'ftp://x' } },
    });
    const { stdout, status } = await runCli(['keys', 'list', '--config', config], { place });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^work +none +own\.yaml:1:\d+: providers\.work\.api_key needs the variable GONE, which is not set; set GONE/m);
    expect(stdout).toMatch(/^odd +none +own\.yaml:1:\d+: the base URL is not an http or https address/m);
  });

  it('loses nothing when many are set at once', async () => {
    const place = placeOfTest();
    const names = ['openrouter', 'openai', 'anthropic', 'google', 'ollama', 'lmstudio'];
    const results = await Promise.all(names.map((name) => set(place, name, `key-of-${name}-0123456789`)));
    expect(results.map(({ status }) => status)).toEqual(names.map(() => 0));
    const { keys } = JSON.parse(readFileSync(fileOf(place), 'utf8')) as { keys: Record<string, { key: string }> };
    expect(Object.keys(keys).sort()).toEqual([...names].sort());
  });
});

describe('a kept key', () => {
  it('is sent to its address, and to no other port or host', async () => {
    const place = placeOfTest();
    const [own, other] = [await startKeyed(), await startKeyed()];
    const at = (url: string) => ({ place, env: { MOM_BASE_URL: url } });
    await runCli(['keys', 'set', 'openrouter'], { ...at(own.url), stdin: KEY });
    expect((await runCli(['ask', '-m', 'a/b', 'hi'], at(own.url))).status).toBe(0);
    expect((await runCli(['ask', '-m', 'a/b', 'hi'], at(other.url))).stderr).toBe(
      `mom: warning: the key that mom keeps for openrouter is for ${own.address} and is not sent to ${other.address}\n`,
    );
    expect([own.shown, other.shown]).toEqual([[KEY], [null]]);
  });

  it('is used with a warning when its file was open to others, and the file is closed', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    const options = { place, env: { MOM_BASE_URL: up.url } };
    await runCli(['keys', 'set', 'openrouter'], { ...options, stdin: KEY });
    chmodSync(fileOf(place), 0o644);
    expect((await runCli(['ask', '-m', 'a/b', 'hi'], options)).stderr).toBe(
      `mom: warning: ${fileOf(place)} was open to others and no longer is; whoever has an account on this machine may have read the keys in it\n`,
    );
    expect(statSync(fileOf(place)).mode & 0o777).toBe(0o600);
    expect((await runCli(['ask', '-m', 'a/b', 'hi'], options)).stderr).toBe('');
    expect(up.shown).toEqual([KEY, KEY]);
  });

  it('is no part of what a folder gives to the models', async () => {
    const place = placeOfTest();
    await set(place, 'openrouter');
    writeFileSync(join(place.config, 'mom', 'notes.md'), 'notes');
    const { stdout, stderr, status } = await runCli(['ask', '--sandbox', '-m', 'sandbox/echo', '-f', place.config, 'hi'], { place });
    expect([status, stdout.includes('notes.md'), stdout.includes(KEY)]).toEqual([0, true, false]);
    expect(stderr).toContain(`${fileOf(place)} (looks like a key)`);
  });

  it('in a damaged file stops who needs it, and says so', async () => {
    const place = placeOfTest();
    await set(place, 'openrouter');
    writeFileSync(fileOf(place), 'oops');
    expect(await runCli(['ask', 'hi'], { place })).toEqual(
      failed(
        78,
        `mom: the file of keys ${fileOf(place)} is not used: it is damaged\nhint: move it away, and set your keys again with \`mom keys set\`\n`,
      ),
    );
    expect((await runCli(['ask', '--sandbox', 'hi'], { place })).status).toBe(0);
  });

  it('is taken over by a running gateway', async () => {
    const place = placeOfTest();
    const up = await startKeyed();
    const config = ownConfig(place, {
      mixture: 'm',
      mixtures: { m: { strategy: 'single', single: 'work:a' } },
      providers: { work: { base_url: up.url } },
    });
    const server = await startServer(['--config', config], { place });
    expect((await chat(server.url, { model: 'work:a' })).status).toBe(200);
    const reloaded = server.untilStderr('the configuration was read again');
    await runCli(['keys', 'set', 'work', '--config', config], { place, stdin: KEY });
    await reloaded;
    expect((await chat(server.url, { model: 'work:a' })).status).toBe(200);
    expect(up.shown).toEqual([null, KEY]);
    await server.stop();
  });
});

describe('the key of mom serve', () => {
  it('may be one of the user', async () => {
    const place = placeOfTest();
    const own = 'a-key-of-my-own-0123456789';
    const file = join(place.state, 'mom', 'serve-key');
    expect(await set(place, 'serve', own)).toEqual(
      done(`kept the key of mom serve in ${file}; --auth asks for it, a running mom serve from its next start or reload on\n`),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await runCli(['keys', 'show', 'serve'], { place })).toEqual(done(`${own}\n`));
    const server = await startServer(['--sandbox', '--auth'], { place });
    expect((await chat(server.url, {}, { authorization: `Bearer ${own}` })).status).toBe(200);
    expect((await chat(server.url, {}, { authorization: 'Bearer another' })).status).toBe(401);
    await server.stop();
    expect((await runCli(['keys', 'list'], { place })).stdout).toContain(`serve       kept        ${file}\n`);
    symlinkSync(file, `${file}.link`);
    renameSync(`${file}.link`, file);
    expect((await runCli(['keys', 'list'], { place })).stdout).toContain(
      `serve       none        the key of the gateway in ${file} is not used: it is a link; delete it, and start`,
    );
    expect(await runCli(['keys', 'rm', 'serve'], { place })).toEqual(done(`removed the key of mom serve from ${file}\n`));
    expect(await runCli(['keys', 'rm', 'serve'], { place })).toEqual(
      failed(66, `mom: mom serve has no key of its own\nhint: there is no ${file}\n`),
    );
  });
});

describe('typed on a terminal, a key', () => {
  /** What stands on the screen after `typed` was typed at the prompt. */
  async function type(place: Place, typed: string): Promise<{ screen: string; status: number | null }> {
    const line = `${process.execPath} ${MOM} keys set openrouter; echo "status $?"`;
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      env: { ...place.env, TERM: 'xterm', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let screen = '';
    let isTyped = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      if (isTyped || !screen.includes('Key of openrouter for https://openrouter.ai: ')) return;
      isTyped = true;
      child.stdin.write(typed);
    });
    return new Promise((resolve) => child.once('close', (status) => resolve({ screen: screen.replaceAll('\r\n', '\n'), status })));
  }

  it('is not shown', async () => {
    const place = placeOfTest();
    const { screen } = await type(place, `${KEY}\r`);
    expect(screen).not.toContain(KEY.slice(0, 5));
    expect(screen).toContain(`\nkept the key of openrouter in ${fileOf(place)}; it is sent to https://openrouter.ai only\nstatus 0\n`);
    expect((await runCli(['keys', 'show', 'openrouter'], { place })).stdout).toBe(`${KEY}\n`);
  });

  it.each([
    ['Ctrl-C', 'abc\u0003', '\nmom: nothing was kept\nstatus 130\n'],
    ['Ctrl-D', '\u0004', '\nmom: no key was given\nhint: type it, or give it through stdin: mom keys set NAME < FILE\nstatus 66\n'],
    ['nothing', '\r', '\nmom: no key was given\nhint: type it, or give it through stdin: mom keys set NAME < FILE\nstatus 66\n'],
  ])('is not kept after %s', async (_what, typed, end) => {
    const place = placeOfTest();
    const { screen } = await type(place, typed);
    expect(screen.replace(/\n+$/, '\n')).toContain(end);
    expect(existsSync(fileOf(place))).toBe(false);
  });
});
