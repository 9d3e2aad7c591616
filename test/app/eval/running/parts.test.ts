import { describe, expect, it } from 'vitest';
import { FirstFailures } from '../../../../src/app/eval/running/first-failures.js';
import { scoredBy } from '../../../../src/app/eval/running/scorer.js';
import type { EvalAnswer } from '../../../../src/core/eval/records.js';

function answer(code: string | null): EvalAnswer {
  return {
    status: code === null ? 'answered' : 'failed',
    text: code === null ? 'text' : null,
    error: code === null ? null : { code, message: `it said ${code}` },
    run: 'r',
    calls: 1,
    cost_usd: 0,
    cost_source: 'reported',
    first_token_ms: null,
    duration_ms: 1,
    answered_at: '2026-01-31T12:00:00.000Z',
  };
}

describe('the first failures', () => {
  const all = ['a', 'b'];

  it('end it once each has failed twice for the same lasting reason', () => {
    const failures = new FirstFailures();
    const refused = answer('key_refused');
    expect(['a', 'b', 'a'].map((name) => failures.note(name, refused, all, 50))).toEqual([null, null, null]);
    expect(failures.note('b', refused, all, 50)).toMatchObject({
      code: 'key_refused',
      message: 'all 2 contestants failed from the first prompt on: it said key_refused',
      hint: 'check the key (`mom doctor --live`), then go on with --resume',
    });
  });

  it('end nothing where somebody answered, reasons differ, or asking again may help', () => {
    for (const other of [null, 'no_credit', 'timeout']) {
      const failures = new FirstFailures();
      failures.note('a', answer('key_refused'), all, 50);
      failures.note('b', answer(other), all, 50);
      const later = ['a', 'b', 'a', 'b'].map((name) => failures.note(name, answer('key_refused'), all, 50));
      expect(later).toEqual([null, null, null, null]);
    }
  });

  it('are one where there is one prompt', () => {
    expect(new FirstFailures().note('a', answer('no_credit'), ['a'], 1)?.message).toBe(
      'a failed from the first prompt on: it said no_credit',
    );
  });
});

describe('who tells how good an answer is', () => {
  const prompt = (reference: string | null) => ({ messages: [{ role: 'user' as const, content: 'How many?' }], reference });
  const check = { command: 'true', folder: '/', timeout: 1 };
  it.each([
    ['a reference that fits', prompt('42'), check, 'reference'],
    ['a command', prompt(null), check, 'check'],
    ['a judge', prompt(null), null, 'judge'],
  ])('%s', (_, given, command, by) => {
    expect(scoredBy(given, { extract: null, check: command })).toBe(by);
  });
});
