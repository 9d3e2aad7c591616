import { describe, expect, it } from 'vitest';
import type { EvalProgress } from '../../../../src/app/eval/evaluation.js';
import { EvalProgressText } from '../../../../src/cli/view/eval/progress-text.js';

const at = (changes: Partial<EvalProgress> = {}): EvalProgress => ({
  stage: 'asking',
  done: 0,
  total: 1_200,
  failed: 0,
  spent_usd: 0,
  ...changes,
});

describe('the progress of an evaluation', () => {
  it('is told from the first moment on', () => {
    const progress = new EvalProgressText();
    expect(progress.text(0)).toBe('starting');
    progress.apply(at(), 0);
    expect(progress.text(0)).toBe('asking 0 of 1,200 · $0.00');
    progress.apply(at({ done: 3, failed: 1, spent_usd: null }), 10);
    expect(progress.text(10)).toBe('asking 3 of 1,200 · 1 failed · cost unknown');
  });

  it('says how long it takes on when the rate is known, of which kept answers are no part', () => {
    const progress = new EvalProgressText();
    progress.apply(at({ done: 1_000 }), 0);
    progress.apply(at({ done: 1_004, spent_usd: 0.1 }), 9_000);
    expect(progress.text(9_000)).not.toContain('left');
    progress.apply(at({ done: 1_010, spent_usd: 0.1 }), 10_000);
    expect(progress.text(10_000)).toBe('asking 1,010 of 1,200 · $0.10 · about 3 m 10 s left');
    expect(progress.text(20_000)).toContain('about 6 m 20 s left');
  });

  it('does not judge from the first seconds, nor a stage by the one before', () => {
    const progress = new EvalProgressText();
    progress.apply(at(), 0);
    progress.apply(at({ done: 100 }), 2_000);
    expect(progress.text(2_000)).not.toContain('left');
    progress.apply(at({ stage: 'judging', total: 400 }), 20_000);
    progress.apply(at({ stage: 'judging', total: 400, done: 6 }), 22_000);
    expect(progress.text(22_000)).toBe('judging 6 of 400 · $0.00');
    expect(progress.text(23_000)).toContain('about');
  });

  it('ends without a rest', () => {
    const progress = new EvalProgressText();
    progress.apply(at(), 0);
    progress.apply(at({ done: 1_200 }), 60_000);
    expect(progress.text(60_000)).toBe('asking 1,200 of 1,200 · $0.00');
  });
});
