import { expect, it } from 'vitest';
import { readBashLine } from '../../../src/cli/completion/bash-line.js';

it.each([
  ['mom ', { before: ['mom'], begun: '', kept: 0 }],
  ['mom as', { before: ['mom'], begun: 'as', kept: 0 }],
  ['mom ask "two words" --mix', { before: ['mom', 'ask', 'two words'], begun: '--mix', kept: 0 }],
  ["mom ask 'it is' a\\ b ", { before: ['mom', 'ask', 'it is', 'a b'], begun: '', kept: 0 }],
  ['mom ask "open qu', { before: ['mom', 'ask'], begun: 'open qu', kept: 0 }],
  ['mom ask -m ollama:ll', { before: ['mom', 'ask', '-m'], begun: 'ollama:ll', kept: 7 }],
  ['mom ask --mixture=fa', { before: ['mom', 'ask'], begun: '--mixture=fa', kept: 10 }],
  ['mom ask a:b ', { before: ['mom', 'ask', 'a:b'], begun: '', kept: 0 }],
  ['mom ask x\\', { before: ['mom', 'ask'], begun: 'x\\', kept: 0 }],
])('%j', (line, read) => {
  expect(readBashLine(line)).toEqual(read);
});
