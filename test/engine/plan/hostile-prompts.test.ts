import { expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.js';
import { formOf } from '../../../src/engine/plan/request-form.js';

/** Beginnings of what the rules look for, again and again: a rule that tries each anew would take the square of their number. */
const PARTS = [
  'a',
  ' ',
  '\t\n',
  '~~~\n',
  '```\n',
  '<<<<<<< ',
  '<file path="',
  'diff --git ',
  'return the entire ',
  'answer only ',
  'conforms to ',
  'write a ',
  'compare ',
  'how many ',
  'A) ',
  '1. ',
  '? ',
  'please ',
  'step by step ',
  '{"a":',
];

it.each(PARTS)('a prompt of nothing but %j is looked at in time that grows with its length', (part) => {
  const content = part.repeat(400_000 / part.length);
  const conversations: Message[][] = [
    [{ role: 'user', content }],
    [
      { role: 'system', content },
      { role: 'user', content: 'hi' },
    ],
  ];
  const start = performance.now();
  for (const messages of conversations) formOf({ messages, tools: null, format: null });
  expect(performance.now() - start).toBeLessThan(3_000);
});
