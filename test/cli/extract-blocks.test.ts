import { describe, expect, it } from 'vitest';
import { type BlockWish, chosenBlocks, codeBlocks, joinedCode } from '../../src/cli/output/code-blocks.js';
import { createExtractor } from '../../src/cli/output/extracting.js';
import type { RunResult } from '../../src/core/run.js';
import { events, resultOf } from '../observe/sample-run.js';

const codes = (markdown: string) => codeBlocks(markdown).map(({ code }) => code);
const extracted = (markdown: string, wish: Partial<BlockWish> = {}) =>
  joinedCode(chosenBlocks(codeBlocks(markdown), { lang: null, which: 'last', ...wish }));

describe('fenced blocks', () => {
  it.each([
    ['backticks', '```\na\n```', ['a\n']],
    ['tildes', '~~~py\na\n```\n~~~', ['a\n```\n']],
    ['a longer fence around fences', '````md\n```js\nx\n```\n````', ['```js\nx\n```\n']],
    ['a fence that is closed by a longer one', '```\na\n`````\nb', ['a\n']],
    ['a fence in a paragraph', 'text\n```\na\n```\ntext', ['a\n']],
    ['up to three spaces before a fence, which its lines lose', '   ```\n   a\n     b\n c\n  ```', ['a\n  b\nc\n']],
    ['in a list', '1. first\n\n   ```sh\n   npm i\n\n     x\n   ```\n', ['npm i\n\n  x\n']],
    ['in a list, indented with a tab', '1. first\n\t```sh\n\tnpm i\n\t\tx\n\t```\n', ['npm i\n\tx\n']],
    ['in a quote', '> ```\n> a\n> > b\n> ```\n', ['a\n> b\n']],
    ['in a list in a quote', '> - x\n>   ~~~\n>   a\n>   ~~~\n', ['a\n']],
    ['right below a tag', '<details>\n```\na\n```\n</details>', ['a\n']],
    ['too deep in a list', '- step\n\n        ```js\n        x\n\n          y\n        ```\n', ['x\n\n  y\n']],
    [
      'in a list, closed without its indentation',
      '1. Run\n\n   ```sh\n   npm i\n```\n\n2. Then\n\n   ~~~\n   b\n   ~~~\n',
      ['npm i\n', 'b\n'],
    ],
    ['in a quote, closed outside', '> ```\n> a\n```\ntext', ['a\n']],
    ['empty', '```\n```', ['']],
    ['behind a byte order mark', '\uFEFF```\na\n```', ['a\n']],
    ['several', '```\na\n```\n\n~~~\nb\n~~~', ['a\n', 'b\n']],
    ['white space at the ends of lines', '```\na  \n\t\n\n```', ['a  \n\t\n\n']],
    ['Windows line ends', '```\r\na\r\n\r\n\tb\r\n```\r\n', ['a\r\n\r\n\tb\r\n']],
    ['Windows line ends in a list', '- x\r\n  ```\r\n  a\r\n\tb\r\n  ```\r\n', ['a\r\n  b\r\n']],
    ['NUL, and letters beyond ASCII', '```\na\0b ä 👩‍💻\u2028\n```', ['a\0b ä 👩‍💻\u2028\n']],
  ])('%s', (_, markdown, expected) => {
    expect(codes(markdown)).toEqual(expected);
    expect(codeBlocks(markdown).every(({ closed }) => closed)).toBe(true);
  });

  it.each([
    ['inline code', 'run `npm i` or ```npm ci``` now'],
    ['text that is only indented', 'text\n\n    code\n    more\n'],
    ['two marks', '``\na\n``'],
  ])('%s is none', (_, markdown) => {
    expect(codeBlocks(markdown)).toEqual([]);
  });

  it.each([
    ['at the end of the text', '```py\na\nb', 'a\nb'],
    ['with nothing behind it', '```py', ''],
    ['at the end of a quote', '> ```py\n> a\n\ntext', 'a\n'],
    ['at the end of a list', '- ```py\n  a\n\ntext', 'a\n\n'],
    ['where the closing fence is shorter', '````py\na\n```\n', 'a\n```\n'],
  ])('one that is not closed, %s, is told from one that is', (_, markdown, code) => {
    expect(codeBlocks(markdown)).toEqual([{ lang: 'py', code, closed: false }]);
  });

  it('in a long hostile text are found in good time', () => {
    const unindented = '- ```\n  a\n```\n'.repeat(2_000);
    const quotes = `${'> '.repeat(5_000)}a\n`.repeat(20);
    const indented = `    x\n\n${'     - '.repeat(2_000)}\n`.repeat(20);
    expect(codes(`${unindented}\n${quotes}\n${indented}\n\`\`\`\nend\n\`\`\`\n`).at(-1)).toBe('end\n');
  });
});

describe('the language', () => {
  it.each([
    ['python', 'python'],
    [' Python title="x"', 'Python'],
    ['c++', 'c++'],
    ['js{1,3}', 'js'],
    ['{.haskell .numbers}', 'haskell'],
    ['ts:src/a.ts', 'ts'],
    ['', null],
  ])('of %j is %j', (info, lang) => {
    expect(codeBlocks(`\`\`\`${info}\na\n\`\`\``)[0]?.lang).toBe(lang);
  });

  it.each([
    ['js', 'JavaScript', true],
    ['bash', 'sh', true],
    ['yml', 'yaml', true],
    ['C#', 'csharp', true],
    ['elm', 'Elm', true],
    ['java', 'javascript', false],
    ['tsx', 'ts', false],
    ['c', 'c++', false],
  ])('%s asked as %s: %s', (lang, asked, isSame) => {
    expect(extracted(`\`\`\`${lang}\na\n\`\`\``, { lang: asked })).toBe(isSame ? 'a\n' : '');
  });
});

describe('which block', () => {
  const answer = '```js\n1\n```\n```py\n2\n```\n```js\n3';

  it.each<[Partial<BlockWish>, string]>([
    [{}, '3\n'],
    [{ which: 'first' }, '1\n'],
    [{ which: 'all' }, '1\n\n2\n\n3\n'],
    [{ lang: 'py' }, '2\n'],
    [{ lang: 'js', which: 'first' }, '1\n'],
    [{ lang: 'js', which: 'all' }, '1\n\n3\n'],
    [{ lang: 'sql' }, ''],
  ])('%j', (wish, expected) => {
    expect(extracted(answer, wish)).toBe(expected);
  });
});

describe('what is written of a result', () => {
  const written = (result: Partial<RunResult>) => {
    let text = '';
    const warnings: string[] = [];
    const extractor = createExtractor((code) => (text += code), {
      wish: { lang: null, which: 'last' },
      warn: (message) => warnings.push(message),
      shownBy: null,
    });
    extractor.finish({ ...resultOf(events()), answer: '```\na', answer_source: 'critic', ...result });
    return { text, warnings: warnings.length, lack: extractor.lack?.code ?? null };
  };

  it.each(['complete', 'degraded'] as const)('the code of one that is %s', (status) => {
    expect(written({ status })).toEqual({ text: 'a\n', warnings: 1, lack: null });
  });

  it.each(['failed', 'cancelled'] as const)('nothing of one that has %s, whatever came of its answer', (status) => {
    expect(written({ status })).toEqual({ text: '', warnings: 0, lack: null });
  });

  it('nothing where there is no code', () => {
    expect(written({ answer: 'a' })).toEqual({ text: '', warnings: 0, lack: 'no_code_block' });
  });
});
