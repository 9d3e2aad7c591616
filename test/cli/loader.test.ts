import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../house/source-files.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mom-loader-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const folder = () => join(home, '.cache', 'mom');
const cache = () => join(folder(), `main.cjs-${process.version}`);

function version(env: Record<string, string> = {}, argument = '--version') {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(ROOT, 'bin', 'mom.js'), argument], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, ...env },
  });
  return { stdout, stderr, status };
}

const GOOD = {
  stdout: `${JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version}\n`,
  stderr: '',
  status: 0,
};

describe('the code cache', () => {
  it('is made by a run that loads more than ten bundles, without a word about it', () => {
    const config = join(home, 'vote.yaml');
    const proposers = '[{ model: sandbox/say=5, family: a }, { model: "sandbox/say=5,len=1", family: b }]';
    writeFileSync(
      config,
      `cache: { ttl: 1h }\nmixtures:\n  default: { strategy: auto, proposers: ${proposers}, critic: sandbox/critic }\n`,
    );
    const args = ['ask', '--sandbox', '-q', '--no-stdin', '--config', config, 'How many legs do three cats have?'];
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(ROOT, 'bin', 'mom.js'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home },
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '5\n', stderr: '', status: 0 });
    expect(readdirSync(folder()).filter((file) => file.endsWith(process.version)).length).toBeGreaterThan(10);
  });

  it("is made by the first run, for its user's eyes only, and kept by the next", () => {
    expect(version()).toEqual(GOOD);
    expect(readdirSync(folder())).toEqual([`main.cjs-${process.version}`]);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(statSync(cache()).mode & 0o777).toBe(0o600);
    const { ino } = statSync(cache());
    expect(version()).toEqual(GOOD);
    expect(statSync(cache()).ino).toBe(ino);
  });

  it('is made anew when others could have written it, when it is of another file, and when it is damaged', () => {
    version();
    const good = readFileSync(cache());
    const damages = [
      () => chmodSync(cache(), 0o622),
      () => writeFileSync(cache(), Buffer.concat([Buffer.from('another file'.padEnd(256)), good.subarray(256)])),
      () => writeFileSync(cache(), good.subarray(0, 300)),
      () => writeFileSync(cache(), ''),
    ];
    for (const damage of damages) {
      damage();
      const { ino } = statSync(cache());
      expect(version()).toEqual(GOOD);
      expect(statSync(cache()).ino).not.toBe(ino);
      expect(readFileSync(cache()).subarray(0, 256)).toEqual(good.subarray(0, 256));
    }
  });

  it('is done without where it can not be written, and when it is switched off', () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    expect(version({ XDG_CACHE_HOME: file })).toEqual(GOOD);
    expect(version({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(GOOD);
    expect(existsSync(folder())).toBe(false);
  });

  it('is not made by a run that went wrong', () => {
    expect(version({}, '--nonsense').status).toBe(2);
    expect(existsSync(folder())).toBe(false);
  });
});
