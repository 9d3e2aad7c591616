import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { targetOf } from '../../src/store/libsql-binding.js';
import { ROOT } from '../house/source-files.js';

const libsql = JSON.parse(readFileSync(join(ROOT, 'node_modules/libsql/package.json'), 'utf8')) as {
  neon: { targets: Record<string, string> };
};
const builds = Object.values(libsql.neon.targets).map((name) => name.replace('@libsql/', ''));

describe('the binary of libsql', () => {
  it.each([
    ['linux', 'x64', false, 'linux-x64-gnu'],
    ['linux', 'x64', true, 'linux-x64-musl'],
    ['linux', 'arm64', false, 'linux-arm64-gnu'],
    ['linux', 'arm64', true, 'linux-arm64-musl'],
    ['linux', 'arm', false, 'linux-arm-gnueabihf'],
    ['linux', 'arm', true, 'linux-arm-musleabihf'],
    ['darwin', 'x64', false, 'darwin-x64'],
    ['darwin', 'arm64', false, 'darwin-arm64'],
    ['win32', 'x64', false, 'win32-x64-msvc'],
  ])('for %s on %s (musl: %s) is one that is made', (platform, arch, musl, name) => {
    expect(targetOf(platform, arch, () => musl)).toBe(name);
    expect(builds).toContain(name);
  });

  it('has a case here for each that is made', () => expect(builds).toHaveLength(9));

  it.each([
    ['freebsd', 'x64'],
    ['linux', 's390x'],
  ])('for %s on %s is none that is made', (platform, arch) => {
    expect(builds).not.toContain(targetOf(platform, arch, () => false));
  });

  it('is found without a look at the C library where there is only one', () => {
    const isMusl = vi.fn(() => true);
    targetOf('darwin', 'arm64', isMusl);
    expect(isMusl).not.toHaveBeenCalled();
  });
});
