import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOrMakeServeKey, readServeKey, serveKeyFile } from '../../../src/app/keys/serve-key.js';
import { newFolder, program } from '../../store/support.js';

const RENEW = 'delete it, and start `mom serve --auth` for a new one';

/** A home without anything in it, and the place of its key. */
function newHome() {
  const home = newFolder();
  return { home, file: join(home, '.local/state/mom/serve-key') };
}

describe('the key of `mom serve --auth`', () => {
  it('is made once, for its owner only', () => {
    const { home, file } = newHome();
    expect(readServeKey({}, home)).toBeNull();
    const made = readOrMakeServeKey({}, home);
    expect(made).toEqual({ key: expect.stringMatching(/^mom-[A-Za-z0-9_-]{43}$/), file, warnings: [] });
    expect(Buffer.from(made.key.slice(4), 'base64url')).toHaveLength(32);
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readdirSync(dirname(file))).toEqual(['serve-key']);
    expect(readOrMakeServeKey({}, home)).toEqual(made);
    expect(readServeKey({}, home)).toEqual(made);
    expect(readOrMakeServeKey({}, newHome().home).key).not.toBe(made.key);
  });

  it('stands in the state folder of the environment', () => {
    const { home } = newHome();
    const state = newFolder();
    expect(serveKeyFile({ XDG_STATE_HOME: state }, home)).toBe(join(state, 'mom/serve-key'));
    readOrMakeServeKey({ XDG_STATE_HOME: state }, home);
    expect([existsSync(join(state, 'mom/serve-key')), existsSync(join(home, '.local'))]).toEqual([true, false]);
  });

  it('that others may read is closed, with a warning, and stays', () => {
    const { home, file } = newHome();
    const { key } = readOrMakeServeKey({}, home);
    chmodSync(file, 0o644);
    expect(readOrMakeServeKey({}, home)).toEqual({
      key,
      file,
      warnings: [
        {
          code: 'serve_key_open',
          message: `${file} was open to others and no longer is; whoever has an account on this machine may have read the key`,
        },
      ],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readServeKey({}, home)?.warnings).toEqual([]);
  });

  it('closes the folder before it is made', () => {
    const { home, file } = newHome();
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    chmodSync(dirname(file), 0o755);
    readOrMakeServeKey({}, home);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  });

  it.each<[string, (file: string) => void, string, string]>([
    ['a link to a key', (file) => symlinkSync(readOrMakeServeKey({}, newHome().home).file, file), 'it is a link', RENEW],
    ['a link to nothing', (file) => symlinkSync(`${file}.nothing`, file), 'it is a link', RENEW],
    ['a folder', (file) => mkdirSync(file), 'it is no file', RENEW],
    ['empty', (file) => writeFileSync(file, '', { mode: 0o600 }), 'it holds no key', RENEW],
    ['something else', (file) => writeFileSync(file, 'password1\n', { mode: 0o600 }), 'it holds no key', RENEW],
  ])('is not read from what is %s, nor put in its place', (_what, plant, why, hint) => {
    const { home, file } = newHome();
    mkdirSync(dirname(file), { recursive: true });
    plant(file);
    for (const ask of [readServeKey, readOrMakeServeKey]) {
      expect(() => ask({}, home)).toThrow(
        expect.objectContaining({ code: 'config_invalid', message: `the key of the gateway in ${file} is not used: ${why}`, hint }),
      );
    }
    expect(readdirSync(dirname(file))).toEqual(['serve-key']);
  });

  it('that can not be kept says where and what to do', () => {
    const { home, file } = newHome();
    writeFileSync(join(home, '.local'), 'no folder');
    expect(() => readOrMakeServeKey({}, home)).toThrow(
      expect.objectContaining({
        code: 'output_failed',
        message: expect.stringContaining(`the key of the gateway can't be kept in ${file}: ENOTDIR`),
        hint: 'check the rights of the folder, or set MOM_SERVE_KEY instead',
      }),
    );
  });

  it('is one, however many servers start at once', async () => {
    const { home } = newHome();
    const start = await program(`
      import { readOrMakeServeKey } from './src/app/keys/serve-key.js';
      process.stdin.once('data', () => {
        console.log(readOrMakeServeKey({}, process.argv[2]).key);
        process.stdin.unref();
      });
      console.log('ready');`);
    const running = Array.from({ length: 4 }, () => start(home));
    await Promise.all(running.map(({ child }) => new Promise((resolve) => child.stdout?.once('data', resolve))));
    for (const { child } of running) child.stdin?.write('go');
    const keys = (await Promise.all(running.map(({ done }) => done))).map((out) => out.replace('ready\n', ''));
    expect(new Set(keys)).toEqual(new Set([`${readServeKey({}, home)?.key}\n`]));
  });
});
