import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { ROOT } from './source-files.js';

interface LockedPackage {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const manifest = read('package.json') as Record<
  'dependencies' | 'optionalDependencies' | 'devDependencies' | 'scripts',
  Record<string, string> | undefined
>;
const locked = Object.entries((read('package-lock.json') as { packages: Record<string, LockedPackage> }).packages).filter(
  ([path]) => path !== '',
);

describe('dependencies', () => {
  it('are locked without download addresses', () => {
    expect(locked.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('are all in the lockfile, those for other platforms too: without them npm ci refuses to start', () => {
    const paths = new Set(locked.map(([path]) => path));
    const found = (from: string, dependency: string): boolean => {
      if (paths.has(`${from === '' ? '' : `${from}/`}node_modules/${dependency}`)) return true;
      return from !== '' && found(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), dependency);
    };
    const missing = locked.flatMap(([path, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter((dependency) => !found(path, dependency))
        .map((dependency) => `${path} needs ${dependency}`),
    );
    expect(missing).toEqual([]);
  });

  it('have exact versions', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('are all used: imported, or called by a command', () => {
    const code = globSync(['{src,test,scripts,bench}/**/*.{ts,mjs,cjs}', 'vitest.config.mts'], { cwd: ROOT }).map((file) =>
      readFileSync(join(ROOT, file), 'utf8'),
    );
    const commands = Object.values(manifest.scripts ?? {});
    const isUsed = (dependency: string): boolean => {
      if (dependency === '@types/node') return true;
      const imported = new RegExp(`['"]${dependency.replace('@types/', '')}(/[^'"]*)?['"]`);
      const bins = Object.keys(locked.find(([path]) => path === `node_modules/${dependency}`)?.[1].bin ?? {});
      const called = bins.map((bin) => new RegExp(`(^|&& |\\.bin/)${bin}\\b`, 'm'));
      return code.some((text) => imported.test(text)) || called.some((call) => [...commands, ...code].some((text) => call.test(text)));
    };
    expect(Object.keys({ ...manifest.optionalDependencies, ...manifest.devDependencies }).filter((each) => !isUsed(each))).toEqual([]);
  });

  const runtime = locked.filter(([, entry]) => !entry.dev);
  const name = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

  it('of the installed package are the database and what it brings, nothing else, and mom installs where there is no build of it', () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(Object.keys(manifest.optionalDependencies ?? {})).toEqual(['libsql']);
    expect(runtime.filter(([, entry]) => !entry.optional)).toEqual([]);
    expect(runtime.map(([path]) => name(path)).filter((each) => !each.startsWith('@libsql/'))).toEqual([
      '@neon-rs/load',
      'libsql',
      'detect-libc',
    ]);
  });

  it('are locked for every platform mom runs on, whichever the lockfile was made on', () => {
    const platforms = runtime.filter(([, entry]) => entry.optional).map(([path]) => name(path));
    expect(platforms).toEqual(
      expect.arrayContaining(
        ['darwin-arm64', 'darwin-x64', 'linux-arm64-gnu', 'linux-arm64-musl', 'linux-x64-gnu', 'linux-x64-musl'].map(
          (platform) => `@libsql/${platform}`,
        ),
      ),
    );
    const [version] = runtime.flatMap(([path, entry]) => (name(path) === 'libsql' ? [entry.version] : []));
    expect(runtime.filter(([path, entry]) => name(path).startsWith('@libsql/') && entry.version !== version)).toEqual([]);
  });

  it('that are needed at run time have no install script', () => {
    expect(runtime.filter(([, entry]) => entry.hasInstallScript).map(([path]) => path)).toEqual([]);
  });
});
