import { describe, expect, it } from 'vitest';
import { EvalCap } from '../../../../src/app/eval/money/cap.js';
import { memoryBudget } from '../../../../src/core/budget.js';
import type { RunResult } from '../../../../src/core/run.js';
import { mixture } from '../../../support/mixture.js';

const worst = (usd: number) => ({ usd: { low: 0, high: usd } });
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A run that sets aside `usd` until it is ended, and then costs `cost`. */
function paidRun(cap: EvalCap, usd: number, cost: number) {
  let end = () => {};
  const work = () =>
    new Promise<void>((resolve) => {
      const reservation = cap.budget.reserve(usd);
      end = () => {
        reservation?.settle(cost);
        resolve();
      };
    });
  return { work, end: () => end() };
}

describe('the cap of an evaluation', () => {
  it('lets a run wait until it fits beside those under way', async () => {
    const cap = new EvalCap(10, []);
    const run = paidRun(cap, 6, 1);
    const first = cap.spend(worst(6), run.work);
    let began = false;
    const second = cap.spend(worst(5), async () => {
      began = true;
    });
    await settle();
    expect(began).toBe(false);
    run.end();
    await Promise.all([first, second]);
    expect(began).toBe(true);
    expect(cap.budget.left()).toBe(9);
  });

  it('counts what a run under way has set aside only once', async () => {
    const cap = new EvalCap(10, []);
    const run = paidRun(cap, 5, 5);
    const first = cap.spend(worst(5), run.work);
    expect(await cap.spend(worst(5), async () => 'fits')).toBe('fits');
    run.end();
    await first;
  });

  it('waits for what judges have set aside', async () => {
    const cap = new EvalCap(10, []);
    const look = cap.budget.reserve(6);
    const run = cap.spend(worst(5), async () => 'fits');
    await settle();
    look?.settle(0.1);
    expect(await run).toBe('fits');
  });

  it('ends also after many sums that are not exact', async () => {
    const cap = new EvalCap(1, []);
    const looks = Array.from({ length: 9 }, () => cap.budget.reserve(0.1));
    for (const look of looks) look?.settle(0.1);
    await expect(cap.spend(worst(0.5), async () => 'never')).rejects.toMatchObject({ code: 'cost_cap' });
  });

  it('ends where nothing is under way that could make room', async () => {
    const cap = new EvalCap(2, []);
    cap.budget.reserve(1.5)?.settle(1.5);
    await expect(cap.spend(worst(0.6), async () => 'never')).rejects.toMatchObject({
      code: 'cost_cap',
      message: "the evaluation's cap of $2 is reached: the next run may cost $0.6, and $0.5 is left",
    });
  });

  it('holds what the configuration gives to all commands too', async () => {
    const day = memoryBudget(1, 'the budget of $1 a day', 'raise budget.day');
    const cap = new EvalCap(null, [day]);
    await expect(cap.spend(worst(1.5), async () => 'never')).rejects.toMatchObject({
      message: 'the budget of $1 a day is reached: the next run may cost $1.5, and $1 is left',
      hint: 'raise budget.day',
    });
  });

  it('lets unknown prices pass where nobody has set a cap or a budget', () => {
    const plain = mixture(['one'], []);
    const day = memoryBudget(1, 'the budget of $1 a day', '');
    expect(new EvalCap(null, []).lets(plain).allowUnknownPrice).toBe(true);
    expect(new EvalCap(3, []).lets(plain).allowUnknownPrice).toBe(false);
    expect(new EvalCap(null, [day]).lets(plain).allowUnknownPrice).toBe(false);
    const capped = mixture(['one'], [], { maxCost: { usd: 1, setByUser: true } });
    expect(new EvalCap(null, []).lets(capped).allowUnknownPrice).toBe(false);
    expect(new EvalCap(3, []).lets({ ...plain, allowUnknownPrice: true }).allowUnknownPrice).toBe(true);
  });

  it('tells a run that was cut by it from one that its own cap has cut', () => {
    const cap = new EvalCap(10, []);
    const run = (message: string) => ({ warnings: [{ code: 'panel_shrunk', message }], error: null }) as unknown as RunResult;
    expect(cap.hindered(run("left out a to stay within the evaluation's cap of $10: too dear"))?.message).toBe(
      "the evaluation's cap of $10 is reached",
    );
    expect(cap.hindered(run('left out a to stay within the cap of $10: too dear'))).toBeNull();
  });
});
