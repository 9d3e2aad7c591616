import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { ROOT, sourceFiles } from './source-files.js';

/** Where those outside of src come in: users of the library, the program, the build. */
const ENTRIES = new Set(['index.ts', 'cli/main.ts', 'cli/loader.ts', 'store/libsql-binding.ts']);

/** Exports that only a test needs, each with its reason. */
const FOR_TESTS: Readonly<Record<string, string>> = {
  'sandbox/items.ts: ITEMS': 'holds docs/sandbox.md to what the sandbox understands',
};

const EXPORTED = /^export (?:async |abstract )*(const|let|class|function\*?|interface|type|enum) (\w+)/gm;
const REEXPORTED = /^export (?:type )?\{([^}]*)\}/gm;
const NAMED = /\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/g;
/** What is imported whole: any of its exports may be meant. */
const WHOLE = /\bimport\(\s*'(\.[^']+)'|\*(?:\s+as\s+\w+)?\s+from\s+'(\.[^']+)'/g;

const textsOf = (patterns: string[]) => globSync(patterns, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
const mentions = (text: string, name: string) => text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
const namesIn = (list: string) => list.split(',').flatMap((name) => /(\w+)\s*$/.exec(name)?.[1] ?? []);
const targetOf = (file: string, specifier = '') => posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');

/** Says of a file's export whether another file imports it. */
function importedNames(code: ReadonlyMap<string, string>): (file: string, name: string) => boolean {
  const named = new Set<string>();
  const whole = new Map<string, string[]>();
  for (const [file, text] of code) {
    for (const [, names = '', specifier] of text.matchAll(NAMED))
      for (const name of names.split(',')) named.add(`${targetOf(file, specifier)} ${/^\s*(?:type\s+)?(\w+)/.exec(name)?.[1]}`);
    for (const [, dynamic, star] of text.matchAll(WHOLE)) {
      const target = targetOf(file, dynamic ?? star);
      whole.set(target, [...(whole.get(target) ?? []), text]);
    }
  }
  return (file, name) => named.has(`${file} ${name}`) || (whole.get(file) ?? []).some((text) => mentions(text, name) > 0);
}

/**
 * Exports that nobody needs, as `file: name`. Needed is what another file imports or a script names; of what only its own file
 * uses also a type, which is part of what others see, and what a test takes hold of. What is passed on must be imported.
 */
function unneeded(sources: ReadonlyMap<string, string>, scripts: readonly string[], tests: readonly string[]): string[] {
  const code = new Map([...sources].filter(([file]) => file.endsWith('.ts')));
  const isImported = importedNames(code);
  const isNeeded = (file: string, text: string, kind: string, name: string) => {
    if (isImported(file, name) || scripts.some((script) => mentions(script, name) > 0)) return true;
    if (mentions(text, name) < 2) return false;
    return kind === 'type' || kind === 'interface' || tests.some((test) => mentions(test, name) > 0);
  };
  return [...code]
    .filter(([file]) => !ENTRIES.has(file))
    .flatMap(([file, text]) => {
      const own = [...text.matchAll(EXPORTED)]
        .filter(([, kind = '', name = '']) => !isNeeded(file, text, kind, name))
        .map((match) => match[2]);
      const passedOn = [...text.matchAll(REEXPORTED)].flatMap(([, names = '']) => namesIn(names)).filter((name) => !isImported(file, name));
      return [...own, ...passedOn].map((name) => `${file}: ${name}`);
    });
}

describe('what a file of src exports', () => {
  it('is needed by somebody', () => {
    const left = unneeded(sourceFiles(), textsOf(['scripts/**', 'bench/**']), textsOf(['test/**/*.ts']));
    expect(left).toEqual(Object.keys(FOR_TESTS));
  });

  it('is found out when nobody needs it', () => {
    const sources = new Map([
      [
        'core/a.ts',
        'export const USED = 1;\nexport const LEFT = 2;\nexport function own() {}\nown();\nexport interface Shape {}\nlet s: Shape;',
      ],
      [
        'core/b.ts',
        "import { USED } from './a.js';\nexport const scripted = USED;\nconst LEFT = 3;\nconst c = await import('./c.js');\nc.lazy();",
      ],
      ['core/c.ts', "export { type Shape as Form } from './a.js';\nexport function lazy() {}\nexport function never() {}"],
    ]);
    const found = ['core/a.ts: LEFT', 'core/a.ts: own', 'core/c.ts: never', 'core/c.ts: Form'];
    expect(unneeded(sources, ['scripted'], [])).toEqual(found);
    expect(unneeded(sources, ['scripted'], ['LEFT, own()'])).toEqual(found.filter((each) => each !== 'core/a.ts: own'));
  });
});
