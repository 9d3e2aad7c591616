import { describe, expect, it } from 'vitest';
import { ends, splitData } from '../../src/core/request-data.js';

describe('data in a turn', () => {
  it.each<[string, string, ('data' | 'code')?]>([
    ['Fix it.\n\n<file path="a.ts">\nx\n</file>\n\nPlease.', 'Fix it.\n\n\n\nPlease.', 'data'],
    ['<stdin-2>\na </stdin> b\n</stdin-2>\nSum up.', '\nSum up.', 'data'],
    ['Sum up.\r\n<stdin>\r\na </stdin>\r\n</stdin>\r\nNow.', 'Sum up.\r\n\r\nNow.', 'data'],
    ['Open\n<file path="x">\nnever closed', 'Open\n', 'data'],
    ['Is <document>this one?</document> right?', 'Is  right?', 'data'],
    ['Run\n```ts\nlet a;\n```\nnow', 'Run\n\nnow', 'code'],
    ['Run\n````\n```\n````\nnow', 'Run\n\nnow', 'code'],
    ['Is ```let a``` like ```let b```?', 'Is  like ?', 'code'],
    ['Is ```let a', 'Is ', 'code'],
    ['~~~\nlet a;\n~~~\nnow', '\nnow', 'code'],
    ['a < b and <file> in a sentence', 'a < b and <file> in a sentence'],
    ['a <file-2> that is <filed> and `code`', 'a <file-2> that is <filed> and `code`'],
  ])('%j', (text, instruction, kind) => {
    expect(splitData(text)).toEqual({ instruction, data: kind === 'data', code: kind === 'code' });
  });

  it('of a long instruction the beginning and the end are looked at', () => {
    expect(ends('abcdefgh', 4)).toBe('abcdefgh');
    expect(ends('abcdefghi', 4)).toBe('abcd\nfghi');
    expect(splitData('x'.repeat(1_000_000)).instruction.length).toBe(16_001);
  });

  it.each(['<file path="x">\n', '<file ', '<file>', '<file>x\n', '<file-', '<document> ', '```', '```\n', '``` ', '~~~\n', '`', '\n', '<'])(
    '200,000 of %j take no time worth mentioning',
    (piece) => {
      const started = performance.now();
      splitData(piece.repeat(200_000));
      splitData(Array.from({ length: 20_000 }, (_, i) => `<file-${i}>${piece}`).join('\n'));
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});
