import { describe, expect, it } from 'vitest';
import { memoryBudget } from '../../../src/core/budget.js';
import { MomError } from '../../../src/core/error.js';
import type { Mixture } from '../../../src/core/mixture.js';
import type { CallEvent } from '../../../src/core/model-client.js';
import type { RunRequest } from '../../../src/core/run.js';
import { member, mixture } from '../../support/mixture.js';
import { priced } from '../../support/priced.js';
import { outline, play, shown } from '../../support/run-engine.js';
import { answers, refuses, type Step } from '../../support/scripted-client.js';

/** A dollar a hundred tokens of output and nothing else: each call is expected to cost at most one dollar. */
const DEAR = { output: 0.01 };
const cap = (usd: number, setByUser = true) => ({ maxCost: { usd, setByUser }, expectedOutput: 100 });
const three = { a: answers('1'), b: answers('2'), c: answers('3'), critic: answers('x') };
const all = priced({ a: DEAR, b: DEAR, c: DEAR, critic: DEAR });

const open: CallEvent = { type: 'open', generationId: null };
const STOP: CallEvent = { type: 'finish', reason: 'stop' };
/** One token at a time. */
const words = (count: number): Step[] => Array.from({ length: count }, () => ({ type: 'text', text: ' word' }));
/** The same, with time between them, so that runs take turns. */
const slowly = (count: number): Step[] => words(count).flatMap((step) => [{ wait: 1 }, step]);

function run(panel: Mixture, scripts: Record<string, readonly Step[]> = three, catalog = all, request: Partial<RunRequest> = {}) {
  return play(panel, scripts, request, undefined, { catalog });
}

describe('a panel under a cap', () => {
  it('stays whole when it fits with its critic', async () => {
    const { result } = await run(mixture(['a', 'b', 'c'], ['critic'], cap(4)));
    expect(result).toMatchObject({ status: 'complete', answer: 'x', warnings: [] });
  });

  it('leaves out the dearest, and says so', async () => {
    const catalog = priced({ a: { output: 0.02 }, b: DEAR, c: DEAR, critic: DEAR });
    const { result, client, events } = await run(mixture(['a', 'b', 'c'], ['critic'], cap(4)), three, catalog);
    expect(client.requests.map(({ model }) => model)).toEqual(['b', 'c', 'critic']);
    expect(result).toMatchObject({ status: 'degraded', answer: 'x', answer_source: 'critic', error: null });
    const why = 'to stay within the cap of $4: all together may cost $5, and $4 is left';
    expect(result.warnings).toEqual([{ code: 'panel_shrunk', message: `left out a (up to $2) ${why}` }]);
    expect(result.proposals.map(({ id, status }) => [id, status])).toEqual([
      ['p1', 'skipped'],
      ['p2', 'answered'],
      ['p3', 'answered'],
    ]);
    expect(result.proposals[0]).toMatchObject({ cost_usd: null, error: { code: 'cost_cap', message: `left out ${why}` }, attempts: 0 });
    expect(result.calls.map(({ id }) => id)).toEqual(['p2', 'p3', 'c1']);
    expect(outline(events).slice(0, 4)).toEqual(['run.start', 'warning', 'call.skipped', 'call.start']);
    expect(events.find(({ type }) => type === 'proposals')).toMatchObject({ answered: 2, failed: 0, cut: 0 });
  });

  it('that has room for the critic only does not call the others silent', async () => {
    const catalog = priced({ a: DEAR, b: DEAR, critic: { output: 0.001 } });
    const { result, client } = await run(mixture(['a', 'b'], ['critic'], cap(0.5)), three, catalog);
    expect(client.requests.map(({ model }) => model)).toEqual(['critic']);
    expect(result).toMatchObject({ status: 'degraded', answer: 'x' });
    expect(result.warnings.at(-1)).toEqual({ code: 'critic_alone', message: 'no proposer was asked; the critic is asked alone' });
  });

  it('leaves out the lowest weight before the dearest, the last of equals, and required ones only at the end', async () => {
    const asked = async (proposers: Parameters<typeof mixture>[0], usd: number) => {
      const catalog = priced({ a: { output: 0.02 }, b: DEAR, c: DEAR, critic: {} });
      const { client } = await run(mixture(proposers, ['critic'], cap(usd)), three, catalog);
      return client.requests.map(({ model }) => model).filter((model) => model !== 'critic');
    };
    expect(await asked(['a', 'b', member('', 'c', { weight: 0.5 })], 3)).toEqual(['a', 'b']);
    expect(await asked(['a', 'b', 'c'], 3)).toEqual(['b', 'c']);
    expect(await asked(['a', 'b', 'c'], 1)).toEqual(['b']);
    expect(await asked([member('', 'a', { required: true }), 'b', 'c'], 3)).toEqual(['a', 'b']);
    expect(await asked([member('', 'a', { required: true }), 'b', 'c'], 2)).toEqual(['a']);
    expect(await asked([member('', 'a', { required: true, weight: 9 }), member('', 'b', { required: true })], 2)).toEqual(['a']);
  });

  it('is one alone, passed through, where no two fit with the critic', async () => {
    const { result, client } = await run(mixture(['a', 'b', 'c'], ['critic'], cap(2.5)));
    expect(client.requests.map(({ model }) => model)).toEqual(['a']);
    expect(result).toMatchObject({ status: 'degraded', answer: '1', answer_source: 'proposal:p1' });
    expect(result.warnings).toEqual([
      {
        code: 'panel_shrunk',
        message: 'left out b (up to $1), c (up to $1) to stay within the cap of $2.5: all together may cost $4, and $2.5 is left',
      },
    ]);
  });

  it('counts what the critic will have to read', async () => {
    const catalog = priced({ a: {}, b: {}, c: {}, critic: { input: 0.01 } });
    const fits = async (usd: number) => {
      const { result } = await run(mixture(['a', 'b', 'c'], ['critic'], cap(usd)), three, catalog);
      expect(result.warnings.filter(({ code }) => code === 'cost_cap')).toEqual([]);
      return result.calls.length - 1;
    };
    // Each of three proposals is worth 100 tokens and its fence; instructions and conversation come to less than ten.
    const enough = 3 * 1.4 + 10;
    expect(await fits(enough)).toBe(3);
    let usd = enough;
    while ((await fits(usd)) === 3) usd -= 0.1;
    expect(await fits(usd)).toBe(2);
    expect(await fits(usd - 1.3)).toBe(2);
    expect(await fits(usd - 1.5)).toBe(0);
  });

  it('leaves out a model of unknown price, and asks the others', async () => {
    const catalog = priced({ a: DEAR, b: DEAR, critic: DEAR });
    const { result } = await run(mixture(['a', 'b', 'c'], ['critic'], cap(9)), three, catalog);
    expect(result).toMatchObject({ status: 'degraded', answer: 'x' });
    expect(result.warnings[0]?.message).toBe("left out c: the price of c is not known, so the cap of $9 can't be held");
    expect(result.proposals[2]?.error?.message).toBe("the price of c is not known, so the cap of $9 can't be held");
  });

  it('asks it where unknown prices are allowed', async () => {
    const { result } = await run(mixture(['a', 'b', 'c'], ['critic'], { ...cap(9), allowUnknownPrice: true }), three, priced({}));
    expect(result).toMatchObject({ status: 'complete', answer: 'x', cost_usd: 0.04, warnings: [] });
  });
});

describe('a run that can not be paid', () => {
  it('is refused before anything is sent, with the numbers', async () => {
    const catalog = priced({ a: { output: 0.02 }, b: DEAR, critic: { output: 0.03 } });
    const { result, client } = await run(mixture(['a', 'b'], ['critic'], cap(0.5)), three, catalog);
    expect(client.requests).toEqual([]);
    expect(result).toMatchObject({
      status: 'failed',
      answer: null,
      cost_usd: 0,
      calls: [],
      error: {
        code: 'cost_cap',
        message: 'b alone, the cheapest of the mixture, may cost $1, more than the cap of $0.5',
        hint: 'raise max_cost (--max-cost), or lower expected_output, the tokens of answer that are set aside for each call',
      },
    });
    expect(result.proposals.map(({ status }) => status)).toEqual(['skipped', 'skipped']);
  });

  it('of one model says it of that', async () => {
    const { result } = await run(mixture([], ['a'], { strategy: 'single', ...cap(0.5) }));
    expect(result.error?.message).toBe('a may cost $1, more than the cap of $0.5');
  });

  it('for want of prices names the models', async () => {
    const { result } = await run(mixture(['a', 'b'], ['critic'], cap(5)), three, priced({}));
    expect(result.error).toMatchObject({
      code: 'cost_cap',
      message: "the price of a, b, critic is not known, so the cap of $5 can't be held",
    });
  });

  it('is refused by a budget of many runs as well', async () => {
    const budget = memoryBudget(0.5, 'the budget of $0.5 a day', 'wait until tomorrow');
    const { result } = await play(mixture(['a', 'b'], ['critic'], { expectedOutput: 100 }), three, {}, undefined, {
      catalog: all,
      budgets: [budget],
    });
    expect(result.error).toEqual({
      code: 'cost_cap',
      message: 'a alone, the cheapest of the mixture, may cost $1, but only $0.5 is left of the budget of $0.5 a day',
      hint: 'wait until tomorrow',
    });
  });

  it('under a cap of 0 asks free models, and no others', async () => {
    const free = priced({ a: {}, b: {}, c: DEAR, critic: {} });
    const zero = (text: string): Step[] => [open, { type: 'text', text }, STOP];
    const scripts = { a: zero('1'), b: zero('2'), critic: zero('x') };
    const { result } = await run(mixture(['a', 'b', 'c'], ['critic'], cap(0)), scripts, free);
    expect(result).toMatchObject({ status: 'degraded', answer: 'x', cost_usd: 0, cost_source: 'estimated' });
    expect(result.proposals[2]?.error?.message).toBe('c costs money, and the cap of $0 lets only free models run');
    const none = await run(mixture(['c'], [], cap(0)), scripts, free);
    expect(none.result.error).toMatchObject({ code: 'cost_cap', message: 'c costs money, and the cap of $0 lets only free models run' });
  });
});

describe('a critic that is too dear', () => {
  it('gives way to a cheaper one', async () => {
    const catalog = priced({ a: DEAR, b: DEAR, rich: { output: 1 }, critic: DEAR });
    const dear = { ...three, a: answers('1', 0, 1), b: answers('2', 0, 1) };
    const { result, client } = await run(mixture(['a', 'b'], ['rich', 'critic'], { ...cap(3.5), allowUnknownPrice: true }), dear, catalog);
    // A panel of one is preferred to one without its first critic.
    expect(client.requests.map(({ model }) => model)).toEqual(['a']);
    expect(result.status).toBe('degraded');
  });

  it('lets the best proposal out where the money was gone sooner than thought', async () => {
    const scripts = { ...three, a: answers('1', 0, 1.5), b: answers('2', 0, 1.5) };
    const { result, client } = await run(mixture(['a', 'b'], ['critic'], cap(3.5)), scripts);
    expect(client.requests.map(({ model }) => model)).toEqual(['a', 'b']);
    expect(result).toMatchObject({ status: 'degraded', answer: '1', cost_usd: 3 });
    expect(result.warnings).toEqual([
      {
        code: 'cost_cap',
        message: 'the cap of $3.5 is reached: $3 spent, and critic may cost $1 more; the best proposal goes out instead of a merged answer',
      },
    ]);
    expect(result.critic).toBeNull();
  });
});

describe('an answer longer than expected', () => {
  const single = (usd: number) => mixture([], ['a'], { strategy: 'single', ...cap(usd) });

  it('goes on as long as there is money', async () => {
    const { result } = await run(single(3), { a: [open, ...words(250), STOP] });
    expect(result).toMatchObject({ status: 'complete', cost_source: 'estimated' });
    expect(result.cost_usd).toBeCloseTo(2.5, 10);
  });

  it('is stopped within a few tokens of the cap, with what was shown', async () => {
    const { result, events } = await run(single(1.5), { a: [open, ...words(1_000), STOP] }, all, { stream: true });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'cost_cap' }, cost_source: 'estimated' });
    expect(result.error?.message).toBe('the answer is cut off: the cap of $1.5 is reached: a was stopped before its answer was whole');
    expect(result.answer).toBe(shown(events));
    expect(result.cost_usd).toBeGreaterThan(1.5 - 21 * 0.01);
    expect(result.cost_usd).toBeLessThanOrEqual(1.5 + 0.01);
  });

  it('counts reasoning, too', async () => {
    const reasoning = Array.from({ length: 1_000 }, (): Step => ({ type: 'reasoning', text: ' word' }));
    const { result } = await run(single(1.5), { a: [open, ...reasoning, STOP] });
    expect(result).toMatchObject({ status: 'failed', answer: null, error: { code: 'cost_cap' } });
    expect(result.cost_usd).toBeLessThanOrEqual(1.5 + 0.01);
  });

  it('of a critic lets the next one try, and the best proposal out at last', async () => {
    const scripts = { ...three, critic: [open, ...words(1_000), STOP] };
    const { result } = await run(mixture(['a', 'b'], ['critic'], cap(4)), scripts, priced({ a: DEAR, b: DEAR, critic: { output: 0.01 } }));
    expect(result).toMatchObject({ status: 'degraded', answer: '1', critic: { status: 'failed', error: { code: 'cost_cap' } } });
    expect(result.cost_usd).toBeLessThanOrEqual(4.01);
  });

  it('stops a retry that would not be paid', async () => {
    const error = { code: 'stream_broken' as const, message: 'broke', hint: null, status: null };
    const steps: Step[] = [open, ...words(3), { type: 'restart', attempt: 1, error, delayMs: 1 }, ...answers('42')];
    const { result } = await run(single(1.5), { a: steps });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'cost_cap' }, cost_usd: 1 });
    expect((await run(single(2), { a: steps })).result).toMatchObject({ status: 'complete', cost_usd: 1.01, cost_source: 'estimated' });
  });
});

describe('one budget of many runs', () => {
  it('holds with 100 at once: each may overspend by the token in which it is stopped', async () => {
    const limit = 60;
    const budget = memoryBudget(limit, 'the budget', '');
    const single = mixture([], ['a'], { strategy: 'single', expectedOutput: 50 });
    const runs = await Promise.all(
      Array.from({ length: 100 }, () =>
        play(single, { a: [open, ...slowly(150), STOP] }, {}, undefined, { catalog: all, budgets: [budget] }),
      ),
    );
    const total = runs.reduce((sum, { result }) => sum + (result.cost_usd ?? Number.NaN), 0);
    expect(total).toBeLessThanOrEqual(limit + 100 * 0.01);
    // It is used, not guarded: nearly all is spent, and most runs got to write more than was set aside for them.
    expect(total).toBeGreaterThan(limit * 0.9);
    expect(runs.filter(({ result }) => result.error?.code === 'cost_cap').length).toBeGreaterThan(50);
    expect(budget.left()).toBeCloseTo(Math.max(0, limit - total), 8);
  });

  it('has nothing set aside after any end of a run', async () => {
    const ends: Record<string, readonly Step[]> = {
      answered: answers('42', 0, 0.5),
      refused: refuses('rate_limited', 429),
      broken: [open, { fail: new MomError('stream_broken', 'broke') }],
      unasked: [{ fail: new MomError('key_missing', 'no key') }],
      endless: [open, ...words(5_000)],
      deadline: [open, { hang: true }],
      cancelled: [{ type: 'open', generationId: 'gen-1' }, { hang: true }],
    };
    for (const [name, steps] of Object.entries(ends)) {
      const budget = memoryBudget(10, 'the budget', '');
      const controller = new AbortController();
      const single = mixture([], ['a'], { strategy: 'single', expectedOutput: 100, runTimeout: 1_000 });
      const { result } = await play(
        single,
        { a: steps },
        { signal: controller.signal },
        ({ type }) => {
          if (type === 'call.start' && name === 'cancelled') controller.abort();
        },
        { catalog: all, budgets: [budget] },
      );
      expect(budget.left(), name).toBeCloseTo(Math.max(0, 10 - (result.cost_usd ?? Number.NaN)), 8);
    }
  });

  it('books the bill of a cut call in place of its estimate', async () => {
    const budget = memoryBudget(10, 'the budget', '');
    const steps: Step[] = [{ type: 'open', generationId: 'gen-1' }, { fail: new MomError('stream_broken', 'broke') }];
    const single = mixture([], ['a'], { strategy: 'single', expectedOutput: 100 });
    const { result } = await play(single, { a: steps }, {}, undefined, { catalog: all, budgets: [budget] }, (client) => {
      const usage = { input_tokens: 1, output_tokens: 1, reasoning_tokens: 0, cached_input_tokens: 0 };
      client.bill = { usage, cost: { usd: 0.25, source: 'reported' } };
    });
    expect(result.cost_usd).toBe(0.25);
    expect(budget.left()).toBeCloseTo(9.75, 10);
  });
});
