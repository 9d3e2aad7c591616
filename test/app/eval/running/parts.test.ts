import { describe, expect, it } from 'vitest';
import { answerCode } from '../../../../src/app/eval/running/answer-code.js';
import { FirstFailures } from '../../../../src/app/eval/running/first-failures.js';
import { Progress } from '../../../../src/app/eval/running/progress.js';
import { scoredBy } from '../../../../src/app/eval/running/scorer.js';
import { Stop } from '../../../../src/app/eval/running/stop.js';
import { MomError } from '../../../../src/core/error.js';
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

describe('the stop', () => {
  it('cuts what is under way for the user, and lets it end for money', () => {
    const controller = new AbortController();
    const stop = new Stop(controller.signal);
    stop.end(new MomError('cost_cap', 'spent'));
    expect(stop.signal.aborted).toBe(false);
    controller.abort(new MomError('cancelled', 'by hand'));
    expect(stop.signal.aborted).toBe(true);
    expect(stop.reason?.code).toBe('cost_cap');
    expect(() => stop.throwFailure()).not.toThrow();
    expect(() => stop.throwIfEnded()).toThrow('spent');
  });

  it('fails with what allows no report', () => {
    const stop = new Stop(new AbortController().signal);
    stop.end(new TypeError('a bug'));
    expect(stop.signal.aborted).toBe(true);
    expect(() => stop.throwFailure()).toThrow('a bug');
  });

  it('knows that the user had gone before', () => {
    expect(new Stop(AbortSignal.abort()).reason).toMatchObject({ code: 'cancelled', message: 'the evaluation was cancelled' });
  });
});

describe('progress', () => {
  it('tells the first stage that is not done, and what was spent', () => {
    const told: string[] = [];
    const progress = new Progress(({ stage, done, total, failed, spent_usd }) =>
      told.push(`${stage} ${done}/${total} ${failed} ${spent_usd}`),
    );
    progress.expect('asking', 2);
    progress.expect('judging', 1);
    progress.spend(0.5, 'reported');
    progress.done('judging');
    progress.done('asking', true);
    progress.spend(null, 'unknown');
    progress.done('asking');
    expect(told).toEqual(['asking 0/2 0 0.5', 'asking 1/2 1 0.5', 'explaining 0/0 0 null']);
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

describe('the code of an answer', () => {
  it.each([
    ['all of it without a fence', 'x = 1', 'x = 1'],
    ['what is fenced', 'Here:\n```py\nx = 1\n```\nDone.', 'x = 1\n'],
    ['the longest block', '```\na\n```\nthen\n~~~js\nlonger()\nlines()\n~~~', 'longer()\nlines()\n'],
    ['a block that ends with the text', '```py\nx = 1\ny = 2', 'x = 1\ny = 2'],
    ['a fence within a longer one', '````md\n```\ninner\n```\n````', '```\ninner\n```\n'],
    ['with CRLF', '```\r\nx\r\n```\r\n', 'x\n'],
  ])('is %s', (_, text, code) => {
    expect(answerCode(text)).toBe(code);
  });

  it('is found in hostile text at once', () => {
    const text = '```\n'.repeat(20_000);
    expect(answerCode(text).length).toBeGreaterThanOrEqual(0);
  });
});
