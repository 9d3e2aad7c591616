import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { ROOT } from './source-files.js';

const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort();
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };

describe.each(documents)('%s', (file) => {
  it('links to files that exist', () => {
    const links = [...text(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...text(file).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('the papers', () => {
  it('tell the same test command in README and CI', () => {
    expect(text('README.md')).toMatch(/^npm cit$/m);
    expect(text('.ci/run')).toMatch(/^npm cit\b/m);
  });
});
