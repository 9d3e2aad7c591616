import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../../../src/core/system/make-folder.js';

function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'mom-folder-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('makeFolder', () => {
  it('makes all levels, for their owner only, and leaves what is there', () => {
    const dir = join(place(), 'a', 'b');
    makeFolder(dir);
    makeFolder(dir);
    expect([statSync(dir).mode & 0o777, statSync(join(dir, '..')).mode & 0o777]).toEqual([0o700, 0o700]);
  });

  it('fails where a file is in the way', () => {
    const file = join(place(), 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(join(file, 'a'))).toThrow('ENOTDIR');
  });

  it.skipIf(!existsSync('/proc/self'))('fails at once where the system refuses a folder as if its parent were missing', () => {
    expect(() => makeFolder('/proc/mom-test/a/b')).toThrow('ENOENT');
  });
});
