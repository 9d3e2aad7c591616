import { describe, expect, it } from 'vitest';
import { Stopwatch } from '../../../src/engine/format/stopwatch.js';

/** Lets time pass without any work. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('work with a limit of time', () => {
  it('is done, or throws, as it is', () => {
    const stopwatch = new Stopwatch();
    expect(stopwatch.run(1_000, () => 'done')).toEqual({ done: true, value: 'done' });
    expect(() =>
      stopwatch.run(1_000, () => {
        throw new TypeError('no');
      }),
    ).toThrow(new TypeError('no'));
  });

  it('is stopped when it goes on for ever', () => {
    expect(
      new Stopwatch().run(20, () => {
        for (;;);
      }),
    ).toEqual({ done: false });
  });

  it('is begun again where it was kept from working, but not for ever', () => {
    let begun = 0;
    const slowAtFirst = () => {
      begun += 1;
      if (begun === 1) sleep(60_000);
      return begun;
    };
    expect(new Stopwatch().run(100, slowAtFirst)).toEqual({ done: true, value: 2 });
    begun = 0;
    const neverThere = () => {
      begun += 1;
      sleep(60_000);
    };
    expect(new Stopwatch().run(100, neverThere)).toEqual({ done: false });
    expect(begun).toBe(5);
  });
});
