import { describe, expect, it } from 'vitest';
import { Wait } from '../../../src/engine/panel/quorum.js';

const members = ['a', 'b', 'c'].map((id) => ({ id, required: false }));

describe('the wait', () => {
  it('starts the grace once, at the quorum', () => {
    const wait = new Wait({ members, quorum: 1, grace: 2_000 });
    expect(wait.settled('a', true, 100)).toEqual({ do: 'grace', graceMs: 2_000, waitingFor: ['b', 'c'] });
    expect(wait.settled('b', true, 200)).toEqual({ do: 'wait' });
    expect(wait.settled('c', true, 300)).toEqual({ do: 'done' });
  });

  it('a failed proposer counts for nothing but is not waited for', () => {
    const wait = new Wait({ members, quorum: 2, grace: 'auto' });
    expect(wait.settled('a', false, 100)).toEqual({ do: 'wait' });
    expect(wait.settled('b', true, 100)).toEqual({ do: 'wait' });
    expect(wait.settled('c', false, 100)).toEqual({ do: 'done' });
  });

  it('of all but one starts when one is left and another has answered', () => {
    const wait = new Wait({ members, quorum: 'all but one', grace: 'auto' });
    expect(wait.settled('a', true, 20_000)).toEqual({ do: 'wait' });
    expect(wait.settled('b', false, 40_000)).toEqual({ do: 'grace', graceMs: 20_000, waitingFor: ['c'] });
    expect(wait.graceOver()).toEqual({ do: 'cut', ids: ['c'], done: true });
    const failing = new Wait({ members, quorum: 'all but one', grace: 'auto' });
    failing.settled('a', false, 1);
    expect(failing.settled('b', false, 1)).toEqual({ do: 'wait' });
  });

  it('cuts who is late and goes on waiting for a required one', () => {
    const wait = new Wait({ members: [...members, { id: 'must', required: true }], quorum: 1, grace: 0 });
    wait.settled('a', true, 100);
    expect(wait.graceOver()).toEqual({ do: 'cut', ids: ['b', 'c'], done: false });
    expect(wait.settled('must', true, 900)).toEqual({ do: 'done' });
  });
});
