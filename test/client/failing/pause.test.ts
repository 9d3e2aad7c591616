import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { pause } from '../../../src/client/failing/pause.js';
import { FakeClock } from '../../support/fake-clock.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

it('lasts as long as it should, and listens no longer', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const waiting = pause(100, clock, signal);
  expect(listeners(signal)).toBe(1);
  await clock.play(waiting);
  expect([clock.now(), listeners(signal)]).toEqual([100, 0]);
});

it.each(['before', 'meanwhile'])('ends with an abort that came %s', async (when) => {
  const clock = new FakeClock();
  const controller = new AbortController();
  if (when === 'before') controller.abort();
  const waiting = pause(100, clock, controller.signal);
  controller.abort();
  await waiting;
  expect(clock.now()).toBe(0);
  expect(listeners(controller.signal)).toBe(0);
});
