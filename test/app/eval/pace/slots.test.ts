import { describe, expect, it } from 'vitest';
import { Slots } from '../../../../src/app/eval/pace/slots.js';

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('let so many work at once, the lowest rank first and then by turn', async () => {
    const slots = new Slots(1);
    const { open, opened } = gate();
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(name);
    };
    const first = slots.run(5, () => opened);
    const others = [slots.run(7, work('7')), slots.run(6, work('6')), slots.run(6, work('6 again')), slots.run(1, work('1'))];
    await settle();
    expect(order).toEqual([]);
    open();
    await Promise.all([first, ...others]);
    expect(order).toEqual(['1', '6', '6 again', '7']);
  });

  it('are hungry when a place is free and nobody waits', async () => {
    const slots = new Slots(2);
    const gates = [gate(), gate(), gate()];
    const runs = gates.map(({ opened }, rank) => slots.run(rank, () => opened));
    let hungry = false;
    void slots.hungry().then(() => {
      hungry = true;
    });
    gates[0]?.open();
    await settle();
    expect(hungry).toBe(false);
    gates[1]?.open();
    await settle();
    expect(hungry).toBe(true);
    gates[2]?.open();
    await Promise.all(runs);
    await slots.hungry();
  });

  it('are given back when work fails', async () => {
    const slots = new Slots(1);
    await expect(slots.run(0, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await slots.run(0, async () => 'next')).toBe('next');
  });
});
