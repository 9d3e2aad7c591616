import { describe, expect, it } from 'vitest';
import { memoryBudget, type Reservation } from '../../../src/core/budget.js';
import type { Prices } from '../../../src/core/catalog.js';
import { MomError } from '../../../src/core/error.js';
import { dollars, Purse } from '../../../src/engine/money/purse.js';
import { Tab } from '../../../src/engine/money/tab.js';
import type { Tariff } from '../../../src/engine/money/tariff.js';
import { mixture } from '../../support/mixture.js';

describe('memoryBudget', () => {
  const budget = () => memoryBudget(1, 'the test budget', 'wait');

  it('counts what is reserved as spent until it is settled', () => {
    const money = budget();
    const reservation = money.reserve(0.75) as Reservation;
    expect(money.left()).toBe(0.25);
    expect(money.reserve(0.5)).toBeNull();
    reservation.settle(0.25);
    expect(money.left()).toBe(0.75);
  });

  it('books more than was reserved, and never has less than nothing left', () => {
    const money = budget();
    money.reserve(0.5)?.settle(1.5);
    expect(money.left()).toBe(0);
    expect(money.reserve(0.01)).toBeNull();
    expect(money.reserve(0)).not.toBeNull();
  });

  it('grows a reservation as long as something is left', () => {
    const money = budget();
    const reservation = money.reserve(0.5) as Reservation;
    expect(reservation.grow(0.5)).toBe(true);
    expect(reservation.grow(0.01)).toBe(false);
    reservation.settle(0);
    expect(money.left()).toBe(1);
  });

  it('settles once', () => {
    const money = budget();
    const reservation = money.reserve(0.5) as Reservation;
    reservation.settle(0.25);
    reservation.settle(0.25);
    expect(reservation.grow(0.1)).toBe(false);
    expect(money.left()).toBe(0.75);
  });

  it('gathers no dust of floating point', () => {
    const money = memoryBudget(0.3, 'x', 'y');
    for (let i = 0; i < 3; i++) money.reserve(0.1)?.settle(0.1);
    expect(money.left()).toBeCloseTo(0, 10);
    const again = memoryBudget(0.3, 'x', 'y');
    const reservations = [0.1, 0.1, 0.1].map((usd) => again.reserve(usd));
    expect(reservations.every((each) => each !== null)).toBe(true);
    for (const each of reservations) each?.settle(0);
    expect(again.left()).toBe(0.3);
  });
});

const PRICES: Prices = { input: 0.001, output: 0.01, cachedInput: null, reasoning: null, request: 0, image: 0 };
/** Worth 0.10 for its input and 0.50 for its output. */
const call = (prices: Prices | null = PRICES): Tariff => ({ model: 'm', prices, inputTokens: 100, images: 0, outputTokens: 50 });
const capped = (usd: number, setByUser = true, allowUnknownPrice = false) =>
  mixture(['m'], [], { maxCost: { usd, setByUser }, allowUnknownPrice });
const purse = (usd: number, spent = 0) => new Purse([], () => spent).under(capped(usd));

describe('Purse', () => {
  it('sets the worst case aside, and gives back what was not needed', () => {
    const money = purse(1);
    const tab = money.open(call()) as Tab;
    expect(tab).toBeInstanceOf(Tab);
    expect(money.left()).toBeCloseTo(0.4, 10);
    tab.settle(0.2);
    expect(money.left()).toBeCloseTo(0.8, 10);
  });

  it('takes requests, images and the dearer of text and reasoning into the worst case', () => {
    const money = purse(10);
    money.open({ ...call({ ...PRICES, reasoning: 0.02, request: 1, image: 0.5 }), images: 2 });
    expect(money.left()).toBeCloseTo(10 - 0.1 - 50 * 0.02 - 1 - 1, 10);
  });

  it('refuses what is not there, with the numbers', () => {
    const money = purse(0.5);
    expect(money.open(call())).toMatchObject({
      code: 'cost_cap',
      message: 'm may cost $0.6, more than the cap of $0.5',
      hint: 'raise max_cost (--max-cost), or lower expected_output, the tokens of answer that are set aside for each call',
    });
    expect(purse(0.5, 0.4).open(call())).toMatchObject({
      message: 'the cap of $0.5 is reached: $0.4 spent, and m may cost $0.6 more',
    });
  });

  it('reserves in all budgets or in none', () => {
    const [rich, poor] = [memoryBudget(5, 'the rich one', ''), memoryBudget(0.3, 'the poor one', 'earn')];
    const money = new Purse([rich, poor], () => 0).under(capped(5));
    expect(money.open(call())).toMatchObject({ message: 'm may cost $0.6, but only $0.3 is left of the poor one', hint: 'earn' });
    expect([rich.left(), poor.left(), money.left()]).toEqual([5, 0.3, 0.3]);
  });

  it('has no limit without cap and budgets', () => {
    const money = new Purse([], () => 0).under(mixture(['m'], []));
    expect(money.limited).toBe(false);
    const tab = money.open(call(null)) as Tab;
    expect(tab.cover(1e9, 1e9)).toBeNull();
  });

  it('keeps the lower cap when the run goes on with another mixture', () => {
    const money = new Purse([], () => 0.25).under(capped(1));
    expect(money.under(capped(2)).cap?.usd).toBe(1);
    expect(money.under(mixture(['m'], [])).cap?.usd).toBe(1);
    expect(money.under(capped(0.5)).cap?.usd).toBe(0.5);
    expect(money.left()).toBe(0.25);
  });

  it('lets unknown prices pass under the built-in cap, or where that is allowed', () => {
    const unknown = {
      message: "the price of m is not known, so the cap of $1 can't be held",
      hint: 'give the price under pricing: in the config, or set allow_unknown_price (--set allow_unknown_price=true)',
    };
    expect(purse(1).open(call(null))).toMatchObject(unknown);
    expect(new Purse([], () => 0).under(capped(1, false)).open(call(null))).toBeInstanceOf(Tab);
    expect(new Purse([], () => 0).under(capped(1, true, true)).open(call(null))).toBeInstanceOf(Tab);
    const shared = new Purse([memoryBudget(5, 'the budget of $5 a day', '')], () => 0).under(capped(1, false));
    expect(shared.open(call(null))).toMatchObject({ message: "the price of m is not known, so the budget of $5 a day can't be held" });
  });

  it('makes no call of unknown price once everything is spent', () => {
    expect(new Purse([], () => 1.5).under(capped(1, false)).open(call(null))).toMatchObject({
      message: 'the cap of $1 is reached: $1.5 spent',
    });
  });

  it('lets only free models run under a cap of 0', () => {
    const free = { input: 0, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 };
    expect(purse(0).open(call(free))).toBeInstanceOf(Tab);
    for (const price of [{ input: 1e-9 }, { output: 1e-9 }, { reasoning: 1e-9 }, { request: 1e-9 }, { image: 1e-9 }])
      expect(purse(0).open(call({ ...free, ...price }))).toMatchObject({
        message: 'm costs money, and the cap of $0 lets only free models run',
        hint: 'raise max_cost (--max-cost), name free models, or give their price under pricing: in the config',
      });
    expect(new Purse([], () => 0).under(capped(0, true, true)).open(call(null))).toMatchObject({
      message: 'the price of m is not known, and the cap of $0 lets only free models run',
    });
  });

  it('remembers a refusal until another call can be made', () => {
    const money = purse(0.7);
    const tab = money.open(call()) as Tab;
    money.open(call());
    expect(money.refusal?.code).toBe('cost_cap');
    tab.settle(0);
    money.open(call());
    expect(money.refusal).toBeNull();
  });
});

describe('Tab', () => {
  it('sets more aside in steps of 20 tokens once the output is longer than expected', () => {
    const money = purse(1);
    const tab = money.open(call()) as Tab;
    expect(tab.cover(50, 0)).toBeNull();
    expect(money.left()).toBeCloseTo(0.4, 10);
    expect(tab.cover(51, 0)).toBeNull();
    expect(money.left()).toBeCloseTo(0.4 - 0.21, 10);
    expect(tab.cover(71, 0)).toBeNull();
    expect(money.left()).toBeCloseTo(0.19, 10);
    expect(tab.cover(72, 0)).toMatchObject({
      code: 'cost_cap',
      message: 'the cap of $1 is reached: m was stopped before its answer was whole',
    });
  });

  it('sets an attempt aside again after one that failed and has its price', () => {
    const money = purse(1.25);
    const tab = money.open(call()) as Tab;
    expect(tab.cover(0, 0.6)).toBeNull();
    expect(money.left()).toBeCloseTo(0.05, 10);
    expect(tab.cover(0, 1.2)).toBeInstanceOf(MomError);
    tab.settle(1.2);
    expect(money.left()).toBeCloseTo(0.05, 10);
  });

  it('counts all that was set aside as spent where the cost is not known', () => {
    const shared = memoryBudget(2, 'the shared one', '');
    const money = new Purse([shared], () => 0).under(capped(1));
    (money.open(call()) as Tab).settle(null);
    expect(money.left()).toBeCloseTo(0.4, 10);
    expect(shared.left()).toBeCloseTo(1.4, 10);
  });

  it('counts what it grew by as well', () => {
    const money = purse(1);
    const tab = money.open(call()) as Tab;
    tab.cover(51, 0.1);
    tab.settle(null);
    expect(money.left()).toBeCloseTo(1 - 0.6 - 0.21 - 0.1, 10);
  });

  it('counts nothing for a call of unknown price, for which nothing was set aside', () => {
    const money = new Purse([], () => 0).under(capped(1, false));
    (money.open(call(null)) as Tab).settle(null);
    expect(money.left()).toBe(1);
  });
});

describe('dollars', () => {
  it.each([
    [0, '$0'],
    [0.5, '$0.5'],
    [1.23456, '$1.23'],
    [12345.678, '$12345.68'],
    [0.98765, '$0.988'],
    [0.000012345, '$0.0000123'],
    [1.5e-7, '$0.00000015'],
  ])('%f', (usd, shown) => {
    expect(dollars(usd)).toBe(shown);
  });
});
