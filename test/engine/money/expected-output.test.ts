import { expect, it } from 'vitest';
import type { Budget } from '../../../src/core/budget.js';
import type { Mixture } from '../../../src/core/mixture.js';
import type { RunRequest } from '../../../src/core/run.js';
import { createEngine } from '../../../src/engine/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { member, mixture } from '../../support/mixture.js';
import { priced } from '../../support/priced.js';
import { answers, ScriptedClient } from '../../support/scripted-client.js';

/** A dollar a token of output and nothing else: what is set aside for a call is what it is expected to write. */
const DOLLAR = { output: 1 };
/** Fits every stage. */
const REPLY = 'VERDICT: A1\nQUESTION: What is 1 + 1?\nQUESTION: What is 2 + 2?\nROUTE: medium other\nUNCHANGED';

const select = mixture(['a', 'b'], ['critic'], { strategy: 'select', verify: { questions: 2, verifier: null, show: 'repaired' } });
const auto = mixture(['a', 'b'], ['critic'], {
  strategy: 'auto',
  auto: { classifier: member('r1', 'tiny', { params: { max_tokens: 5 } }), routes: {} },
});

it.each<[string, Mixture, Record<string, number>]>([
  ['a judge and checks', select, { p1: 4_000, p2: 4_000, c1: 500, v0: 500, v1: 500, v2: 500, 'c1.v': 4_000 }],
  [
    'checks under a small expected_output',
    { ...select, expectedOutput: 300 },
    { p1: 300, p2: 300, c1: 300, v0: 300, v1: 300, v2: 300, 'c1.v': 300 },
  ],
  ['a classifier', auto, { r1: 500, p1: 4_000, p2: 4_000, c1: 4_000 }],
])('the quote and the purse expect the same output of %s', async (_what, mix, expected) => {
  const reserved: number[] = [];
  const budget: Budget = {
    name: 'the budget',
    hint: '',
    left: () => Number.POSITIVE_INFINITY,
    reserve(usd) {
      reserved.push(usd);
      return { grow: () => true, settle: () => {} };
    },
  };
  const clock = new FakeClock();
  const replies = ['a', 'b', 'critic', 'tiny'].map((model) => [model, answers(model === 'b' ? `B ${REPLY}` : REPLY)] as const);
  const client = new ScriptedClient(clock, Object.fromEntries(replies));
  const catalog = priced({ a: DOLLAR, b: DOLLAR, critic: DOLLAR, tiny: DOLLAR });
  const engine = createEngine({ client, clock, catalog, budgets: [budget], newId: () => 'run-1', drawNonce: () => 'n0nce' });
  const request: RunRequest = {
    messages: [{ role: 'user', content: 'Should I move from a small town to a large city?' }],
    mixture: mix,
    stream: false,
    seed: 1,
  };
  const quote = await engine.quote(await engine.plan(request), request);
  const result = await clock.play(engine.run(request));
  expect(Object.fromEntries(quote.calls.map(({ id, output_tokens }) => [id, output_tokens.high]))).toEqual(expected);
  expect(result.calls.map(({ id }) => id).sort()).toEqual(Object.keys(expected).sort());
  const inOrder = (values: number[]) => values.toSorted((a, b) => a - b);
  expect(inOrder(reserved)).toEqual(inOrder(Object.values(expected)));
});
