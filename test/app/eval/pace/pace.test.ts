import { describe, expect, it } from 'vitest';
import { Progress } from '../../../../src/app/eval/pace/progress.js';
import { Stop } from '../../../../src/app/eval/pace/stop.js';
import { MomError } from '../../../../src/core/error.js';

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
