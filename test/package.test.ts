import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledQuestion } from '../src/sandbox/bundled.js';
import { ROOT } from './house/source-files.js';

const exec = promisify(execFile);
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'mom-package-'));
const consumer = join(folder, 'consumer');
const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, NO_UPDATE_NOTIFIER: '1' };
let packed: string[];

function mom(...args: string[]) {
  const run = exec(process.execPath, [join(consumer, 'node_modules', '.bin', 'mom'), ...args], { cwd: consumer, env });
  run.child.stdin?.end();
  return run;
}

/** A program that uses the library, with one mistake that the types must see. */
const USE = `
import { createMom, isMomError, type RunResult } from 'mom-cli';

export async function answer(question: string): Promise<string | null> {
  const mom = createMom({ sandbox: {}, choice: { mixture: 'fast' } });
  const run = mom.ask(question, { signal: AbortSignal.timeout(1000), params: { temperature: 0 } });
  for await (const event of run.events) if (event.type === 'call.end') event.call.model.toUpperCase();
  const result: RunResult = await run.result.catch((error: unknown) => {
    throw isMomError(error) ? new Error(error.code) : error;
  });
  // @ts-expect-error: no number
  mom.ask(42);
  return result.answer;
}
`;

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
        'docs/cli.md',
        'docs/examples/library.mjs',
        'schemas/config.schema.json',
        'recorded/gsm8k.jsonl',
        'THIRD_PARTY_LICENSES.md',
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'package.json',
      ]),
    );
    expect(packed.filter((path) => /^(src|test|bench|scripts|node_modules)\/|\.map$|\.tmp$/.test(path))).toEqual([]);
  });

  it('tells its version', async () => {
    expect(await mom('--version')).toEqual({ stdout: `${version}\n`, stderr: '' });
  });

  it('needs no other package', () => {
    expect(readdirSync(join(consumer, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['mom-cli']);
    const declarations = packed.filter((path) => path.endsWith('.d.ts')).map((path) => readFileSync(join(ROOT, path), 'utf8'));
    expect(declarations.filter((text) => /(?:from |import\()['"][^.]/.test(text))).toEqual([]);
  });

  it('answers a recorded question in an empty folder with what a real model said', async () => {
    const { stdout, stderr } = await mom('ask', '--sandbox');
    const recorded = readFileSync(join(ROOT, 'recorded', 'gsm8k.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const { answers } = recorded.map((line) => JSON.parse(line)).find(({ question }) => question === bundledQuestion());
    const texts = Object.values(answers as Record<string, { text: string }>).map(({ text }) => text.trim());
    expect(texts).toContain(stdout.trim());
    expect(stderr).toBe('mom: sandbox: built-in simulated and recorded models, no network\n');
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
    writeFileSync(join(consumer, 'use.ts'), USE);
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
