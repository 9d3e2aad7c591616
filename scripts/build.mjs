/**
 * Builds dist/: one CommonJS bundle per entry and one per dynamically imported module, so that a command parses only the code it runs
 * and of node_modules the installed package needs only what can't be bundled: the database's binary.
 *
 *   node scripts/build.mjs [--no-types] [--root DIR] [--out DIR]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { thirdPartyLicences } from './licences.mjs';

const { values: flags } = parseArgs({
  options: { 'no-types': { type: 'boolean' }, root: { type: 'string' }, out: { type: 'string' } },
});
const root = resolve(flags.root ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const src = join(root, 'src');
const out = resolve(flags.out ?? join(root, 'dist'));
const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** Bundle name -> the file it starts at. Grows while the dynamic imports in the bundles are discovered. */
const entries = new Map();
const queue = [];

function addEntry(name, file) {
  const known = entries.get(name);
  if (known === file) return;
  if (known !== undefined) throw new Error(`two files want the bundle ${name}.cjs: ${known} and ${file}`);
  entries.set(name, file);
  queue.push({ in: file, out: name });
}

function bundleName(file, specifier) {
  const named = [...entries].find(([, known]) => known === file);
  if (named) return named[0];
  if (file.startsWith(src + sep))
    return relative(src, file)
      .replace(/\.[cm]?[jt]s$/, '')
      .split(sep)
      .join('-');
  return `npm-${specifier.replace(/^@/, '').replaceAll('/', '-')}`;
}

/** Turns every `import()` written in src into `require('./<name>.cjs')`, evaluated when it is reached, and queues its target. */
const lazyBundles = {
  name: 'lazy-bundles',
  setup(build) {
    build.onResolve({ filter: /./ }, async ({ kind, path, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === 'resolving' || !importer.startsWith(src + sep) || path.startsWith('node:')) return;
      const target = await build.resolve(path, { kind, importer, resolveDir, pluginData: 'resolving' });
      if (target.errors.length > 0 || target.external) return target;
      const name = bundleName(target.path, path);
      addEntry(name, target.path);
      return { path: `./${name}.cjs`, external: true };
    });
  },
};

/**
 * The database module with our own search for its binary, which is a package of its own for each platform and stays outside.
 * LIBSQL_JS_DEV is the module's switch to a binary from elsewhere.
 */
const libsqlBinding = {
  name: 'libsql-binding',
  setup(build) {
    const fromLibsql = /[\\/]libsql[\\/]index\.js$/;
    build.onResolve({ filter: /^@neon-rs\/load$/ }, ({ importer }) =>
      fromLibsql.test(importer) ? { path: join(src, 'store', 'libsql-binding.ts') } : undefined,
    );
    build.onResolve({ filter: /^detect-libc$/ }, ({ importer }) =>
      fromLibsql.test(importer) ? { path: 'unused', namespace: 'unused' } : undefined,
    );
  },
};
const LIBSQL_HOOK = { 'process.env.LIBSQL_JS_DEV': 'true' };

/** Builtins that are dear to load and often not needed at all, and what is used of them: loaded when one of these is first touched. */
const LAZY_BUILTINS = {
  'node:crypto': ['createHash', 'randomBytes', 'randomUUID', 'timingSafeEqual'],
  'node:child_process': ['spawn'],
  'node:http': ['Agent', 'createServer', 'request', 'STATUS_CODES', 'ServerResponse'],
};

const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:(crypto|child_process|http)$/ }, ({ path, kind, pluginData }) =>
      kind === 'dynamic-import' || pluginData === 'real' ? undefined : { path, namespace: 'lazy-builtin', pluginData: 'real' },
    );
    build.onLoad({ filter: /./, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `module.exports = {${LAZY_BUILTINS[path].map((name) => `get ${name}() { return require('${path}').${name}; }`).join(', ')}};`,
      pluginData: 'real',
    }));
  },
};

/** What is missing in {@link LAZY_BUILTINS} would be undefined in the bundle, and only there: tests that run from src stay green. */
function refuseUnlisted(bundle, text) {
  for (const [, variable, name] of text.matchAll(/(\w+) ?= ?(?:__toESM\()?require_node_(crypto|child_process|http)\d*\(\)/g)) {
    const uses = text.matchAll(new RegExp(`(?<![\\w.$])${variable}\\.(\\w+)`, 'g'));
    const unlisted = [...uses].map(([, use]) => use).filter((use) => !LAZY_BUILTINS[`node:${name}`].includes(use));
    if (unlisted.length > 0) throw new Error(`${bundle} uses ${unlisted[0]} of node:${name}: add it to LAZY_BUILTINS`);
  }
}

/** The parts of the SDK behind its chat resource that mom never calls: runners, its own stream reader, pages. */
const unusedSdk = {
  name: 'unused-sdk',
  setup(build) {
    build.onResolve({ filter: /\/(lib\/\w+|internal\/parse|core\/pagination|parse)\.mjs$/ }, ({ importer }) =>
      /[\\/]openai[\\/](resources[\\/]chat|core)[\\/]/.test(importer) ? { path: 'unused', namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * What string-width makes when it is loaded takes longer than all else that a table on a terminal needs, and serves texts beyond
 * ASCII only: it is made when such a text comes. Every emoji has a character from U+203C on.
 */
const STRING_WIDTH = {
  'const segmenter = new Intl.Segmenter();':
    'let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };',
  'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;': `let emoji; const rgiEmojiRegex = { test: (text) =>
    /[^\\0-\\u203b]/.test(text) && (emoji ??= new RegExp('^\\\\p{RGI_Emoji}$', 'v')).test(text) };`,
};

const lazyStringWidth = {
  name: 'lazy-string-width',
  setup(build) {
    build.onLoad({ filter: /[\\/]string-width[\\/]index\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [eager, lazy] of Object.entries(STRING_WIDTH)) {
        if (!contents.includes(eager)) throw new Error(`${path} has changed: it holds no ${eager}`);
        contents = contents.replace(eager, () => lazy);
      }
      return { contents };
    });
  },
};

/** Built in memory and renamed into place, so that a mom running meanwhile never reads half a file. */
function place(file, contents) {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}

/**
 * The loader reads bundles as bytes of one character each. esbuild leaves other characters in regular expressions and tagged
 * templates as they are, also where it is told to write ASCII only; there the escape means the same.
 */
function inAscii(code) {
  return code.replace(/(\\*)([^\0-\x7f])/g, (_, backslashes, char) => {
    // An escaped character that needs no escape would turn into an escaped backslash.
    const before = backslashes.length % 2 === 1 ? backslashes.slice(1) : backslashes;
    return `${before}\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

async function bundleAll() {
  const bundles = new Map();
  const inputs = new Set();
  while (queue.length > 0) {
    const result = await build({
      absWorkingDir: root,
      entryPoints: queue.splice(0),
      outdir: out,
      outExtension: { '.js': '.cjs' },
      write: false,
      metafile: true,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      supported: { 'dynamic-import': false },
      charset: 'ascii',
      loader: { '.md': 'text' },
      define: { MOM_VERSION: JSON.stringify(version), ...LIBSQL_HOOK },
      minifySyntax: true,
      minifyWhitespace: true,
      lineLimit: 200,
      legalComments: 'none',
      logLevel: 'warning',
      plugins: [lazyBundles, lazyBuiltins, unusedSdk, libsqlBinding, lazyStringWidth],
    });
    for (const file of result.outputFiles) {
      refuseUnlisted(relative(out, file.path), file.text);
      bundles.set(relative(out, file.path), Buffer.from(inAscii(file.text), 'latin1'));
    }
    for (const input of Object.keys(result.metafile.inputs)) inputs.add(resolve(root, input));
  }
  return { bundles, inputs };
}

function emitTypes() {
  const tsc = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
  const bin = JSON.parse(readFileSync(tsc, 'utf8')).bin.tsc;
  execFileSync(process.execPath, [join(dirname(tsc), bin), '-p', 'tsconfig.types.json', '--outDir', join(out, 'types')], {
    cwd: root,
    stdio: 'inherit',
  });
  removeUnreached(join(out, 'types'));
}

/** Keeps the declarations that index.d.ts leads to: the compiler also writes those of everything that is only called inside. */
function removeUnreached(folder) {
  const reached = new Set([join(folder, 'index.d.ts')]);
  for (const file of reached) {
    const imports = readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g);
    for (const [, path] of imports) reached.add(`${join(dirname(file), path)}.d.ts`);
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && !reached.has(join(entry.parentPath, entry.name))) rmSync(join(entry.parentPath, entry.name));
}

addEntry('loader', join(src, 'cli', 'loader.ts'));
addEntry('main', join(src, 'cli', 'main.ts'));
addEntry('index', join(src, 'index.ts'));
const missing = [...entries.values()].filter((file) => !existsSync(file));
if (missing.length > 0) throw new Error(`entry not found: ${missing.join(', ')}`);
mkdirSync(out, { recursive: true });
const { bundles, inputs } = await bundleAll();
for (const [file, contents] of bundles) place(join(out, file), contents);
place(join(out, 'THIRD_PARTY_LICENSES.md'), thirdPartyLicences([...inputs]));
for (const file of readdirSync(out)) if (file.endsWith('.cjs') && !bundles.has(file)) rmSync(join(out, file));
if (!flags['no-types']) emitTypes();
