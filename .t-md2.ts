import { readdirSync, readFileSync } from 'node:fs';
import { createHighlight } from '/work/main/src/cli/view/markdown/highlight.js';
import { MarkdownStream } from '/work/main/src/cli/view/markdown/stream.js';

const highlight = createHighlight();
import { TableView } from '/work/main/src/cli/view/markdown/table.js';
const parts = { highlight, tables: TableView };
const mk = (color = true, columns = 60) => new MarkdownStream({ color, columns: () => columns, parts });
function whole(t: string, c = true, n = 60) {
  const s = mk(c, n);
  return s.push(t) + s.finish();
}
function cut(t: string, pieces: string[], c = true) {
  const s = mk(c);
  let o = '';
  for (const p of pieces) o += s.push(p);
  return o + s.finish();
}
let seed = 1;
const rnd = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
function randomPieces(t: string) {
  const r: string[] = [];
  let i = 0;
  while (i < t.length) {
    const n = 1 + Math.floor(rnd() * 9);
    r.push(t.slice(i, i + n));
    i += n;
  }
  return r;
}
const strip = (t: string) => t.replace(/\u001b\[[\d;]*m/g, '');
const words = (t: string) => strip(t).match(/[\p{L}\p{N}]+/gu) ?? [];
function check(name: string, t: string, checkWords = true) {
  const w = whole(t);
  const u = cut(t, t.split(''));
  if (w !== u) {
    let i = 0;
    while (w[i] === u[i]) i++;
    console.log(
      'CUT DIFF',
      name,
      JSON.stringify(w.slice(Math.max(0, i - 40), i + 60)),
      JSON.stringify(u.slice(Math.max(0, i - 40), i + 60)),
    );
  }
  const r = cut(t, randomPieces(t));
  if (r !== w) console.log('RANDOM DIFF', name);
  // prefixes
  if (t.length < 3000)
    for (let i = 0; i <= t.length; i += 7) {
      const s = mk();
      const p = s.push(t.slice(0, i));
      if (!w.startsWith(p)) {
        console.log('PREFIX', name, i);
        break;
      }
    }
  if (checkWords) {
    const nofence = t.replace(/^[ \t>]*(```|~~~)[^\n`]*$/gm, '');
    const count = (ws: string[]) => {
      const m = new Map<string, number>();
      for (const x of ws) m.set(x, (m.get(x) ?? 0) + 1);
      return m;
    };
    const joined = strip(w);
    const glue = words(w).join('');
    const missing: string[] = [];
    const have = glue;
    const pos = 0;
    for (const x of words(nofence)) {
      const at = have.indexOf(x);
      if (at === -1) missing.push(x);
    }
    if (missing.length) console.log('MISSING', name, missing.slice(0, 10).join(' '));
    if (words(nofence).join('').length > glue.length) console.log('SHORTER', name, words(nofence).join('').length, glue.length);
  }
}
const files = process.argv.slice(2);
let n = 0;
for (const f of files)
  for (const line of JSON.parse(readFileSync(f, 'utf8')) as any[]) {
    check(`${f}#${n}`, typeof line === 'string' ? line : line.output);
    n++;
  }
console.log('checked', n);
const bits = [
  '*',
  '**',
  '***',
  '_',
  '__',
  '`',
  '``',
  '```',
  '~',
  '~~',
  '~~~',
  '[',
  ']',
  '(',
  ')',
  '![',
  '<',
  '>',
  'a',
  'b ',
  'word ',
  '\n',
  '\n\n',
  '  ',
  '    ',
  '\t',
  '- ',
  '1. ',
  '# ',
  '## ',
  '> ',
  '|',
  '| a | b |\n',
  '|---|---|\n',
  '\\',
  '&amp;',
  '&',
  '---',
  '***',
  '===',
  'http://x.y/a_b',
  '[x](y)',
  '<b>',
  '漢',
  '😀',
  'e\u0301',
  '- [ ] ',
  '```js\n',
  'const a = "x";\n',
  '\u001b[31m',
  'é',
];
for (let i = 0; i < 20000; i++) {
  let t = '';
  const len = 1 + Math.floor(rnd() * 25);
  for (let j = 0; j < len; j++) t += bits[Math.floor(rnd() * bits.length)];
  check(JSON.stringify(t), t, false);
}
console.log('fuzz done');
