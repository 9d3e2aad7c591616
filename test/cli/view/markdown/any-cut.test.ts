import { describe, expect, it } from 'vitest';
import { EVERYTHING, newStream, shown, withoutColor } from './render.js';

/** The same numbers in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

function cutAtRandom(text: string, next: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(next() * 9);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

// biome-ignore format: one bit beside the other
const BITS = [
  '*', '**', '***', '_', '__', '`', '``', '```', '~', '~~', '~~~', '[', ']', '(', ')', '![', '<', '>', 'a', 'b ', 'word ', '\n', '\n\n', '  ', '    ',
  '\t', '- ', '1. ', '# ', '## ', '> ', '|', '| a | b |\n', '|---|---|\n', '\\', '&amp;', '&', '---', '***', '===', 'http://x.y/a_b', '[x](y)', '<b>',
  '5*2', '2**8', 'x*y', '漢', '😀', 'e\u0301', '- [ ] ', '```js\n', 'const a = "x";\n', '\u001b[31m', 'é', '\r\n', ' #', '\u001b]8;;http://x\u0007',
];

function nasty(next: () => number): string {
  return Array.from({ length: 1 + Math.floor(next() * 25) }, () => BITS[Math.floor(next() * BITS.length)]).join('');
}

const LONG = [
  `**${'open for long '.repeat(80)}** and on`,
  `[${'a bracket that never ends '.repeat(80)}\n\nnext`,
  `\`\`\`js\n${'const a = 1; '.repeat(600)}\nlast\n\`\`\`\nbehind`,
  `| ${'a wide head '.repeat(900)}|\n|---|\n| x |\n`,
  `| a | b |\n|---|---|\n${'| some cell | **other** |\n'.repeat(3_000)}end`,
  `${' '.repeat(600)}text\n${'- '.repeat(300)}deep\n${'>'.repeat(600)}deep`,
];

describe('what is shown', () => {
  it.each([EVERYTHING, ...LONG])('is the same for one piece, for single characters and for any pieces (%#)', (text) => {
    const whole = shown(text);
    expect(shown(text.split(''))).toBe(whole);
    for (let seed = 1; seed <= 20; seed++) expect(shown(cutAtRandom(text, numbers(seed)))).toBe(whole);
  });

  it('is the same for any cut of nasty texts, and never taken back', () => {
    const next = numbers(7);
    for (let round = 0; round < 1_500; round++) {
      const text = nasty(next);
      const whole = shown(text);
      expect(shown(text.split('')), JSON.stringify(text)).toBe(whole);
      expect(shown(cutAtRandom(text, next)), JSON.stringify(text)).toBe(whole);
    }
  });

  it('of a beginning is the beginning of what is shown', () => {
    for (const text of [EVERYTHING, EVERYTHING.repeat(2)]) {
      const whole = shown(text);
      for (let length = 0; length <= text.length; length += 13) {
        const part = newStream().push(text.slice(0, length));
        expect(whole.startsWith(part), text.slice(0, length)).toBe(true);
      }
    }
  });

  it.each([true, false])('has every word of the text, with colour %s', (color) => {
    const wordsOf = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];
    // What stands for something else: entities, and the language of code.
    const text = EVERYTHING.replace(/&\w+;/g, '').replace('```python', '```').replace('[x]', '');
    const there = wordsOf(withoutColor(shown(text, { color, columns: 200 })));
    for (const word of wordsOf(text)) {
      const at = there.findIndex((candidate) => candidate.includes(word));
      expect(at, word).not.toBe(-1);
      there[at] = (there[at] ?? '').replace(word, '');
    }
  });
});
