import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runKeyCommand } from '../../../src/config/keys/key-command.js';
import { MomError } from '../../../src/core/error.js';

const HINT = 'run the command by itself to see why; it is started without a shell, and must print the key as its first line';

function newFolder(): string {
  const cwd = mkdtempSync(join(tmpdir(), 'mom-command-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  return cwd;
}

const sh = (script: string, cwd = newFolder()) => ({ program: 'sh', args: ['-c', script], cwd, env: { PATH: process.env.PATH } });
const failure = (what: string, program = 'sh') => ({
  code: 'key_missing',
  message: `provider 'work' has no API key: its api_key_cmd, ${program}, ${what}`,
  hint: HINT,
});

/** Resolves with what is in the file once something is. */
const textOf = async (path: string) => {
  let text = '';
  const read = () => {
    try {
      text = readFileSync(path, 'utf8').trim();
    } catch {
      // Not there yet.
    }
    return text;
  };
  await expect.poll(read, { timeout: 10_000 }).not.toBe('');
  return text;
};

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // Ended, but nobody has asked for its status.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a key command', () => {
  it.each([
    ['printf sk-1', 'sk-1'],
    ['echo "  sk-2  "; echo second line', 'sk-2'],
    ['printf "sk-3\\r\\n"', 'sk-3'],
    ['echo sk-4; head -c 300000 /dev/zero', 'sk-4'],
    ['echo noise >&2; echo sk-5', 'sk-5'],
    // What goes on in the background holds the pipe open.
    ['sleep 5 & echo sk-6', 'sk-6'],
  ])('%s: the first line is the key', async (script, key) => {
    expect(await runKeyCommand('work', sh(script))).toBe(key);
  });

  it('is no shell line, gets no input, and runs in its folder with its environment', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'key'), 'sk-7\n');
    expect(await runKeyCommand('work', { program: 'cat', args: ['key'], cwd, env: { PATH: process.env.PATH } })).toBe('sk-7');
    expect(await runKeyCommand('work', sh('cat; printf "[$(env | grep -c MARK)]"'))).toBe('[0]');
    await expect(runKeyCommand('work', { program: 'echo', args: ['$HOME;', 'x'], cwd, env: process.env })).rejects.toMatchObject(
      failure('printed something that is no key', 'echo'),
    );
  });

  it.each([
    ['true', 'printed no key'],
    ['echo; echo sk-late', 'printed no key'],
    ['echo sk-half; exit 3', 'ended with status 3'],
    ['echo sk-half; kill -TERM $$', 'was ended by SIGTERM'],
    ['printf "\\377\\376\\n"', 'printed something that is no key'],
    ['head -c 100000 /dev/zero | tr "\\0" k', 'printed something that is no key'],
  ])('%s: %s', async (script, what) => {
    await expect(runKeyCommand('work', sh(script))).rejects.toMatchObject(failure(what));
  });

  it('that is not there says so, without its arguments', async () => {
    const command = { program: 'no-such-program-of-mom', args: ['--token', 'sk-secret'], cwd: newFolder(), env: {} };
    await expect(runKeyCommand('work', command)).rejects.toMatchObject(failure('could not be started (ENOENT)', 'no-such-program-of-mom'));
  });

  it('tells nothing of what it printed', async () => {
    const error = (await runKeyCommand('work', sh('echo sk-out; echo sk-err >&2; exit 1')).catch((thrown) => thrown)) as MomError;
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toMatch(/sk-(out|err)/);
  });

  it('is ended by its limit, with its children', async () => {
    const cwd = newFolder();
    const running = runKeyCommand('work', sh('sleep 60 & echo $! > child; wait', cwd), undefined, 700);
    const child = Number(await textOf(join(cwd, 'child')));
    await expect(running).rejects.toMatchObject(failure('did not end within 0.7 s'));
    await expect.poll(() => isAlive(child), { timeout: 5_000 }).toBe(false);
  });

  it('is ended by the signal, with its children; the reason is passed on', async () => {
    const cwd = newFolder();
    const controller = new AbortController();
    const running = runKeyCommand('work', sh('sleep 60 & echo $! > child; wait', cwd), controller.signal);
    const child = Number(await textOf(join(cwd, 'child')));
    const reason = new MomError('cancelled', 'cancelled by SIGINT');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect.poll(() => isAlive(child), { timeout: 5_000 }).toBe(false);
    await expect(runKeyCommand('work', sh('touch started', cwd), controller.signal)).rejects.toBe(reason);
  });
});
