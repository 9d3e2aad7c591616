import { spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { type CliOptions, MOM, newPlace, type Place, runCli } from '../support/cli.js';
import { keptRun } from '../support/kept-run.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.reset());

const SAY = encodeURIComponent('the answer\u001b[31m red');
const ONE = ['-m', `sandbox/say=${SAY}`];
const upstream = () => ({ MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' });
const ask = (args: string[], options: CliOptions = {}) =>
  runCli(['ask', 'hi', ...args], { ...options, env: { ...upstream(), ...options.env } });
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const place = (): Place => {
  const made = newPlace();
  onTestFinished(made.remove);
  return made;
};

/** Runs a shell line in which `$MOM` is the program. */
function shell(line: string, { env, cwd }: Place): Promise<{ stdout: string; stderr: string; status: number | null }> {
  const child = spawn('bash', ['-c', line], { cwd, env: { ...env, ...upstream(), MOM: `${process.execPath} ${MOM}` } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end();
  return new Promise((resolve) => child.once('close', (status) => resolve({ stdout, stderr, status })));
}

describe('a pipe', () => {
  it('gets the text raw, and stderr nothing', async () => {
    expect(await ask(ONE)).toMatchObject({ stdout: expect.stringContaining('the answer\u001b[31m red'), stderr: '', status: 0 });
  });

  it('whose reader goes away ends mom quietly with 0 and cuts the upstream', async () => {
    // Pieces come for seconds: the last one must not have left before the reader is missed.
    const line = '$MOM ask hi -m sandbox/text,len=100000,tps=200 | head -c 1; echo " ${PIPESTATUS[*]}"';
    const { stdout, stderr } = await shell(line, place());
    expect(stdout).toMatch(/^. 0 0\n$/s);
    expect(stderr).toBe('');
    await vi.waitFor(() => expect(sandbox.stats()).toMatchObject({ requests: 1, active: 0, cancelled: 1 }));
  });

  it.each(['--help', '--version'])('that nobody reads ends %s with 0', async (flag) => {
    const { stdout, stderr } = await shell(`$MOM ${flag} | true; echo "\${PIPESTATUS[*]}"`, place());
    expect({ stdout, stderr }).toEqual({ stdout: '0 0\n', stderr: '' });
  });
});

describe('a full disk under stdout', () => {
  it.each(['--help', '--version', 'ask --help-all'])('is told of by %s: 74', async (args) => {
    expect(await shell(`$MOM ${args} > /dev/full`, place())).toEqual({
      stdout: '',
      stderr: 'mom: stdout could not be written: ENOSPC: no space left on device, write\nhint: make room or write somewhere else\n',
      status: 74,
    });
  });

  it.each([
    ['MOM_BASE_URL=http://127.0.0.1:1/v1 $MOM doctor', 69],
    ['MOM_BASE_URL=http://127.0.0.1:1/v1 $MOM models --refresh', 69],
    ['$MOM ask hi -q -v --json', 2],
  ])('is told of by %s, whose own error decides the exit status', async (line, exit) => {
    const { stderr, status } = await shell(`${line} > /dev/full`, place());
    const said = stderr.match(/^mom: stdout could not be written: ENOSPC: .*\nhint: make room or write somewhere else$/gm);
    expect({ said: said?.length, status }).toEqual({ said: 1, status: exit });
  });

  it('leaves the answer in a file that only its owner can read', async () => {
    const line = `TMPDIR=$PWD $MOM ask hi -m 'sandbox/say=${SAY}' > /dev/full`;
    const { stderr, status } = await shell(line, place());
    expect(status).toBe(74);
    const path = /^mom: stdout could not be written: ENOSPC.*\nhint: what there is of the answer is in (.*)\n$/.exec(stderr)?.[1] ?? '';
    expect(path).toMatch(/mom-answer-[0-9a-f]{12}\.txt$/);
    expect(modeOf(path)).toBe('600');
    expect(readFileSync(path, 'utf8')).toBe('the answer\u001b[31m red\n');
  });
});

describe('-o', () => {
  it('gets what stdout would get, stdout nothing', async () => {
    const home = place();
    expect(await ask([...ONE, '-o', 'a.txt'], { place: home })).toEqual({ stdout: '', stderr: '', status: 0, signal: null });
    expect(readFileSync(join(home.cwd, 'a.txt'), 'utf8')).toBe('the answer\u001b[31m red\n');
    expect(readdirSync(home.cwd)).toEqual(['a.txt']);
  });

  it('replaces a file in one step and keeps its mode', async () => {
    const home = place();
    const path = join(home.cwd, 'a.txt');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    const old = openSync(path, 'r');
    await ask([...ONE, '-o', 'a.txt'], { place: home });
    expect(readFileSync(old, 'utf8')).toBe('old');
    closeSync(old);
    expect(readFileSync(path, 'utf8')).toContain('the answer');
    expect(modeOf(path)).toBe('640');
  });

  it.each([
    ['a folder that is not there', 'none/a.txt', /^mom: none\/a\.txt could not be written: ENOENT: /],
    ['a file as its folder', 'file/a.txt', /^mom: file\/a\.txt could not be written: ENOTDIR: /],
    ['a folder', '.', /^mom: \. is a folder\nhint: name a file\n$/],
  ])('with %s is refused before anything is paid for', async (_what, path, message) => {
    const home = place();
    writeFileSync(join(home.cwd, 'file'), '');
    const { stdout, stderr, status } = await ask([...ONE, '-o', path], { place: home });
    expect({ stdout, status }).toEqual({ stdout: '', status: 74 });
    expect(stderr).toMatch(message);
    expect(sandbox.stats().requests).toBe(0);
  });

  it('on a full disk leaves the answer on stdout: 74', async () => {
    const { stdout, stderr, status } = await ask([...ONE, '-o', '/dev/full']);
    expect(stdout).toContain('the answer');
    expect(stderr).toBe(
      'mom: /dev/full could not be written: ENOSPC: no space left on device, write\nhint: the answer went to stdout instead\n',
    );
    expect(status).toBe(74);
  });

  it('on a full disk beside a failed --json run tells both errors: 74', async () => {
    const { stdout, stderr, status } = await ask(['-m', 'sandbox/text,e401=1', '--json', '-o', '/dev/full']);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe('key_refused');
    expect(stderr).toContain('mom: /dev/full could not be written');
    expect(stderr).toContain(`mom: ${error.message}\n`);
    expect(status).toBe(74);
  });
});

describe('--record', () => {
  it('keeps one line for each exchange, for its owner only', async () => {
    const home = place();
    await ask([...ONE, '--record', 'r.jsonl'], { place: home });
    const path = join(home.cwd, 'r.jsonl');
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    expect(modeOf(path)).toBe('600');
  });

  it.each([
    ['wrong usage', ['--strategy', 'nonesuch'], 2],
    ['a configuration that is not there', ['--config', 'none.yaml'], 78],
    ['a dry run', ['-n'], 0],
  ])('leaves the file alone on %s', async (_what, args, status) => {
    const home = place();
    const path = join(home.cwd, 'r.jsonl');
    writeFileSync(path, 'precious');
    expect((await ask([...ONE, ...args, '--record', 'r.jsonl'], { place: home })).status).toBe(status);
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it('on a full disk warns once and harms no call', async () => {
    const { stdout, stderr, status } = await ask([
      '-m',
      'sandbox/text',
      '-m',
      'sandbox/echo',
      '--critic',
      'sandbox/critic',
      '--record',
      '/dev/full',
    ]);
    expect(stdout).not.toBe('');
    expect(stderr).toBe('mom: warning: /dev/full could not be written: ENOSPC: no space left on device, write\n');
    expect(status).toBe(0);
    expect(sandbox.stats()).toMatchObject({ requests: 3, cancelled: 0 });
  });
});

describe('what is kept of a run', () => {
  it('is in a 0600 file in a 0700 folder; --no-log keeps nothing', async () => {
    const home = place();
    const dir = join(home.state, 'mom', 'runs');
    await ask([...ONE, '--no-log'], { place: home });
    expect(existsSync(dir)).toBe(false);
    await ask(ONE, { place: home });
    // The journal is gone as soon as the run is in the store.
    expect(readdirSync(dir)).toEqual([]);
    expect((await keptRun(home)).result.answer).toContain('the answer');
    expect([modeOf(dir), modeOf(join(home.state, 'mom')), modeOf(join(home.state, 'mom', 'mom.db'))]).toEqual(['700', '700', '600']);
  });

  it('that cannot be written costs one warning, not the answer', async () => {
    const home = place();
    const file = join(home.root, 'file');
    writeFileSync(file, '');
    const { stdout, stderr, status } = await ask(ONE, { place: home, env: { XDG_STATE_HOME: file } });
    expect(stdout).toContain('the answer');
    expect(stderr).toMatch(/^mom: warning: the journal \S+ could not be written: ENOTDIR: .*\n$/);
    expect(status).toBe(0);
  });
});

describe('--debug-requests', () => {
  it('writes a readable trace without the key, 0600 in a 0700 folder', async () => {
    const home = place();
    expect(await ask([...ONE, '--debug-requests'], { place: home })).toMatchObject({ stderr: '', status: 0 });
    const dir = join(home.cwd, 'debug-requests');
    const [name] = readdirSync(dir);
    const path = join(dir, String(name));
    expect([modeOf(dir), modeOf(path)]).toEqual(['700', '600']);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('the answer');
    expect(text).not.toContain('key-of-the-test');
  });

  it('goes to the folder of --debug-dir', async () => {
    const home = place();
    mkdirSync(join(home.cwd, 'a'));
    await ask([...ONE, '--debug-dir', 'a/b'], { place: home });
    expect(readdirSync(join(home.cwd, 'a', 'b'))).toHaveLength(1);
  });
});

describe('--dry-run', () => {
  it('with --sandbox starts none and names no address', async () => {
    const { stdout, stderr, status } = await runCli(['ask', '--sandbox', '-n', '--json'], { nodeArgs: ['--require', noListening()] });
    expect({ stderr, status }).toEqual({ stderr: 'mom: sandbox: built-in simulated and recorded models, no network\n', status: 0 });
    const { proposers } = JSON.parse(stdout) as { proposers: { host: string | null }[] };
    expect(proposers.map(({ host }) => host)).toEqual([null, null, null]);
  });

  it('tells in JSON too what was said of the question', async () => {
    const home = place();
    mkdirSync(join(home.cwd, 'd'));
    for (const name of ['a.txt', 'key.pem']) writeFileSync(join(home.cwd, 'd', name), 'text');
    const { stdout, stderr, status } = await ask([...ONE, '-n', '--json', '-f', 'd'], { place: home });
    const { warnings } = JSON.parse(stdout) as { warnings: { code: string; message: string }[] };
    expect(warnings).toMatchObject([{ code: 'files_skipped', message: expect.stringContaining('key.pem') }]);
    expect({ stderr, status }).toEqual({ stderr: `mom: warning: ${warnings[0]?.message}\n`, status: 0 });
  });

  it('calls nothing', async () => {
    const { stdout, status } = await ask([...ONE, '-n']);
    expect(stdout).toMatch(/^1 call, .*; nothing was sent\n/);
    expect(stdout).toContain(`sent to openrouter, 127.0.0.1:${sandbox.port}\n`);
    expect(status).toBe(0);
    expect(sandbox.stats().requests).toBe(0);
  });

  /** A module after which no server can be opened. */
  function noListening(): string {
    const home = place();
    const path = join(home.root, 'no-listening.cjs');
    writeFileSync(path, "require('node:net').Server.prototype.listen = () => { throw new Error('a server was opened'); };\n");
    return path;
  }
});
