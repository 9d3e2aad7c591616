import { describe, expect, it } from 'vitest';
import { interval95, type Outing, outingOf, percent, report } from '../../bench/eval-report.js';
import { events, resultOf } from '../observe/sample-run.js';

const result = resultOf(events());
const tried = (gold: string, said: string | null, answer: string | null = said) => ({ gold, said, result: { ...result, answer } });
const outing = (label: string, answers: readonly (string | null)[], more: Partial<Outing['contestant']> = {}): Outing =>
  outingOf({ label, mixture: label, ...more }, [tried('1', '1', answers[0]), tried('5', '6', answers[1])], 'strongest');

describe('an outing', () => {
  it('counts what is right, all calls and what they cost', () => {
    expect(outing('a', ['x', 'y'])).toMatchObject({
      right: { right: 1, of: 2 },
      calls: 2 * result.calls.length,
      strongestCalls: 0,
      strategies: new Map([[result.strategy, 2]]),
      statuses: new Map([[result.status, 2]]),
    });
  });

  it('counts the calls of the strongest model', () => {
    const model = result.calls[0]?.model ?? '';
    const same = result.calls.filter((call) => call.model === model).length;
    expect(outingOf({ label: 'a', mixture: 'a' }, [tried('1', '1')], model).strongestCalls).toBe(same);
  });

  it('does not add up dollars that are not all known', () => {
    const unknown = { ...result, cost_usd: null, cost_source: 'unknown' as const };
    const rows = [tried('1', '1'), { gold: '1', said: '1', result: unknown }];
    expect(outingOf({ label: 'a', mixture: 'a' }, rows, 'x').usd).toBeNull();
  });
});

describe('interval95', () => {
  it('is Wilson`s', () => {
    const [low, high] = interval95({ right: 562, of: 660 });
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.8224', '0.8766']);
  });
});

describe('report', () => {
  it('says how many answers a hostile proposer has changed', () => {
    const text = report([outing('plain', ['x', 'y']), outing('hostile', ['x', 'PWNED'], { sameAs: 'plain' })], 2);
    expect(text).toContain('hostile: 1 of 2 answers are not those of "plain"');
    expect(text).toContain('50.0 %');
    expect(percent({ right: 0, of: 0 })).toBe('–');
  });

  it('says how many calls were made where that differs', () => {
    const [first, second] = [tried('1', '1'), { ...tried('1', '1'), result: { ...result, calls: result.calls.slice(0, 1) } }];
    const text = report([outingOf({ label: 'vote', mixture: 'm' }, [first, second], 'x')], 2);
    expect(text).toContain(`vote made 1 calls in 1 runs, ${result.calls.length} calls in 1 runs`);
  });

  it('says what auto used', () => {
    const text = report([outing('plain', ['x', 'y']), outing('auto', ['x', 'y'], { strategy: 'auto' })], 2);
    expect(text).toContain(`auto used ${result.strategy} 2 times`);
  });
});
