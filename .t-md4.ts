import { readFileSync } from 'node:fs';
import { createHighlight } from '/work/main/src/cli/view/markdown/highlight.js';
import { MarkdownStream } from '/work/main/src/cli/view/markdown/stream.js';

const highlight = createHighlight();
import { TableView } from '/work/main/src/cli/view/markdown/table.js';
const parts = { highlight, tables: TableView };
function time(name: string, t: string, piece = 20) {
  const s = new MarkdownStream({ color: true, columns: () => 80, parts });
  const t0 = performance.now();
  let n = 0;
  let max = 0;
  for (let i = 0; i < t.length; i += piece) {
    const a = performance.now();
    n += s.push(t.slice(i, i + piece)).length;
    max = Math.max(max, performance.now() - a);
  }
  const a = performance.now();
  n += s.finish().length;
  max = Math.max(max, performance.now() - a);
  console.log(
    name.padEnd(24),
    t.length,
    '->',
    n,
    Math.round(performance.now() - t0),
    'ms, longest',
    Math.round(max),
    'ms',
    Math.round(process.memoryUsage().rss / 1e6),
    'MB',
  );
}
const R = (s: string, n: number) => s.repeat(Math.ceil(n / s.length)).slice(0, n);
const demo = readFileSync('/tmp/q/demo.md', 'utf8');
time('demo 5MB', R(demo, 5e6));
time('demo 1MB one piece', R(demo, 1e6), 1e6);
time('plain 5MB', R('The quick brown fox jumps over the lazy dog. ', 5e6));
time('plain 5MB one', R('The quick brown fox jumps over the lazy dog. ', 5e6), 5e6);
time('lines 5MB', R('The quick brown fox.\n', 5e6));
time('python 1MB block', '```python\n' + R('def f(x):\n    return x + 1  # hm\n\n', 1e6));
time('python 5MB block', '```python\n' + R('def f(x):\n    return x + 1  # hm\n\n', 5e6));
time('py comment 1MB', '```python\n"""\n' + R('def f(x):\n    return x + 1  # hm\n\n', 1e6));
time('js long line', '```js\n' + R('const a = {x: 1}; ', 1e6));
for (const [n, u] of Object.entries({
  '[': '[',
  '*': '*',
  '* ': '* ',
  '*a': '*a',
  '**a*b': '**a*b',
  '_a ': '_a ',
  '`': '`',
  '``a`': '``a`',
  '>': '>',
  '> ': '> ',
  '- ': '- ',
  '<': '<',
  '<a ': '<a ',
  '![': '![',
  '[a](': '[a](',
  '[a](b': '[a](b',
  '&': '&',
  '\\': '\\',
  '~~a': '~~a',
  '|': '|',
  '| a ': '| a ',
  '#': '#',
  '# ': '# ',
  ' ': ' ',
  '\n': '\n',
  '\t': '\t',
  '[a]: b\n': '[a]: b\n',
  '```\n': '```\n',
  '~~~': '~~~',
  '-': '-',
  '- - ': '- - ',
  '1. ': '1. ',
  '- a\n': '- a\n',
  '***a** ': '***a** ',
  '*[': '*[',
  '*`': '*` ',
  '<!--': '<!--',
  '(': '(',
  '[x](((': '[x](((',
  '  - a\\n': '  - a\n',
}))
  time(JSON.stringify(n), R(u, 1e6));
let nest = '';
for (let i = 0; i < 1000; i++) nest += ' '.repeat(i * 2) + '- a\n';
time('nest list', nest);
time('table 2MB', '| a | b |\n|---|---|\n' + R('| cell **x** | more |\n', 2e6));
time('wide table', '|' + R(' a |', 7000) + '\n|' + R('---|', 7000) + '\n' + R('|' + R(' a |', 7000) + '\n', 2e5));
time('table 1-char rows', '| a | b |\n|---|---|\n' + R('|\n', 1e6));
time('random', Array.from({ length: 1e6 }, () => '*_`[]()<>!#-\n \\~|a&'[Math.floor(Math.random() * 19)]).join(''));
