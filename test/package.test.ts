import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

/** What the package needs at run time, as it was installed here for this machine: paths inside node_modules. */
const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dev?: boolean }> };
const needed = Object.entries(packages)
  .flatMap(([path, { dev }]) => (dev || path === '' ? [] : [path.replace(/^node_modules\//, '')]))
  .filter((path) => existsSync(join(ROOT, 'node_modules', path)));

/**
 * The package as a stranger gets it: packed, installed without scripts or a network into a folder that holds nothing but
 * what else it needs.
 */
beforeAll(async () => {
  const { stdout } = await exec('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, env });
  const [tarball] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = tarball.files.map(({ path }) => path);
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "private": true }');
  const installed = (path: string) => cpSync(join(ROOT, 'node_modules', path), join(consumer, 'node_modules', path), { recursive: true });
  for (const path of needed) installed(path);
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
        'docs/eval.md',
        'docs/examples/library.mjs',
        'schemas/config.schema.json',
        'schemas/eval.schema.json',
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

  it('needs one other package with its own, and none for its types', () => {
    const manifest = JSON.parse(readFileSync(join(consumer, 'node_modules', 'mom-cli', 'package.json'), 'utf8'));
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(Object.keys(manifest.optionalDependencies)).toEqual(['libsql']);
    expect(needed).toEqual(expect.arrayContaining(['libsql', '@neon-rs/load']));
    expect(needed.filter((path) => path.startsWith('@libsql/'))).not.toEqual([]);
    const tops = needed.map((path) => path.split('/')[0]);
    expect(readdirSync(join(consumer, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(
      [...new Set([...tops, 'mom-cli'])].sort(),
    );
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

  describe('with a cache', () => {
    const binaries = join(consumer, 'node_modules', '@libsql');
    let upstream: ChildProcess;
    let url = '';
    const ask = (flags: string[] = [], more: Record<string, string> = {}) => {
      const run = exec(process.execPath, [join(consumer, 'node_modules', '.bin', 'mom'), 'ask', '-m', 'sandbox/text', ...flags, 'Why?'], {
        cwd: consumer,
        env: { ...env, MOM_BASE_URL: url, MOM_API_KEY: 'any', ...more },
      });
      run.child.stdin?.end();
      return run;
    };
    const CACHED = ['--set', 'cache.ttl=1h'];
    /** Runs `work` while the database and its binary are in another folder of the consumer. */
    const withMoved = async (folder: string, work: (folder: string) => Promise<void>) => {
      const moved = join(consumer, folder);
      mkdirSync(moved, { recursive: true });
      for (const name of ['libsql', '@libsql']) renameSync(join(consumer, 'node_modules', name), join(moved, name));
      try {
        await work(moved);
      } finally {
        for (const name of ['libsql', '@libsql']) renameSync(join(moved, name), join(consumer, 'node_modules', name));
      }
    };
    const asked = async () => ((await (await fetch(new URL('/__stats', url))).json()) as { requests: number }).requests;

    beforeAll(async () => {
      upstream = spawn(process.execPath, [join(consumer, 'node_modules', '.bin', 'mom'), 'sandbox', '--port', '0'], { cwd: consumer, env });
      const line = await new Promise((resolve) => upstream.stdout?.once('data', resolve));
      url = String(line).trim().replace('mom sandbox: ', '').split(/\s/)[0] ?? '';
    });
    afterAll(() => upstream.kill());

    it('finds its database, and in it the answer', async () => {
      const first = await ask(CACHED);
      const calls = await asked();
      expect(first.stdout).not.toBe('');
      expect(await ask(CACHED)).toEqual(first);
      expect(await asked()).toBe(calls);
      expect(existsSync(join(folder, '.cache', 'mom', 'answers.db'))).toBe(true);
    });

    it('says what is missing on a machine without a build of the database, and answers all the same', async () => {
      renameSync(binaries, `${binaries}.away`);
      try {
        const { stdout, stderr } = await ask(CACHED);
        expect(stdout).not.toBe('');
        const [cache, history] = stderr.trimEnd().split('\n');
        const missing = "the database module libsql can't be loaded on \\w+-\\w+: Cannot find module '@libsql/[\\w-]+'";
        expect(cache).toMatch(new RegExp(`^mom: warning: answers are not cached: ${missing}$`));
        expect(history).toMatch(
          new RegExp(
            `^mom: warning: the run is not in the history yet, its journal is .*: the history can't be used: ${missing}; install mom`,
          ),
        );
      } finally {
        renameSync(`${binaries}.away`, binaries);
      }
    });

    it('says so where the database was not installed at all, and does not look for it where it is not needed', async () => {
      await withMoved('database.away', async () => {
        expect((await ask(['--no-log'])).stderr).toBe('');
        expect((await ask()).stderr).toMatch(/^mom: warning: the run is not in the history yet, .* Cannot find module 'libsql'; [^\n]*\n$/);
        expect((await ask(['--no-log', ...CACHED])).stderr).toMatch(
          /answers are not cached: the database module libsql can't be loaded on \w+-\w+: Cannot find module 'libsql'\n$/,
        );
      });
    });

    it('finds its database behind links, with the binary beside the real one, and wherever else Node finds it', async () => {
      const hit = async (more: Record<string, string> = {}) => {
        const { stdout, stderr } = await ask([...CACHED, '--json'], more);
        expect(stderr).toBe('');
        return (JSON.parse(stdout) as { answer_source: string }).answer_source;
      };
      await hit();
      await withMoved(join('packages', 'node_modules'), async (moved) => {
        symlinkSync(join(moved, 'libsql'), join(consumer, 'node_modules', 'libsql'));
        expect(await hit()).toBe('cache');
        rmSync(join(consumer, 'node_modules', 'libsql'));
        expect(await hit({ NODE_PATH: moved })).toBe('cache');
      });
    });
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
