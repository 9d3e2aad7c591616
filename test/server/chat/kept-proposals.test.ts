import { describe, expect, it } from 'vitest';
import { KEPT_PROPOSALS } from '../../../src/core/limits.js';
import type { CallRecord } from '../../../src/core/run.js';
import { KeptProposals } from '../../../src/server/chat/kept-proposals.js';
import { RequestKey } from '../../../src/server/chat/request-key.js';
import { FakeClock } from '../../support/fake-clock.js';

const key = (name: string, client = 'local') => new RequestKey(client, { messages: [{ role: 'user', content: name }] });
const proposal = (id: string, text = id) => ({ id, text }) as CallRecord;
const WINDOW = 60_000;

describe('kept proposals', () => {
  it('are found by the same client and body, once', () => {
    const kept = new KeptProposals(new FakeClock());
    kept.put(key('a'), [proposal('p1')], WINDOW);
    expect(kept.take(key('b'))).toEqual([]);
    expect(kept.take(key('a', 'other'))).toEqual([]);
    expect(kept.take(key('a'))).toEqual([proposal('p1')]);
    expect(kept.take(key('a'))).toEqual([]);
  });

  it('are forgotten when their window is over, from the very start of the clock', async () => {
    const clock = new FakeClock();
    const kept = new KeptProposals(clock);
    kept.put(key('a'), [proposal('p1')], WINDOW);
    await clock.play(new Promise<void>((resolve) => void clock.after(WINDOW + 1, resolve)));
    expect(kept.take(key('a'))).toEqual([]);
  });

  it('are not kept where there are none, or no window', () => {
    const kept = new KeptProposals(new FakeClock());
    kept.put(key('a'), [], WINDOW);
    kept.put(key('b'), [proposal('p1')], 0);
    expect([kept.take(key('a')), kept.take(key('b'))]).toEqual([[], []]);
  });

  it('are bounded in number and in characters; the oldest go first', () => {
    const many = new KeptProposals(new FakeClock());
    for (let i = 0; i <= KEPT_PROPOSALS.requests; i++) many.put(key(`${i}`), [proposal('p1')], WINDOW);
    expect(many.take(key('0'))).toEqual([]);
    expect(many.take(key('1'))).toHaveLength(1);

    const long = new KeptProposals(new FakeClock());
    const half = 'x'.repeat(KEPT_PROPOSALS.characters / 2);
    for (const name of ['a', 'b', 'c']) long.put(key(name), [proposal('p1', half)], WINDOW);
    expect([long.take(key('a')), long.take(key('c')).length]).toEqual([[], 1]);
  });
});

describe('the key of a request', () => {
  const body = { model: 'mom', messages: [], tools: [{ function: { parameters: { stream: 'a' } } }] };

  it('does not look at how the answer is delivered', () => {
    const streamed = new RequestKey('k', { ...body, stream: true, stream_options: { include_usage: true } });
    expect(streamed.isSame(new RequestKey('k', body))).toBe(true);
  });

  it('looks at everything else, and at the client', () => {
    const other = { ...body, tools: [{ function: { parameters: { stream: 'b' } } }] };
    expect(new RequestKey('k', other).isSame(new RequestKey('k', body))).toBe(false);
    expect(new RequestKey('l', body).isSame(new RequestKey('k', body))).toBe(false);
  });
});
