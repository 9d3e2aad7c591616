import { describe, expect, it } from 'vitest';
import { Answers } from '../../../../src/app/eval/asking/answers.js';
import { EvalCap } from '../../../../src/app/eval/money/cap.js';
import { Slots } from '../../../../src/app/eval/pace/slots.js';
import { Stop } from '../../../../src/app/eval/pace/stop.js';
import { MomError } from '../../../../src/core/error.js';
import type { EvalAnswer } from '../../../../src/core/eval/records.js';
import { createEngine } from '../../../../src/engine/index.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { mixture } from '../../../support/mixture.js';
import { ScriptedClient, answers as says } from '../../../support/scripted-client.js';

function setUp(keepAnswer: (key: string, answer: EvalAnswer) => void = () => {}) {
  const clock = new FakeClock();
  const client = new ScriptedClient(clock, { one: says('an answer') });
  const engine = createEngine({ client, clock });
  const kept = new Map<string, EvalAnswer>();
  const store = {
    answer: (key: string) => kept.get(key) ?? null,
    keepAnswer(key: string, answer: EvalAnswer) {
      keepAnswer(key, answer);
      kept.set(key, answer);
    },
  };
  const stop = new Stop(new AbortController().signal);
  const world = { engine, newId: engine.newId, recordersOf: () => [], realmOf: () => 'here', seed: 1, notBefore: null, onAsked: () => {} };
  const answers = new Answers({ ...world, store, stop, slots: new Slots(2), cap: new EvalCap(null, []) });
  const single = mixture([], ['one'], { strategy: 'single', single: mixture(['one'], []).proposers[0] ?? null });
  const contestant = (name: string) => ({ name, role: 'model' as const, mixture: single, samples: null, matches: [] });
  const placed = (index: number, question: string) => {
    const prompt = { id: String(index), messages: [], reference: null, kind: 'other' as const, answer_file: null };
    return { index, question, prompt: { ...prompt, messages: [{ role: 'user' as const, content: question }] } };
  };
  return { answers, client, stop, contestant, placed };
}

describe('answers', () => {
  it('are asked for once, whatever the contestant is called, also at the same time', async () => {
    const { answers, client, contestant, placed } = setUp();
    const both = await Promise.all([answers.get(contestant('a'), placed(0, 'x')), answers.get(contestant('b'), placed(1, 'x'))]);
    expect(both.map(({ text }) => text)).toEqual(['an answer', 'an answer']);
    await answers.get(contestant('c'), placed(2, 'x'));
    expect(client.requests).toHaveLength(1);
    await answers.get(contestant('c'), placed(3, 'y'));
    expect(client.requests).toHaveLength(2);
  });

  it('that were paid count where the store can not keep them, and are the last ones', async () => {
    const full = new MomError('store_failed', 'the disk is full');
    const { answers, client, stop, contestant, placed } = setUp(() => {
      throw full;
    });
    expect(await answers.get(contestant('a'), placed(0, 'x'))).toMatchObject({ status: 'answered', text: 'an answer' });
    expect(stop.reason).toBe(full);
    await expect(answers.get(contestant('a'), placed(1, 'y'))).rejects.toBe(full);
    expect(client.requests).toHaveLength(1);
  });
});
