import { expect, it } from 'vitest';
import { extract } from '../../../src/core/extract/index.js';
import { EXTRACTORS } from '../../../src/core/extract/rule.js';

/** Texts made to keep a careless regular expression busy. */
const PIECES = ['answer: ', '#### ', '\\boxed{', '```\n', '``` ', '{"', '[{', '(A', '**', 'A ', 'answer to ', 'yes ', '1,', ' ', '\n', '"'];

it.each(EXTRACTORS)('%s is not held up by 100,000 characters of one piece', (name) => {
  for (const piece of PIECES) {
    const started = performance.now();
    extract(name, piece.repeat(100_000 / piece.length));
    extract(name, `\`\`\`\n${piece.repeat(100_000 / piece.length)}x`);
    expect(performance.now() - started, JSON.stringify(piece)).toBeLessThan(3_000);
  }
});
