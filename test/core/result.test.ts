import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../src/core/event.js';
import { ResultFold } from '../../src/core/result.js';
import { BODIES, callRecord, events, resultOf } from '../observe/sample-run.js';

const START = BODIES[0] as RunEventBody;
const OUTCOME = BODIES.at(-1) as RunEventBody;

describe('ResultFold', () => {
  it('puts proposals in the order of the config, whatever order they ended in', () => {
    const ends = ['p3', 'p1', 'p2'].map((id): RunEventBody => ({ type: 'call.end', call: callRecord({ id }) }));
    const result = resultOf(events([START, ...ends, OUTCOME]));
    expect(result.proposals.map((call) => call.id)).toEqual(['p1', 'p2', 'p3']);
  });

  it('puts calls in the order they started, whatever order they ended in', () => {
    const calls = ['p1', 'p2', 'p3'].map((id) => callRecord({ id }));
    const starts = calls.map((call): RunEventBody => ({ type: 'call.start', call, messages: null }));
    const ends = calls.toReversed().map((call): RunEventBody => ({ type: 'call.end', call }));
    const fold = new ResultFold();
    for (const event of events([START, ...starts, ...ends, OUTCOME])) fold.apply(event);
    expect(fold.result().calls.map((call) => call.id)).toEqual(['p1', 'p2', 'p3']);
    expect(fold.ended().map((call) => call.id)).toEqual(['p3', 'p2', 'p1']);
  });

  it('shows a skipped member among the proposals but not among the calls', () => {
    const result = resultOf(events());
    expect(result.proposals.map((call) => [call.id, call.status])).toEqual([
      ['p1', 'answered'],
      ['p2', 'failed'],
      ['p3', 'skipped'],
      ['p1.2', 'answered'],
    ]);
    expect(result.calls.map((call) => call.id)).toEqual(['p1', 'p2', 'p1.2', 'c1']);
  });

  it('puts a proposal that was kept where it was taken up, and counts nothing for it', () => {
    const [kept, fresh] = [callRecord({ id: 'p2', usage: null, cost_usd: 0 }), callRecord({ id: 'p1' })];
    const bodies: RunEventBody[] = [
      START,
      { type: 'call.kept', call: kept },
      { type: 'call.start', call: fresh, messages: null },
      { type: 'call.end', call: fresh },
      OUTCOME,
    ];
    const result = resultOf(events(bodies));
    expect(result.calls.map((call) => call.id)).toEqual(['p2', 'p1']);
    expect(result.proposals.map((call) => call.id)).toEqual(['p1', 'p2']);
    expect([result.usage, result.cost_usd, result.cost_source]).toEqual([fresh.usage, fresh.cost_usd, 'reported']);
  });

  it('takes a later bill over the first record', () => {
    const result = resultOf(events());
    expect(result.proposals[1]).toMatchObject({ cost_usd: 0.002, cost_source: 'estimated' });
    expect([result.cost_usd, result.cost_source]).toEqual([0.004, 'estimated']);
  });

  it('sums tokens over the calls that reported some', () => {
    expect(resultOf(events()).usage).toEqual({ input_tokens: 20 + 0, output_tokens: 10, reasoning_tokens: 0, cached_input_tokens: 0 });
  });

  it('names the last critic tried', () => {
    const critics = ['c1', 'c2'].map((id): RunEventBody => ({ type: 'call.end', call: callRecord({ id, kind: 'critic' }) }));
    expect(resultOf(events([START, ...critics, OUTCOME])).critic?.id).toBe('c2');
    expect(resultOf(events([START, OUTCOME])).critic).toBeNull();
  });

  it('of a failed run has its cost like any other', () => {
    const failed: RunEventBody = {
      type: 'outcome',
      status: 'failed',
      answer: null,
      tool_calls: [],
      answer_source: null,
      finish_reason: null,
      error: { code: 'timeout', message: 'm', hint: null },
    };
    const result = resultOf(events([START, { type: 'call.end', call: callRecord() }, failed]));
    expect(result).toMatchObject({ status: 'failed', answer: null, cost_usd: 0.001, cost_source: 'reported', error: { code: 'timeout' } });
  });

  it('lasts until its last event', () => {
    expect(resultOf(events([START, OUTCOME])).duration_ms).toBe(20);
  });

  it('has no result before the outcome', () => {
    const fold = new ResultFold();
    for (const event of events().slice(0, 5)) fold.apply(event);
    expect(() => fold.result()).toThrow('a result needs run.start and outcome');
  });
});
