import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { changeKeys, keysFile, readKeys } from '../../../src/config/keys/key-store.js';

const RENEW = 'move it away, and set your keys again with `mom keys set`';
const KEY = { key: 'sk-1', address: 'https://openrouter.ai' };

function newFile(): string {
  const home = mkdtempSync(join(tmpdir(), 'mom-keys-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return keysFile({}, home);
}

const set = (file: string, name = 'openrouter') => changeKeys(file, (keys) => keys.set(name, KEY));
const mode = (path: string) => statSync(path).mode & 0o777;

describe('the file of keys', () => {
  it('stands in the user config folder, for its owner only', async () => {
    expect(keysFile({ XDG_CONFIG_HOME: '/c' }, '/h')).toBe('/c/mom/keys.json');
    expect(keysFile({ XDG_CONFIG_HOME: 'relative' }, '/h')).toBe('/h/.config/mom/keys.json');
    const file = newFile();
    expect(readKeys(file)).toEqual({ keys: new Map(), warnings: [] });
    expect(existsSync(dirname(file))).toBe(false);
    expect(await set(file)).toEqual([]);
    expect([mode(file), mode(dirname(file)), readdirSync(dirname(file))]).toEqual([0o600, 0o700, ['keys.json']]);
    expect(readKeys(file)).toEqual({ keys: new Map([['openrouter', KEY]]), warnings: [] });
  });

  it('keeps a provider of any name', async () => {
    const file = newFile();
    await set(file, '__proto__');
    expect(readKeys(file).keys).toEqual(new Map([['__proto__', KEY]]));
  });

  it('that is open to others is closed, with a warning', async () => {
    const file = newFile();
    await set(file);
    for (const wide of [0o644, 0o620, 0o601]) {
      chmodSync(file, wide);
      expect(readKeys(file)).toEqual({
        keys: new Map([['openrouter', KEY]]),
        warnings: [
          {
            code: 'keys_open',
            message: `${file} was open to others and no longer is; whoever has an account on this machine may have read the keys in it`,
          },
        ],
      });
      expect(mode(file)).toBe(0o600);
    }
    expect(readKeys(file).warnings).toEqual([]);
  });

  it('in a folder into which others may write closes it; one that they may only read stays as it is', async () => {
    const file = newFile();
    mkdirSync(dirname(file), { recursive: true });
    chmodSync(dirname(file), 0o777);
    expect(await set(file)).toEqual([{ code: 'keys_folder_open', message: `others could write into ${dirname(file)} and no longer can` }]);
    expect(mode(dirname(file))).toBe(0o755);
    expect(await set(file)).toEqual([]);
    expect(mode(dirname(file))).toBe(0o755);
  });

  it.each<[string, (file: string) => unknown, string, string]>([
    ['a link to a file', (file) => symlinkSync('/etc/hostname', file), 'it is a link', RENEW],
    ['a link to nothing', (file) => symlinkSync(`${file}.nothing`, file), 'it is a link', RENEW],
    ['a folder', (file) => mkdirSync(file), 'it is no file', RENEW],
    ['cut off', (file) => writeFileSync(file, '{"version": 1, "ke'), 'it is damaged', RENEW],
    ['a list', (file) => writeFileSync(file, '[]'), 'it is damaged', RENEW],
    ['without an address', (file) => writeFileSync(file, '{"version":1,"keys":{"a":{"key":"k"}}}'), 'it is damaged', RENEW],
    [
      'with a key that would be two headers',
      (file) => writeFileSync(file, JSON.stringify({ version: 1, keys: { a: { key: 'k\r\nx: y', address: 'https://a' } } })),
      'it is damaged',
      RENEW,
    ],
    ['of a later version', (file) => writeFileSync(file, '{"version":2,"keys":{}}'), 'another version of mom has written it', 'update mom'],
  ])('is not read from what is %s, nor changed', async (_what, plant, why, hint) => {
    const file = newFile();
    mkdirSync(dirname(file), { recursive: true });
    plant(file);
    const before = readdirSync(dirname(file));
    const refusal = { code: 'config_invalid', message: `the file of keys ${file} is not used: ${why}`, hint };
    expect(() => readKeys(file)).toThrow(expect.objectContaining(refusal));
    await expect(set(file)).rejects.toMatchObject(refusal);
    expect(readdirSync(dirname(file))).toEqual(before);
  });

  it('is not waited for when it is a pipe', async () => {
    const file = newFile();
    mkdirSync(dirname(file), { recursive: true });
    await new Promise((resolve) => spawn('mkfifo', [file]).once('close', resolve));
    expect(() => readKeys(file)).toThrow(`the file of keys ${file} is not used: it is no file`);
  });

  it.runIf(process.getuid?.() === 0)('of another user is not read', async () => {
    const file = newFile();
    await set(file);
    const { chownSync } = await import('node:fs');
    chownSync(file, 65_534, 65_534);
    expect(() => readKeys(file)).toThrow(`the file of keys ${file} is not used: it belongs to another user`);
  });

  it('loses nothing of what many change at once', async () => {
    const file = newFile();
    const names = Array.from({ length: 25 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => set(file, name)));
    expect([...readKeys(file).keys.keys()].sort()).toEqual([...names].sort());
    expect(readdirSync(dirname(file))).toEqual(['keys.json']);
  });

  it('is changed though one who changed it has died in the middle', async () => {
    const file = newFile();
    await set(file);
    writeFileSync(`${file}.lock`, '1 gone');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    await set(file, 'second');
    expect([...readKeys(file).keys.keys()]).toEqual(['openrouter', 'second']);
    expect(readdirSync(dirname(file))).toEqual(['keys.json']);
  });

  it('that cannot be written says why, and leaves the old one', async () => {
    const file = newFile();
    writeFileSync(dirname(dirname(file)), 'a file in the place of the folder');
    await expect(set(file)).rejects.toMatchObject({
      code: 'output_failed',
      message: expect.stringMatching(/^the file of keys .*keys\.json cannot be written: E(NOTDIR|EXIST)/),
      hint: 'check the rights and the space of its folder',
    });
    expect(readFileSync(dirname(dirname(file)), 'utf8')).toBe('a file in the place of the folder');
  });
});
