import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';

const table = [...readFileSync('docs/privacy.md', 'utf8').matchAll(/^\| `(\$XDG_\w+)\/mom\/([^`]+)`/gm)].map(
  ([, folder = '', name = '']) => ({ folder, name }),
);

/** Every file that mom has left in a place, as the table names its folder. */
function filesOf(place: Place): { folder: string; path: string; file: string }[] {
  return ['XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME'].flatMap((variable) => {
    const root = join(place.env[variable] ?? '', 'mom');
    const found = existsSync(root) ? readdirSync(root, { recursive: true, withFileTypes: true }) : [];
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.map((file) => ({ folder: `$${variable}`, path: relative(root, file), file }));
  });
}

function isNamed(path: string, name: string): boolean {
  if (name.endsWith('/')) return path.startsWith(name);
  if (name.includes('*')) return new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}`).test(path);
  return path === name || path === `${name}-wal` || path === `${name}-shm`;
}

it('every file that mom leaves stands in docs/privacy.md and is readable by its owner alone', async () => {
  const place = newPlace();
  const editor = join(place.root, 'editor.sh');
  writeFileSync(editor, '#!/bin/sh\necho "Say {{input}}." > "$1"\n', { mode: 0o755 });
  writeFileSync(join(place.cwd, 'mom.config.yaml'), 'mixture: fast\ncache: { ttl: 1h }\nbudget: { day: 1 }\n');
  const env = { EDITOR: editor, BROWSER: 'true', OPENROUTER_API_KEY: undefined };
  const mom = async (args: string[], stdin = '') => {
    const { status, stderr } = await runCli(args, { place, env, stdin });
    expect(status, `mom ${args.join(' ')}: ${stderr}`).toBe(0);
  };
  try {
    await mom(['ask', '--sandbox', '--open', 'Hello']);
    await mom(['eval', '--sandbox', '--sample', '2']);
    await mom(['keys', 'set', 'openrouter'], 'sk-or-of-the-test-0123456789\n');
    await mom(['keys', 'set', 'serve'], 'mom-key-of-the-test-0123456789\n');
    await mom(['templates', 'edit', 'say']);
    await mom(['init']);
    await mom(['config', 'trust']);
    const left = filesOf(place);
    const rowOf = (file: { folder: string; path: string }) =>
      table.find(({ folder, name }) => folder === file.folder && isNamed(file.path, name));

    expect(left.filter((file) => !rowOf(file)).map(({ path }) => path)).toEqual([]);
    const open = left.filter(({ file }) => (statSync(file).mode & 0o077) !== 0);
    expect(open.map(({ path }) => path)).toEqual(['templates/say.md']);
    const met = new Set(left.map(rowOf));
    // Journals are in the history, and no provider was asked; what is simulated stands apart.
    const unmet = table.filter((row) => !met.has(row)).map(({ folder, name }) => `${folder}/${name}`);
    expect(unmet).toEqual([
      '$XDG_STATE_HOME/runs/',
      '$XDG_STATE_HOME/evals-latest.json',
      '$XDG_CACHE_HOME/answers.db',
      '$XDG_CACHE_HOME/models/',
    ]);
  } finally {
    place.remove();
  }
});
