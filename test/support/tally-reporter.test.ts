import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const exec = promisify(execFile);
const modules = join(import.meta.dirname, '..', '..', 'node_modules');
const folder = mkdtempSync(join(tmpdir(), 'mom-tally-'));

async function tally(files: Record<string, string>): Promise<{ code: number; line: string | undefined }> {
  const names = Object.keys(files);
  for (const name of names) writeFileSync(join(folder, name), `import { expect, it } from 'vitest';\n${files[name]}`);
  const args = [
    join(modules, 'vitest', 'vitest.mjs'),
    'run',
    '--root',
    folder,
    '--reporter',
    join(import.meta.dirname, 'tally-reporter.ts'),
    ...names,
  ];
  const { code, stdout } = await exec(process.execPath, args, { env: { PATH: process.env.PATH, HOME: folder } }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code, line: stdout.trimEnd().split('\n').at(-1) };
}

beforeAll(() => symlinkSync(modules, join(folder, 'node_modules')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tally', () => {
  it('counts what passed and what was skipped', async () => {
    expect(await tally({ 'good.test.ts': "it('a', () => {});\nit('b', () => {});\nit.skip('c', () => {});" })).toEqual({
      code: 0,
      line: '2 passed, 0 failed, 1 skipped',
    });
  });

  it('counts failures, files that do not load and errors outside of tests', async () => {
    const files = {
      'bad.test.ts': "it('a', () => { expect(1).toBe(2); });\nit('b', () => {});",
      'broken.test.ts': "throw new Error('at the top');",
      'stray.test.ts':
        "it('a', async () => { void Promise.reject(new Error('nobody waits for me')); await new Promise((done) => setImmediate(done)); });",
    };
    expect(await tally(files)).toEqual({ code: 1, line: '2 passed, 3 failed' });
  });
});
