import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import { member, mixture } from '../../support/mixture.js';
import { outline, play, shown } from '../../support/run-engine.js';
import { answers, refuses, USAGE } from '../../support/scripted-client.js';

const three = { a: answers('It is 42.', 10), b: answers('42', 20), c: answers('41', 30) };

describe('a good run', () => {
  it('asks every proposer and the critic once, and sums what they cost', async () => {
    const { result, client, events } = await play(mixture(['a', 'b', 'c'], ['critic']), {
      ...three,
      critic: answers('It is 42, checked.'),
    });
    expect(client.requests.map((request) => request.model)).toEqual(['a', 'b', 'c', 'critic']);
    expect(result).toMatchObject({
      schema_version: 1,
      id: 'run-1',
      status: 'complete',
      answer: 'It is 42, checked.',
      answer_source: 'critic',
      finish_reason: 'stop',
      strategy: 'fuse',
      cost_usd: 0.04,
      cost_source: 'reported',
      usage: { input_tokens: 40, output_tokens: 20 },
      warnings: [],
      error: null,
    });
    expect(outline(events)).toEqual([
      'run.start',
      ...['call.start', 'call.start', 'call.start'],
      ...['call.end', 'call.end', 'quorum', 'call.end'],
      'proposals',
      'call.start',
      'call.end',
      'answer.start',
      'outcome',
      'run.end',
    ]);
  });

  it('starts all proposers at the same moment', async () => {
    const { client } = await play(mixture(['a', 'b', 'c'], ['critic']), { ...three, critic: answers('42') });
    expect(['a', 'b', 'c'].map((model) => client.startedAt.get(model))).toEqual([0, 0, 0]);
  });

  it('lists proposals in config order whatever the order they come in', async () => {
    const scripts = { a: answers('1', 300), b: answers('2', 200), c: answers('3', 100), critic: answers('x') };
    const { result } = await play(mixture(['a', 'b', 'c'], ['critic']), scripts);
    expect(result.proposals.map((p) => p.model)).toEqual(['a', 'b', 'c']);
    expect(result.proposals.map((p) => p.duration_ms)).toEqual([300, 200, 100]);
  });

  it('streams the critic’s text as it comes when told to', async () => {
    const critic = [
      { type: 'open' as const, generationId: null },
      { type: 'text' as const, text: '\n' },
      { type: 'text' as const, text: 'It ' },
      { type: 'text' as const, text: 'is 42' },
      { type: 'finish' as const, reason: 'stop' },
    ];
    const { events, result } = await play(mixture(['a', 'b', 'c'], ['critic']), { ...three, critic }, { stream: true });
    const deltas = events.flatMap((event) => (event.type === 'answer.delta' ? event.text : []));
    expect(deltas).toEqual(['\nIt ', 'is 42']);
    expect(shown(events)).toBe(result.answer);
  });

  it('passes one survivor and identical proposals through without a critic', async () => {
    const same = await play(mixture(['a', 'b'], ['critic']), { a: answers('42\n'), b: answers(' 42') });
    expect(same.result).toMatchObject({ status: 'complete', answer: '42\n', answer_source: 'proposal:p1', critic: null });
    expect(same.client.requests).toHaveLength(2);
    const alone = await play(mixture(['a', 'b', 'c'], ['critic']), {
      a: refuses('provider_error', 500),
      b: answers('42'),
      c: refuses('model_unknown', 404),
    });
    expect(alone.result).toMatchObject({ status: 'degraded', answer: '42', answer_source: 'proposal:p2', critic: null });
    expect(alone.result.warnings.map((w) => w.message)).toEqual([
      'a gave no answer: the provider said 500',
      'c gave no answer: the provider said 404',
    ]);
  });
});

describe('waiting', () => {
  it('waits for grace after the quorum, then cuts the late one upstream', async () => {
    const scripts = { a: answers('1', 1_000), b: answers('2', 2_000), c: [{ hang: true as const }], critic: answers('x') };
    const { result, client, clock, events } = await play(mixture(['a', 'b', 'c'], ['critic'], { grace: 3_000 }), scripts);
    expect(result.status).toBe('complete');
    expect(client.aborted).toEqual(['c']);
    expect(clock.now()).toBe(5_000);
    expect(result.proposals[2]).toMatchObject({
      status: 'cancelled',
      cost_usd: null,
      error: { code: 'cancelled', message: 'cut: it had not answered 3 s after enough others had' },
    });
    expect(events.find((event) => event.type === 'quorum')).toMatchObject({ answered: 2, waiting_for: ['p3'], grace_ms: 3_000 });
    expect(result.cost_source).toBe('partial');
  });

  it.each([
    [2_000, 5_000],
    [20_000, 10_000],
    [100_000, 30_000],
  ])('grace auto after a quorum at %i ms is %i ms', async (quorumMs, graceMs) => {
    const scripts = { a: answers('1'), b: answers('2', quorumMs), c: [{ hang: true as const }], critic: answers('x') };
    const { clock } = await play(mixture(['a', 'b', 'c'], ['critic']), scripts);
    expect(clock.now()).toBe(quorumMs + graceMs);
  });

  it('ends the grace early when all have settled', async () => {
    const scripts = { a: answers('1'), b: answers('2'), c: answers('3', 700), critic: answers('x') };
    const { clock, result } = await play(mixture(['a', 'b', 'c'], ['critic']), scripts);
    expect(clock.now()).toBe(700);
    expect(result.proposals.map((p) => p.status)).toEqual(['answered', 'answered', 'answered']);
  });

  it('waits for a required proposer beyond the grace, while others are cut', async () => {
    const slow = member('', 'slow', { required: true });
    const scripts = { a: answers('1'), b: answers('2'), slow: answers('3', 60_000), d: [{ hang: true as const }], critic: answers('x') };
    const { result, client, clock } = await play(mixture(['a', 'b', slow, 'd'], ['critic'], { quorum: 2 }), scripts);
    expect(clock.now()).toBe(60_000);
    expect(client.aborted).toEqual(['d']);
    expect(result.status).toBe('complete');
  });

  it('is degraded without a required one, or below the quorum', async () => {
    const must = member('', 'must', { required: true });
    const missing = await play(mixture(['a', 'b', must], ['critic']), {
      a: answers('1'),
      b: answers('2'),
      must: refuses('provider_error', 500),
      critic: answers('x'),
    });
    expect(missing.result).toMatchObject({ status: 'degraded', answer: 'x' });
    const few = await play(mixture(['a', 'b', 'c'], ['critic'], { quorum: 3 }), {
      ...three,
      c: refuses('rate_limited', 429),
      critic: answers('x'),
    });
    expect(few.result).toMatchObject({ status: 'degraded', answer: 'x', answer_source: 'critic' });
  });

  it('takes the best proposal at the deadline', async () => {
    const scripts = { a: answers('41', 1_000), b: [{ hang: true as const }], c: [{ hang: true as const }], critic: answers('x') };
    const { result, client, clock } = await play(mixture(['a', 'b', 'c'], ['critic'], { runTimeout: 20_000 }), scripts);
    expect(clock.now()).toBe(20_000);
    expect(result).toMatchObject({ status: 'degraded', answer: '41', answer_source: 'proposal:p1', error: null });
    expect(client.aborted).toEqual(['b', 'c']);
  });

  it('takes the best proposal when the deadline falls into the critic’s silence', async () => {
    const scripts = { a: answers('41'), b: answers('so 42'), c: answers('42'), critic: [{ hang: true as const }] };
    const { result } = await play(mixture(['a', 'b', 'c'], ['critic', 'other'], { runTimeout: 20_000 }), scripts, { stream: true });
    expect(result).toMatchObject({ status: 'degraded', answer: 'so 42', answer_source: 'proposal:p2' });
    expect(result.warnings).toEqual([
      { code: 'timeout', message: 'the run was not finished after 20 s; the best proposal goes out instead of a merged answer' },
    ]);
  });

  it('fails with the deadline when nobody has answered', async () => {
    const { result } = await play(mixture(['a', 'b'], ['critic'], { runTimeout: 20_000 }), { a: [{ hang: true }], b: [{ hang: true }] });
    expect(result).toMatchObject({
      status: 'failed',
      answer: null,
      error: { code: 'timeout', message: 'the run was not finished after 20 s' },
    });
  });
});

describe('a critic that fails', () => {
  it('hands over to the next, and says so', async () => {
    const scripts = { ...three, critic: refuses('provider_error', 500), second: answers('42!') };
    const { result } = await play(mixture(['a', 'b', 'c'], ['critic', 'second']), scripts, { stream: true });
    expect(result).toMatchObject({ status: 'degraded', answer: '42!', answer_source: 'critic', critic: { model: 'second' } });
    expect(result.warnings).toEqual([{ code: 'writer_failed', message: 'critic could not write the answer: the provider said 500' }]);
    expect(result.calls.map((call) => call.id)).toEqual(['p1', 'p2', 'p3', 'c1', 'c2']);
  });

  it('may wait for Retry-After only when no other critic is left', async () => {
    const scripts = { ...three, critic: refuses('rate_limited', 429), second: answers('42!') };
    const { client } = await play(mixture(['a', 'b', 'c'], ['critic', 'second']), scripts);
    expect(client.requests.slice(3).map((request) => request.maxRetryAfter)).toEqual([2_000, null]);
  });

  it('gives way to the best proposal when all are dead: majority of families, then order', async () => {
    const scripts = {
      a: answers('41'),
      b: answers('I think 42'),
      c: answers('42.'),
      critic: refuses('timeout', 408),
      second: refuses('no_credit', 402),
    };
    const { result } = await play(mixture(['a', 'b', 'c'], ['critic', 'second']), scripts);
    expect(result).toMatchObject({ status: 'degraded', answer: 'I think 42', answer_source: 'proposal:p2', error: null });
    expect(result.warnings.at(-1)).toEqual({
      code: 'no_critic',
      message: 'no critic could write the answer; the best proposal goes out instead of a merged answer',
    });
  });

  it('ends the run with the partial text once a character was visible', async () => {
    const broken = [
      { type: 'open' as const, generationId: null },
      { type: 'text' as const, text: 'It is 4' },
      { fail: new MomError('stream_broken', 'critic stopped after 7 characters') },
    ];
    const { result, events, client } = await play(
      mixture(['a', 'b', 'c'], ['critic', 'second']),
      { ...three, critic: broken, second: answers('42') },
      { stream: true },
    );
    expect(result).toMatchObject({
      status: 'failed',
      answer: 'It is 4',
      error: { code: 'stream_broken', message: 'the answer is cut off: critic stopped after 7 characters' },
    });
    expect(shown(events)).toBe('It is 4');
    expect(client.requests.map((request) => request.model)).not.toContain('second');
    expect(client.requests[3]?.canRestart()).toBe(false);
  });

  it('keeps the whole fallback to the end when nothing is shown before', async () => {
    const broken = [{ type: 'text' as const, text: 'It is 4' }, { fail: new MomError('stream_broken', 'critic stopped') }];
    const { result, events } = await play(mixture(['a', 'b', 'c'], ['critic', 'second']), {
      ...three,
      critic: broken,
      second: answers('42'),
    });
    expect(result).toMatchObject({ status: 'degraded', answer: '42' });
    expect(shown(events)).toBe('42');
  });

  it('starts its text anew after a retry that nobody has seen', async () => {
    const error = { code: 'stream_broken' as const, message: 'broke', hint: null, status: null };
    const critic = [
      { type: 'open' as const, generationId: null },
      { type: 'text' as const, text: ' ' },
      { type: 'restart' as const, attempt: 1, error, delayMs: 10 },
      ...answers('42'),
    ];
    const { result, events } = await play(mixture(['a', 'b', 'c'], ['critic']), { ...three, critic }, { stream: true });
    expect(shown(events)).toBe('42');
    expect(result).toMatchObject({ status: 'complete', answer: '42', critic: { text: '42', cost_usd: 0.01, cost_source: 'partial' } });
  });

  it('an answer cut by length is degraded', async () => {
    const { result } = await play(mixture(['a', 'b', 'c'], ['critic']), { ...three, critic: answers('It', 0, 0.01, 'length') });
    expect(result).toMatchObject({ status: 'degraded', finish_reason: 'length', answer: 'It' });
    expect(result.warnings.map((w) => w.code)).toEqual(['cut_by_length']);
  });
});

describe('too few proposals', () => {
  const dead = { 'x/a': refuses('rate_limited', 429), 'x/b': refuses('overloaded', 503) };

  it('the critic answers alone', async () => {
    const { result, client } = await play(mixture(['x/a', 'x/b'], ['critic']), { ...dead, critic: answers('42') });
    expect(result).toMatchObject({ status: 'degraded', answer: '42', answer_source: 'critic' });
    expect(client.requests[2]?.messages).toEqual([{ role: 'user', content: 'What is 6 x 7?' }]);
    expect(result.warnings.at(-1)).toEqual({ code: 'critic_alone', message: 'only 0 of 2 models answered; the critic is asked alone' });
  });

  it('counts min_answers, and falls back on the lone proposal when the critic is dead', async () => {
    const { result } = await play(mixture(['x/a', 'x/b'], ['critic'], { minAnswers: 2 }), {
      ...dead,
      'x/a': answers('42'),
      critic: refuses('provider_error', 500),
    });
    expect(result).toMatchObject({ status: 'degraded', answer: '42', answer_source: 'proposal:p1' });
  });

  it('one shared cause gives the code', async () => {
    const { result } = await play(mixture(['x/a', 'x/b'], ['critic']), { ...dead, critic: refuses('timeout', 408) });
    expect(result.error).toEqual({
      code: 'rate_limited',
      message: 'no answer: all 3 calls failed: x/a: the provider said 429; x/b: the provider said 503; critic: the provider said 408',
      hint: 'hint for 429',
    });
    expect(result.status).toBe('failed');
    expect(result.cost_usd).toBe(0);
  });

  it('different causes are no_answer', async () => {
    const { result } = await play(mixture(['x/a', 'x/b'], ['critic']), { ...dead, critic: refuses('key_refused', 401) });
    expect(result.error?.code).toBe('no_answer');
  });
});

describe('cancelling', () => {
  it('during the fan-out cuts every call and keeps what was answered', async () => {
    const controller = new AbortController();
    const scripts = { a: answers('42', 100), b: [{ hang: true as const }], c: [{ hang: true as const }] };
    const { result, client } = await play(mixture(['a', 'b', 'c'], ['critic']), scripts, { signal: controller.signal }, (event) => {
      if (event.type === 'call.end' && event.call.status === 'answered') controller.abort(new MomError('cancelled', 'interrupted'));
    });
    expect(result).toMatchObject({ status: 'cancelled', answer: null, error: { code: 'cancelled', message: 'interrupted' } });
    expect(result.proposals[0]).toMatchObject({ status: 'answered', text: '42', cost_usd: 0.01 });
    expect(client.aborted).toEqual(['b', 'c']);
  });

  it('in the middle of the answer keeps what was shown', async () => {
    const controller = new AbortController();
    const critic = [{ type: 'open' as const, generationId: 'g1' }, { type: 'text' as const, text: 'It is' }, { hang: true as const }];
    const { result, client } = await play(
      mixture(['a', 'b', 'c'], ['critic']),
      { ...three, critic },
      { signal: controller.signal, stream: true },
      (event) => {
        if (event.type === 'answer.delta') setImmediate(() => controller.abort(new MomError('cancelled', 'interrupted')));
      },
    );
    expect(result).toMatchObject({ status: 'cancelled', answer: 'It is', critic: { status: 'cancelled', text: 'It is' } });
    expect(client.aborted).toEqual(['critic']);
  });

  it('before the start asks nobody a second time', async () => {
    const { result } = await play(
      mixture(['a', 'b'], ['critic']),
      { a: [{ hang: true }], b: [{ hang: true }] },
      { signal: AbortSignal.abort(new Error('gone')) },
    );
    expect(result).toMatchObject({ status: 'cancelled', error: { message: 'the run was cancelled' } });
  });
});

describe('without a critic', () => {
  it('the proposals are the outcome and nobody merges', async () => {
    const { result, client } = await play(mixture(['a', 'b', 'c'], []), three);
    expect(result).toMatchObject({ status: 'complete', answer: null, answer_source: null, critic: null, error: null });
    expect(client.requests).toHaveLength(3);
  });

  it('fails when there is no proposal', async () => {
    const { result } = await play(mixture(['a', 'b'], []), { a: refuses('no_credit', 402), b: refuses('no_credit', 402) });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'no_credit' } });
  });
});

describe('a critic with a small context', () => {
  it('gets shortened candidates, and the user a warning', async () => {
    const small = member('', 'critic', { context: 5_000 });
    const { result, client } = await play(mixture(['a', 'b'], [small]), {
      a: answers('x'.repeat(9_000)),
      b: answers('y'),
      critic: answers('z'),
    });
    expect(result.warnings[0]?.message).toMatch(/^\d+ characters of the proposals were left out to fit the context of critic$/);
    expect(JSON.stringify(client.requests[2]?.messages).length).toBeLessThan(8_000);
  });
});

describe('money', () => {
  it('looks up the price of a cut call beside the critic’s work', async () => {
    const scripts = {
      a: answers('1'),
      b: answers('2'),
      c: [{ type: 'open' as const, generationId: 'gen-7' }, { hang: true as const }],
      critic: answers('x', 1_000),
    };
    const run = mixture(['a', 'b', 'c'], ['critic'], { grace: 10 });
    const { result, client } = await play(run, scripts);
    expect(client.lookups).toEqual(['gen-7']);
    expect(result).toMatchObject({ cost_usd: 0.03, cost_source: 'partial' });
  });

  it('takes the last usage of an attempt, and sums over attempts', async () => {
    const usage = (usd: number) => ({ type: 'usage' as const, usage: USAGE, cost: { usd, source: 'reported' as const } });
    const error = { code: 'stream_broken' as const, message: 'broke', hint: null, status: null };
    const a = [usage(0.1), usage(0.2), { type: 'restart' as const, attempt: 1, error, delayMs: 1 }, ...answers('1', 0, 0.3)];
    const { result } = await play(mixture(['a', 'b'], []), { a, b: answers('2') });
    expect(result.proposals[0]).toMatchObject({ cost_usd: 0.5, cost_source: 'reported', usage: { input_tokens: 20 } });
  });

  it('calls no critic once the cap is reached, and cuts who still works', async () => {
    const cap = { usd: 0.015, setByUser: false };
    const scripts = { a: answers('1', 10), b: answers('2', 20), c: [{ hang: true as const }], critic: answers('x') };
    const { result, client } = await play(mixture(['a', 'b', 'c'], ['critic'], { maxCost: cap }), scripts);
    expect(client.requests.map((request) => request.model)).toEqual(['a', 'b', 'c']);
    expect(client.aborted).toEqual(['c']);
    expect(result).toMatchObject({ status: 'degraded', answer: '1', cost_usd: 0.02 });
    expect(result.warnings[0]).toEqual({
      code: 'cost_cap',
      message: 'the cap of $0.015 is reached: $0.02 spent; the best proposal goes out instead of a merged answer',
    });
  });

  it('a user’s cap does not let unknown prices pass, the built-in one does', async () => {
    const unpriced = (text: string) => answers(text).filter((step) => !('type' in step && step.type === 'usage'));
    const scripts = { a: unpriced('1'), b: unpriced('2'), critic: unpriced('x') };
    const strict = await play(mixture(['a', 'b'], ['critic'], { maxCost: { usd: 1, setByUser: true } }), scripts);
    expect(strict.result).toMatchObject({ status: 'failed', error: { code: 'cost_cap' }, calls: [], cost_usd: 0 });
    expect(strict.client.requests).toEqual([]);
    const lax = await play(mixture(['a', 'b'], ['critic'], { maxCost: { usd: 1, setByUser: false } }), scripts);
    expect(lax.result).toMatchObject({ status: 'complete', answer: 'x', cost_usd: null, cost_source: 'unknown' });
  });
});

describe('sinks', () => {
  it('one that throws is dropped with a warning and breaks nothing', async () => {
    const { result } = await play(mixture(['a', 'b', 'c'], ['critic']), { ...three, critic: answers('42') }, {}, (event) => {
      if (event.type === 'proposals') throw new Error('disk on fire');
    });
    expect(result).toMatchObject({ status: 'complete', answer: '42' });
    expect(result.warnings).toEqual([
      { code: 'sink_failed', message: "a reader of the run's events failed and was dropped: disk on fire" },
    ]);
  });
});

describe('the proposal that goes out where no critic can write', () => {
  it('is the one that weighs most, as in a vote', async () => {
    const panel = ['a', member('', 'b', { weight: 2 }), 'c'];
    const dead = { a: answers('40'), b: answers('41'), c: answers('43'), critic: refuses('provider_error', 500) };
    const { result } = await play(mixture(panel, ['critic']), dead);
    expect(result).toMatchObject({ status: 'degraded', answer: '41', answer_source: 'proposal:p2' });
  });
});
