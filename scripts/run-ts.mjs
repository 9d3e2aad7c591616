/** Runs a TypeScript file of this repository on any supported Node: node scripts/run-ts.mjs FILE [ARGUMENT]... */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [file, ...rest] = process.argv.slice(2);
if (!file) throw new Error('usage: node scripts/run-ts.mjs FILE [ARGUMENT]...');
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'mom-run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, 'program.cjs');
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  loader: { '.md': 'text' },
  define: { MOM_VERSION: JSON.stringify(version) },
  sourcemap: 'inline',
  logLevel: 'warning',
});
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], file, ...rest];
await import(pathToFileURL(outfile).href);
