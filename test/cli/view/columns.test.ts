import { describe, expect, it } from 'vitest';
import { proposalsView } from '../../../src/cli/view/columns.js';
import type { CallRecord } from '../../../src/core/run.js';
import { events, resultOf } from '../../observe/sample-run.js';

const [SAMPLE] = resultOf(events()).proposals as [CallRecord];

function proposal(id: string, text: string): CallRecord {
  return { ...SAMPLE, id, model: `acme/${id}`, role: null, status: 'answered', text };
}

const FAILED: CallRecord = {
  ...proposal('p3', ''),
  status: 'failed',
  text: null,
  error: { code: 'rate_limited', message: 'too many requests', hint: null, status: 429 },
};

const view = (proposals: readonly CallRecord[], columns: number, isSideBySide = true) =>
  proposalsView(proposals, { color: false, columns, isSideBySide });

/** A line of columns that are so wide. */
const row = (width: number, ...cells: string[]) =>
  cells
    .map((cell) => cell.padEnd(width))
    .join(' │ ')
    .trimEnd();

describe('proposals', () => {
  const two = [proposal('p1', '- one\n- two'), proposal('p2', 'x **y**')];

  it('stand side by side where each has 40 columns', () => {
    expect(view(two, 83)).toBe(
      `${[row(40, '## acme/p1 (p1)', '## acme/p2 (p2)'), row(40, '', ''), row(40, '• one', 'x y'), row(40, '• two', '')].join('\n')}\n`,
    );
  });

  it.each([
    ['a narrow terminal', 82, true],
    ['one of unknown width', 0, true],
    ['a pipe', 200, false],
  ])('stand one below the other on %s', (_what, columns, isSideBySide) => {
    expect(view(two, columns, isSideBySide)).toBe('## acme/p1 (p1)\n\n• one\n• two\n\n## acme/p2 (p2)\n\nx y\n');
  });

  it('that are more than fit go on below, and a failed one says why', () => {
    expect(view([...two, FAILED], 90)).toBe(
      `${[
        row(43, '## acme/p1 (p1)', '## acme/p2 (p2)'),
        row(43, '', ''),
        row(43, '• one', 'x y'),
        row(43, '• two', ''),
        '',
        '## acme/p3 (p3)',
        '',
        '(no answer: too many requests)',
      ].join('\n')}\n`,
    );
  });

  it('are wrapped by the width of their characters, with their colours in their own column', () => {
    const wide = [proposal('p1', '漢'.repeat(30)), proposal('p2', `**${'a '.repeat(30)}b**`)];
    const lines = proposalsView(wide, { color: true, columns: 83, isSideBySide: true }).split('\n');
    expect(lines[2]).toBe(`${'漢'.repeat(20)} │ \u001b[1m${'a '.repeat(20)}\u001b[22m`);
    expect(lines[3]).toBe(`${'漢'.repeat(10)}${' '.repeat(20)} │ \u001b[1m${'a '.repeat(10)}b\u001b[22m`);
  });

  it('begin no line with the space at which it was broken, and keep the indentation of code', () => {
    const texts = [proposal('p1', `${'a'.repeat(40)} b`), proposal('p2', `\`\`\`\nif x:\n    y = "${'z'.repeat(40)}"\n\`\`\``)];
    const lines = proposalsView(texts, { color: false, columns: 83, isSideBySide: true }).split('\n');
    expect(lines.slice(2)).toEqual([
      row(40, 'a'.repeat(40), '```'),
      row(40, 'b', 'if x:'),
      row(40, '', `    y = "${'z'.repeat(31)}`),
      row(40, '', `${'z'.repeat(9)}"`),
      row(40, '', '```'),
      '',
    ]);
  });

  it('do not reach into each other with code that is never closed', () => {
    const open = [proposal('p1', '```js\nf()'), proposal('__p2__', 'text')];
    expect(view(open, 40)).toBe('## acme/p1 (p1)\n\n```js\nf()\n\n## acme/__p2__ (__p2__)\n\ntext\n');
  });
});
