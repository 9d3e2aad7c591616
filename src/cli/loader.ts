/**
 * Loads mom's own bundles with V8's code cache, which halves what they cost at start: functions come compiled. Node's
 * own compile cache is missing in Node 20 and leaves out functions that are compiled when first called.
 *
 * The cache is a user's own: in `$XDG_CACHE_HOME/mom`, 0700 and 0600, believed only when it belongs to the user who runs
 * mom and was made from this very file. NODE_DISABLE_COMPILE_CACHE switches it off.
 */
import { closeSync, fstatSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { makeFolder } from '../core/system/make-folder.js';

/** Bytes before the cached code that say what it was made from. */
const HEADER = 256;

interface Bundle {
  exports: unknown;
}

const bundles = new Map<string, Bundle>();
const folder = cacheFolder();

/** What `require` is to a bundle; only bundles of mom's own sources are cached. */
export function load(id: string): unknown {
  if (folder === null || !id.startsWith('./') || id.startsWith('./npm-')) return require(id);
  const known = bundles.get(id);
  if (known) return known.exports;
  const bundle: Bundle = { exports: {} };
  bundles.set(id, bundle);
  const file = join(__dirname, id);
  const { size, ctimeMs } = statSync(file);
  const origin = [file, size, ctimeMs, process.version, process.arch].join(' ').padEnd(HEADER);
  const cacheFile = join(folder, `${id.slice(2)}-${process.version}`);
  const cachedData = readCache(cacheFile, origin);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`, {
    filename: file,
    ...(cachedData ? { cachedData } : {}),
  });
  if (!cachedData || script.cachedDataRejected) keepAtExit(script, cacheFile, origin);
  script.runInThisContext().call(bundle.exports, bundle.exports, load, bundle, file, __dirname);
  return bundle.exports;
}

function cacheFolder(): string | null {
  const { XDG_CACHE_HOME: base, HOME: home, NODE_DISABLE_COMPILE_CACHE: off } = process.env;
  if (off || process.getuid === undefined) return null;
  if (base?.startsWith('/')) return join(base, 'mom');
  return home?.startsWith('/') ? join(home, '.cache', 'mom') : null;
}

function readCache(path: string, origin: string): Buffer | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, 'r');
    const { uid, mode } = fstatSync(fd);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return null;
    const bytes = readFileSync(fd);
    return bytes.toString('utf8', 0, HEADER) === origin ? bytes.subarray(HEADER) : null;
  } catch {
    // No cache yet, or none that can be read: the bundle is compiled as ever.
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Caches to write when the process ends. */
const toKeep: (() => void)[] = [];

/** Written after a run that went well: by then the functions that such a run needs are compiled. */
function keepAtExit(script: Script, path: string, origin: string): void {
  if (origin.length !== HEADER || Buffer.byteLength(origin) !== HEADER) return;
  // One listener for all bundles: Node warns on stderr of more than ten.
  if (toKeep.length === 0) process.once('exit', keepAll);
  toKeep.push(() => replace(path, Buffer.concat([Buffer.from(origin), script.createCachedData()])));
}

function keepAll(code: number): void {
  if (code !== 0) return;
  for (const keep of toKeep) {
    try {
      keep();
    } catch {
      // A cache is a courtesy: without it the next start takes a little longer.
    }
  }
}

/** Whole or not at all: another mom may be reading. */
function replace(path: string, bytes: Buffer): void {
  const draft = `${path}.${process.pid}.tmp`;
  makeFolder(dirname(path));
  try {
    writeFileSync(draft, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
