import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './house/source-files.js';

const exec = promisify(execFile);
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'mom-package-'));
const consumer = join(folder, 'consumer');
const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, NO_UPDATE_NOTIFIER: '1' };
let packed: string[];

const mom = (...args: string[]) => exec(process.execPath, [join(consumer, 'node_modules', '.bin', 'mom'), ...args], { cwd: consumer, env });

/** The package as a stranger gets it: packed, installed without scripts or a network into an empty folder. */
beforeAll(async () => {
  const { stdout } = await exec('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, env });
  const [tarball] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = tarball.files.map(({ path }) => path);
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "private": true }');
  const install = ['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', join(folder, tarball.filename)];
  await exec('npm', install, { cwd: consumer, env });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('holds the program, the library, its types and the papers, and nothing of the workshop', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'bin/mom.js',
        'dist/main.cjs',
        'dist/index.cjs',
        'dist/types/index.d.ts',
        'dist/THIRD_PARTY_LICENSES.md',
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'package.json',
      ]),
    );
    expect(packed.filter((path) => /^(src|test|bench|scripts|docs|node_modules)\/|\.map$|\.tmp$/.test(path))).toEqual([]);
  });

  it('tells its version', async () => {
    expect(await mom('--version')).toEqual({ stdout: `${version}\n`, stderr: '' });
  });

  it('answers from the sandbox in an empty folder', async () => {
    const { stdout, stderr } = await mom('ask', '--sandbox');
    expect(stdout.trim()).not.toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('gives the library to CommonJS and to ES modules', async () => {
    const cjs = await exec(process.execPath, ['-e', "console.log(typeof require('mom-cli').createMom)"], { cwd: consumer, env });
    const esm = ['--input-type=module', '-e', "import { createMom } from 'mom-cli'; console.log(typeof createMom);"];
    expect(cjs.stdout).toBe('function\n');
    expect((await exec(process.execPath, esm, { cwd: consumer, env })).stdout).toBe('function\n');
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['preserve', 'bundler'],
  ])('has types that check without any other package (module %s)', async (module, moduleResolution) => {
    writeFileSync(
      join(consumer, 'use.ts'),
      "import { createMom } from 'mom-cli';\nconst mom: ReturnType<typeof createMom> = createMom();\n// @ts-expect-error: not any\ncreateMom(42);\nexport { mom };\n",
    );
    const options = [
      '--noEmit',
      '--strict',
      '--target',
      'es2023',
      '--module',
      module,
      '--moduleResolution',
      moduleResolution,
      '--types',
      '',
    ];
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const { stdout } = await exec(tsc, [...options, 'use.ts'], { cwd: consumer, env }).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });
});
