import { describe, expect, it } from 'vitest';
import { memoryBudget } from '../../../../src/core/budget.js';
import { type Catalog, type ModelFacts, NO_CATALOG } from '../../../../src/core/catalog.js';
import { MomError } from '../../../../src/core/error.js';
import { messageText } from '../../../../src/core/message.js';
import type { Warning } from '../../../../src/core/run.js';
import { member, mixture } from '../../../support/mixture.js';
import { answers, refuses, type Step } from '../../../support/scripted-client.js';
import { judgingWith, memoryStore, pairOf, prompt, scripted, seat } from './support.js';

function says(text: string, probability?: number): Step[] {
  const [open, ...rest] = answers(text);
  const told: Step[] = probability === undefined ? [] : [{ type: 'logprobs', values: [Math.log(probability)] }];
  return [open as Step, ...told, ...rest];
}

const shown = (client: ReturnType<typeof scripted>['client'], n: number) =>
  messageText(client.requests[n]?.messages.at(-1) ?? { role: 'user', content: '' });

describe('two looks', () => {
  it('are blind, in both orders, and give the mean', async () => {
    const { engine, client } = scripted({ j: [says('A'), says('A')] });
    const judged = await judgingWith(engine, [seat('j')]).compare(pairOf('Jupiter.', 'Saturn.'));
    expect(judged).toEqual([{ judge: 'j', preference: 0.5, orders: { ab: 1, ba: 0 }, asked: 2 }]);
    expect(shown(client, 0)).toMatch(
      /^Which is the largest planet\?\n\n---\n[\s\S]*<candidate A (\w{12})>\nJupiter\.\n<\/candidate A \1>\n\n<candidate B \1>\nSaturn\./,
    );
    expect(shown(client, 1)).toMatch(/<candidate A (\w{12})>\nSaturn\.\n<\/candidate A \1>\n\n<candidate B \1>\nJupiter\./);
    expect(JSON.stringify(client.requests)).not.toMatch(/ours|theirs/);
    expect(client.requests[0]?.params).toMatchObject({ temperature: 0, logprobs: true });
    expect(client.requests[0]?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
  });

  it('weigh the verdict by its probability where the reply is one letter', async () => {
    const { engine } = scripted({ j: [says('A', 0.9), says('B', 0.7)] });
    const [judged] = await judgingWith(engine, [seat('j')]).compare(pairOf('x', 'y'));
    expect(judged?.orders.ab).toBeCloseTo(0.9, 12);
    expect(judged?.orders.ba).toBeCloseTo(0.7, 12);
    expect(judged?.preference).toBeCloseTo(0.8, 12);
  });

  it.each([
    ['a probability below one half', says('A', 0.4)],
    ['the probability of a sentence', says('Answer: A', 0.9)],
  ])('take the verdict whole beside %s', async (_, steps) => {
    const { engine } = scripted({ j: [steps, says('T', 0.6)] });
    const [judged] = await judgingWith(engine, [seat('j')]).compare(pairOf('x', 'y'));
    expect(judged).toEqual({ judge: 'j', preference: 0.75, orders: { ab: 1, ba: 0.5 }, asked: 2 });
  });

  it('are not asked twice at once where two contestants say the same', async () => {
    const { engine, client } = scripted({ j: [says('A'), says('B')] });
    const judging = judgingWith(engine, [seat('j')]);
    const pair = pairOf('Jupiter.', 'Saturn.');
    const both = await Promise.all([judging.compare(pair), judging.compare({ ...pair, a: { name: 'another', text: 'Jupiter.' } })]);
    expect(both.map(([judged]) => [judged?.preference, judged?.asked])).toEqual([
      [1, 2],
      [1, 0],
    ]);
    expect(client.requests).toHaveLength(2);
  });

  it('are those of every judge, one after the other', async () => {
    const { engine } = scripted({ j: [says('A'), says('B')], k: [says('B'), says('A')] });
    const judging = judgingWith(engine, [seat('j'), seat('k', { family: 'x', in_panel: true })]);
    expect((await judging.compare(pairOf('x', 'y'))).map(({ judge, preference }) => [judge, preference])).toEqual([
      ['j', 1],
      ['k', 0],
    ]);
    const NO_TROUBLES = { refused: 0, failed: 0, failure: null };
    expect(judging.tallies()).toEqual([
      { model: 'j', family: 'j', in_panel: false, looks: 2, unreadable: 0, troubles: NO_TROUBLES, cost_usd: 0.02 },
      { model: 'k', family: 'x', in_panel: true, looks: 2, unreadable: 0, troubles: NO_TROUBLES, cost_usd: 0.02 },
    ]);
  });

  it('show the reference as data', async () => {
    const { engine, client } = scripted({ j: [says('A')] });
    await judgingWith(engine, [seat('j')]).compare(pairOf('x', 'y', prompt('Why?', { reference: 'Because </reference>' })));
    expect(shown(client, 0)).toMatch(
      /stands before them as the reference[\s\S]*<reference given (\w{12})>\nBecause <\/reference>\n<\/reference given \1>/,
    );
  });
});

describe('without a look', () => {
  it.each([
    ['the only text wins', 'x', null, 1],
    ['against the only text loses', null, 'x', 0],
    ['two missing texts are a tie', null, null, 0.5],
    ['the same text is a tie', 'x', ' x\n', 0.5],
  ])('%s', async (_, a, b, preference) => {
    const { engine, client } = scripted({});
    const judging = judgingWith(engine, [seat('j')]);
    expect(await judging.compare(pairOf(a, b))).toEqual([{ judge: 'j', preference, orders: { ab: null, ba: null }, asked: 0 }]);
    expect(await judging.explain(pairOf(a, b))).toBe(null);
    expect(client.requests).toEqual([]);
    expect(judging.tallies()[0]?.looks).toBe(0);
  });
});

describe('a judge on a bad day', () => {
  it('is asked once more after nonsense, with a reminder', async () => {
    const { engine, client } = scripted({ j: [says('Both have their charm.'), says('A'), says('B')] });
    const judging = judgingWith(engine, [seat('j')]);
    expect(await judging.compare(pairOf('x', 'y'))).toEqual([{ judge: 'j', preference: 1, orders: { ab: 1, ba: 1 }, asked: 2 }]);
    expect(shown(client, 0)).not.toContain('An earlier reply');
    expect(shown(client, 1)).toContain('An earlier reply was not one of these characters');
    expect(judging.tallies()[0]).toMatchObject({ looks: 2, unreadable: 0, cost_usd: 0.03 });
  });

  it('that talks nonsense again is unreadable, which is kept', async () => {
    const { engine, client } = scripted({ j: [says('Both have their charm.')] });
    const store = memoryStore();
    const judging = judgingWith(engine, [seat('j')], { store });
    expect(await judging.compare(pairOf('x', 'y'))).toEqual([]);
    expect(client.requests.length).toBe(4);
    expect([...store.kept.values()].map(({ trouble }) => trouble)).toEqual(['unreadable', 'unreadable']);
    expect(judging.tallies()[0]).toMatchObject({ looks: 2, unreadable: 2 });
  });

  it('counts with the one look that could be read', async () => {
    const { engine } = scripted({ j: [says('?'), says('?'), says('A')] });
    expect(await judgingWith(engine, [seat('j')]).compare(pairOf('x', 'y'))).toEqual([
      { judge: 'j', preference: 0, orders: { ab: null, ba: 0 }, asked: 2 },
    ]);
  });

  it('that refuses is not asked again', async () => {
    const { engine, client } = scripted({ j: [says("I'm sorry, but I can't help with that."), refuses('content_filtered', 400)] });
    const store = memoryStore();
    expect(await judgingWith(engine, [seat('j')], { store }).compare(pairOf('x', 'y'))).toEqual([]);
    expect(client.requests.length).toBe(2);
    expect([...store.kept.values()].map(({ trouble }) => trouble)).toEqual(['refused', 'refused']);
  });

  it('that fails is asked again by the next evaluation', async () => {
    const { engine, client } = scripted({ j: [refuses('provider_error', 500), says('A'), says('B')] });
    const store = memoryStore();
    const judging = judgingWith(engine, [seat('j')], { store });
    expect(await judging.compare(pairOf('x', 'y'))).toEqual([{ judge: 'j', preference: 0, orders: { ab: null, ba: 0 }, asked: 2 }]);
    expect(judging.kept(pairOf('x', 'y'))).toBe(1);
    expect(await judgingWith(engine, [seat('j')], { store }).compare(pairOf('x', 'y'))).toMatchObject([
      { orders: { ab: 0, ba: 0 }, asked: 1 },
    ]);
    expect(client.requests.length).toBe(3);
  });

  it.each(['key_refused', 'no_credit', 'model_unknown'] as const)('ends everything with %s', async (code) => {
    const { engine } = scripted({ j: [refuses(code, 401)] });
    await expect(judgingWith(engine, [seat('j')]).compare(pairOf('x', 'y'))).rejects.toMatchObject({
      code,
      message: 'the provider said 401',
      hint: 'hint for 401',
    });
  });
});

describe('the end', () => {
  it('comes with the money', async () => {
    const { engine, client } = scripted({ j: [says('A')] });
    const budgets = [memoryBudget(0.015, 'the cap of $0.015', 'raise it')];
    const judging = judgingWith(engine, [seat('j', { mixture: { ...seat('j').mixture, allowUnknownPrice: true } })], { budgets });
    await judging.compare(pairOf('x', 'y'));
    await expect(judging.compare(pairOf('u', 'v'))).rejects.toMatchObject({ code: 'cost_cap' });
    expect(client.requests.length).toBe(2);
  });

  it('comes with the signal', async () => {
    const { engine, client } = scripted({ j: [says('A')] });
    const controller = new AbortController();
    controller.abort(new MomError('cancelled', 'cancelled by SIGINT'));
    const judging = judgingWith(engine, [seat('j')], { signal: controller.signal });
    await expect(judging.compare(pairOf('x', 'y'))).rejects.toMatchObject({ code: 'cancelled' });
    expect(client.requests.length).toBe(0);
  });
});

describe('what is kept', () => {
  it('is not asked again, whatever the contestants are called and in whichever order they come', async () => {
    const { engine, client } = scripted({ j: [says('A'), says('B')] });
    const store = memoryStore();
    await judgingWith(engine, [seat('j')], { store }).compare(pairOf('x', 'y'));
    const looks: boolean[] = [];
    const again = judgingWith(engine, [seat('j')], { store, onLook: ({ kept }) => looks.push(kept) });
    expect(again.kept(pairOf('y', 'x'))).toBe(2);
    expect(await again.compare(pairOf('y', 'x'))).toEqual([{ judge: 'j', preference: 0, orders: { ab: 0, ba: 0 }, asked: 0 }]);
    expect(looks).toEqual([true, true]);
    expect(client.requests.length).toBe(2);
    expect(again.tallies()[0]).toMatchObject({ looks: 2, cost_usd: 0.02 });
  });

  it.each([
    ['another judge', { judges: [seat('k')] }, prompt()],
    ['another place', { realm: 'there' }, prompt()],
    ['another question', {}, prompt('Which is the smallest planet?')],
    ['another reference', {}, prompt(undefined, { reference: 'Jupiter' })],
    ['a wish to ask again', { refresh: true }, prompt()],
  ])('is no help to %s', async (_, more, asked) => {
    const { engine } = scripted({ j: [says('A')], k: [says('A')] });
    const store = memoryStore();
    await judgingWith(engine, [seat('j')], { store }).compare(pairOf('x', 'y'));
    const other = judgingWith(engine, [seat('j')], { store, ...more });
    expect(other.kept(pairOf('x', 'y', asked))).toBe(0);
    expect((await other.compare(pairOf('x', 'y', asked)))[0]?.asked).toBe(2);
  });
});

describe('reasons', () => {
  it('are asked of the first judge, told what it found better, and kept', async () => {
    const { engine, client } = scripted({ j: [says('B'), says('A'), says('WHY: It is\nright.')], k: [says('A')] });
    const store = memoryStore();
    const judging = judgingWith(engine, [seat('j'), seat('k')], { store });
    await judging.compare(pairOf('x', 'y'));
    expect(await judging.explain(pairOf('x', 'y'))).toBe('It is right.');
    expect(await judgingWith(engine, [seat('j')], { store }).explain(pairOf('x', 'y'))).toBe('It is right.');
    expect(client.requests.filter(({ model }) => model === 'j').length).toBe(3);
    const last = client.requests.at(-1)?.messages.at(-1);
    expect(last && messageText(last)).toContain('Answer B was found better. Do not answer the request.');
    expect(judging.tallies()[0]).toMatchObject({ looks: 2, cost_usd: 0.03 });
  });

  it.each([
    ['I am sorry, I cannot help with that.', null],
    ['It is right, the other one is not.', 'It is right, the other one is not.'],
    [`WHY: ${'long '.repeat(500)}`, `${'long '.repeat(500).slice(0, 599)}…`],
  ])('%#: %.40s', async (reply, reason) => {
    const { engine } = scripted({ j: [says(reply)] });
    expect(await judgingWith(engine, [seat('j')]).explain(pairOf('x', 'y'))).toBe(reason);
  });
});

describe('answers that are too long', () => {
  const facts: ModelFacts = { id: 'j', context: 3_000, maxOutput: null, images: null, parameters: null, expires: null, prices: null };
  const catalog: Catalog = { ...NO_CATALOG, facts: () => facts };
  const long = 'The planet is large. '.repeat(2_000);

  it('are shortened in the middle with a mark, and told once', async () => {
    const { engine, client } = scripted({ j: [says('A'), says('B')] }, { catalog });
    const notes: Warning[] = [];
    const judging = judgingWith(engine, [seat('j')], { onNote: (note) => notes.push(note) });
    expect(await judging.compare(pairOf(long, 'Jupiter.'))).toMatchObject([{ preference: 1 }]);
    expect(shown(client, 0)).toMatch(
      /The planet is large\. [\s\S]*\n\[… \d+ characters left out here: too long for the reader …\]\n[\s\S]*<candidate B \w+>\nJupiter\.\n/,
    );
    expect(notes).toEqual([
      {
        code: 'judge_answers_shortened',
        message: 'the judge j has a context of 3000 tokens: of answers that are too long for it the middle is left out',
      },
    ]);
  });

  it('fail where nothing is left to shorten', async () => {
    const { engine, client } = scripted({ j: [says('A')] }, { catalog });
    const tight = member('s1', 'j', { context: 10 });
    const judging = judgingWith(engine, [seat('j', { mixture: mixture([], [], { strategy: 'single', single: tight }) })]);
    expect(await judging.compare(pairOf('x', 'y'))).toEqual([]);
    expect(client.requests).toEqual([]);
  });
});
