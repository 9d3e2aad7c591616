import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ROOT } from './house/source-files.js';

const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'mom-build-'));
const TREE: Record<string, string> = {
  'package.json': '{ "version": "1.2.3" }',
  'src/index.ts': "export { shared } from './core/shared.js';",
  'src/core/shared.ts': 'export const shared: string = MOM_VERSION;',
  'src/prompts/greeting.md': 'Hello\n',
  'src/cli/loader.ts': 'export const load = (id: string): unknown => require(id);',
  'src/cli/main.ts': `
    import text from '../prompts/greeting.md';
    export async function main() {
      console.log(text.trim(), MOM_VERSION);
      const ask = import('./commands/ask.js');
      console.log('not yet');
      await (await ask).ask();
    }`,
  'src/cli/commands/ask.ts': `
    console.log('evaluated');
    export const width = () => import('../../width.js');
    export const signs = () => import('../../signs.js');
    export async function ask() {
      const { default: ignore } = await import('ignore');
      const { parse } = await import('yaml');
      console.log(ignore().add('*.log').ignores('a.log'), parse('a: 1').a);
      console.log(await import('libsql').then(() => 'there', (error) => error.code));
      const { fail } = await import('../../fail.js');
      fail();
    }`,
  'src/store/libsql-binding.ts': readFileSync(join(ROOT, 'src/store/libsql-binding.ts'), 'utf8'),
  'src/signs.ts':
    'export const found = (text: string) => text.match(/[’“]|\\”|\\\\–|😀/g);\n' +
    'export const inTag = ((parts: TemplateStringsArray) => parts[0])`· \\· ★`;',
  'src/width.ts': "export { default as stringWidth } from 'string-width';",
  'src/fail.ts': `export function fail(): never {\n  throw new Error('as expected');\n}`,
};

beforeAll(async () => {
  for (const [file, text] of Object.entries(TREE)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist', 'left-over.cjs'), '');
  await exec(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--no-types', '--root', folder]);
  rmSync(join(folder, 'node_modules'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the build', () => {
  it('makes a bundle of every entry and every dynamic import, packages included, and removes old ones', () => {
    const bundles = readdirSync(join(folder, 'dist')).sort();
    expect(bundles).toEqual([
      'THIRD_PARTY_LICENSES.md',
      'cli-commands-ask.cjs',
      'fail.cjs',
      'index.cjs',
      'loader.cjs',
      'main.cjs',
      'npm-ignore.cjs',
      'npm-libsql.cjs',
      'npm-yaml.cjs',
      'signs.cjs',
      'width.cjs',
    ]);
  });

  it("gives a program that loads its parts late, needs no node_modules but the database's binary and names functions in stack traces", async () => {
    const run = exec(process.execPath, ['-e', "require('./dist/main.cjs').main()"], { cwd: folder });
    const { stdout, stderr } = await run.then(
      () => expect.unreachable(),
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(stdout).toBe('Hello 1.2.3\nnot yet\nevaluated\ntrue 1\nMODULE_NOT_FOUND\n');
    expect(stderr).toContain('Error: as expected');
    expect(stderr).toMatch(/at fail \(.*fail\.cjs:\d+:\d+\)\n\s+at (?:Object\.)?ask \(.*cli-commands-ask\.cjs/);
  });

  it('writes ASCII only, which means the same', () => {
    const dist = join(folder, 'dist');
    const bundles = readdirSync(dist).filter((name) => name.endsWith('.cjs'));
    expect(bundles.filter((name) => !/^[\0-\x7f]*$/.test(readFileSync(join(dist, name), 'latin1')))).toEqual([]);
    const { found, inTag } = createRequire(import.meta.url)(join(dist, 'signs.cjs')) as { found(text: string): string[]; inTag: string };
    expect(found('it’s “so” \\– 😀')).toEqual(['’', '“', '”', '\\–', '😀']);
    expect(inTag).toBe('· · ★');
  });

  it('measures texts as the package does, and makes what only some texts need when one comes', () => {
    const { Segmenter } = Intl;
    const segmenter = vi.spyOn(Intl, 'Segmenter').mockImplementation(function made() {
      return new Segmenter();
    });
    onTestFinished(() => segmenter.mockRestore());
    const { stringWidth: built } = createRequire(import.meta.url)(join(folder, 'dist', 'width.cjs')) as { stringWidth: typeof stringWidth };
    expect(built('plain text')).toBe(10);
    expect(segmenter).not.toHaveBeenCalled();
    const characters = Array.from({ length: 0x1fc00 }, (_, code) => String.fromCodePoint(code));
    const sequences = [
      '1\ufe0f\u20e3',
      '1\u20e3',
      '\u00a9\ufe0f',
      '\u{1f1e9}\u{1f1ea}',
      '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
      'e\u0301',
      '\ud55c\uae00',
    ];
    const differing = [...characters, ...sequences].filter((text) => built(text) !== stringWidth(text));
    expect(differing).toEqual([]);
    expect(segmenter).toHaveBeenCalledOnce();
  });

  it('tells the licences of what it bundled', () => {
    const text = readFileSync(join(folder, 'dist', 'THIRD_PARTY_LICENSES.md'), 'utf8');
    expect(text.match(/^## \S+/gm)).toEqual([
      '## ansi-regex',
      '## get-east-asian-width',
      '## ignore',
      '## libsql',
      '## string-width',
      '## strip-ansi',
      '## yaml',
    ]);
    expect(text).toContain('Permission is hereby granted, free of charge');
  });

  it('fails when a builtin that is loaded late is used by a name it does not know', async () => {
    const file = join(folder, 'src', 'core', 'shared.ts');
    writeFileSync(file, "import { createHmac } from 'node:crypto';\nexport const shared = createHmac('md5', '');");
    const run = exec(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--no-types', '--root', folder]);
    await expect(run).rejects.toThrow('index.cjs uses createHmac of node:crypto: add it to LAZY_BUILTINS');
  });

  it('fails when an entry is missing', async () => {
    rmSync(join(folder, 'src', 'index.ts'));
    const run = exec(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--no-types', '--root', folder]);
    await expect(run).rejects.toThrow(`entry not found: ${join(folder, 'src', 'index.ts')}`);
    expect(existsSync(join(folder, 'dist', 'main.cjs'))).toBe(true);
  });
});
