import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';

export const ROOT = join(import.meta.dirname, '..', '..');

/** Path inside src -> text, for everything that can be imported there. */
export function sourceFiles(): Map<string, string> {
  const files = globSync(['**/*', '!**/*.d.ts'], { cwd: join(ROOT, 'src') }).sort();
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, 'src', file), 'utf8')]));
}
