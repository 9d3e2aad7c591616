/**
 * Takes the place of what libsql uses to find its binary: that asks Node for a whole diagnostic report, which takes longer
 * than everything else of a cache hit. In the bundle only; there this is CommonJS.
 */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The hook through which libsql lets itself be given its functions. */
export function load(from: string): unknown {
  const name = `@libsql/${targetOf(process.platform, process.arch, hasMusl)}`;
  const libsql = installed('libsql', from);
  const build = libsql && installed(name, libsql);
  // Where packages are not folders, only Node's own search knows; it also says what is missing.
  return build ? require(join(build, 'index.node')) : createRequire(createRequire(join(from, 'index.js')).resolve('libsql'))(name);
}

/** libsql's name for the machine; one it has no build for gets a name that is not there. */
export function targetOf(platform: string, arch: string, isMusl: (arch: string) => boolean): string {
  if (platform === 'win32') return `win32-${arch}-msvc`;
  if (platform !== 'linux') return `${platform}-${arch}`;
  return `linux-${arch}-${isMusl(arch) ? 'musl' : 'gnu'}${arch === 'arm' ? 'eabihf' : ''}`;
}

const LOADER_NAMES: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64', arm: 'armhf' };

/** Its loader may stand beside another C library; only where it stands is it worth asking which one Node runs on. */
function hasMusl(arch: string): boolean {
  if (!existsSync(`/lib/ld-musl-${LOADER_NAMES[arch] ?? arch}.so.1`)) return false;
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

/** The package's folder as Node finds it from `folder`: of the nearest `node_modules` that has it. */
function installed(name: string, folder: string): string | null {
  const place = join(folder, 'node_modules', name);
  if (existsSync(place)) return realpathSync(place);
  return dirname(folder) === folder ? null : installed(name, dirname(folder));
}
