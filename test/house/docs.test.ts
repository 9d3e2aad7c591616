import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/spec/commands.js';
import { ERRORS } from '../../src/core/error.js';
import { ROOT } from './source-files.js';

const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort();
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };

/** What a link to a place in the document may say behind its `#`, as GitHub makes it from headings. */
function anchorsOf(file: string): string[] {
  return [...withoutCode(text(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, '');
}

describe.each(documents)('%s', (file) => {
  it('links to files that exist', () => {
    const links = [...text(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
  });

  it('links to headings that exist', () => {
    const links = [...text(file).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].map(([, target = '', anchor = '']) => ({
      anchor,
      target: target === '' ? file : join(dirname(file), target),
    }));
    expect(links.filter(({ target, anchor }) => !anchorsOf(target).includes(anchor))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...text(file).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('shows commands and options that exist', () => {
    expect(shownCommands(text(file)).flatMap(unknownParts)).toEqual([]);
  });
});

/** Every `mom ...` in blocks of shell lines, as words; what stands behind a pipe, a redirection or a comment is left out. */
function shownCommands(markdown: string): string[][] {
  const blocks = [...markdown.matchAll(/^```(sh|console)\n(.*?)^```$/gms)];
  return blocks
    .flatMap(([, kind, block = '']) => (kind === 'sh' ? block : typedLines(block)))
    .flatMap((lines) => [...lines.matchAll(/(?:^|[|&(;]|\$)\s*(mom [^\n]*)/gm)].map((match) => match[1] ?? ''))
    .map((line) => wordsOf(line));
}

/** Of a block that shows output too. */
function typedLines(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .join('\n');
}

function wordsOf(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  const end = words.findIndex((word) => /^(#|\||&|>|<|2>|;|\)|do$)/.test(word));
  return words.slice(0, end === -1 ? undefined : end);
}

/** Options of mom that are in no list of a command's. */
const EVERYWHERE = ['--help', '--help-all', '-h', '--version', '-V'];

function unknownParts([, ...words]: string[]): string[] {
  const [first = '', second = ''] = words;
  if (first.startsWith('-')) return EVERYWHERE.includes(first) ? [] : [first];
  const command = COMMANDS.find(({ name }) => name === `${first} ${second}`) ?? COMMANDS.find(({ name }) => name === first);
  if (!command) return [`mom ${first}`];
  const known = [...EVERYWHERE, ...command.options.flatMap(({ flags }) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-')))];
  const given = words.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.replace(/[=)`].*$/, ''));
  return given.filter((flag) => !known.includes(flag)).map((flag) => `mom ${command.name} ${flag}`);
}

describe('the papers', () => {
  it('tell the same test command in README and CI', () => {
    expect(text('README.md')).toMatch(/^npm cit$/m);
    expect(text('.ci/run')).toMatch(/^npm cit\b/m);
  });

  it('can all be reached from the README', () => {
    const listed = ['README.md'];
    for (const file of listed) {
      for (const [, link = ''] of text(file).matchAll(/\]\((?!https?:)([^)#\s]+\.md)/g)) {
        const target = join(dirname(file), link);
        if (!listed.includes(target)) listed.push(target);
      }
    }
    expect(documents.filter((file) => file.startsWith('docs/') && !listed.includes(file))).toEqual([]);
  });

  it.each([
    ['README.md', '## How it fails'],
    ['docs/how-it-fails.md', '## How it ends'],
  ])('%s tells every exit status', (file, heading) => {
    const section = text(file).split(`${heading}\n`)[1]?.split('\n## ')[0] ?? '';
    for (const [code, { exit }] of Object.entries(ERRORS)) expect(section, code).toMatch(new RegExp(`\\| ${exit}\\b`));
  });
});
