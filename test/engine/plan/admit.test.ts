import { describe, expect, it } from 'vitest';
import { type Catalog, type ModelFacts, NO_CATALOG } from '../../../src/core/catalog.js';
import { isMomError } from '../../../src/core/error.js';
import type { Message } from '../../../src/core/message.js';
import type { Mixture } from '../../../src/core/mixture.js';
import { DEFAULT_RULES } from '../../../src/core/mixture.js';
import type { Plan } from '../../../src/core/plan.js';
import { admit } from '../../../src/engine/plan/admit.js';
import { member, mixture } from '../../support/mixture.js';
import { play } from '../../support/run-engine.js';
import { answers } from '../../support/scripted-client.js';

const TEXT: Message[] = [{ role: 'user', content: 'What is 6 x 7?' }];
const IMAGE: Message[] = [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    ],
  },
];
/** About 4,000 tokens. */
const LONG: Message[] = [{ role: 'user', content: 'word '.repeat(4_000) }];

function catalog(facts: Record<string, Partial<ModelFacts>>, retired: Record<string, string | null> = {}): Catalog {
  const known = (id: string): ModelFacts => ({
    id,
    context: null,
    maxOutput: null,
    images: null,
    parameters: null,
    expires: null,
    prices: null,
    ...facts[id],
  });
  return {
    facts: (_, id) => (id in facts ? known(id) : null),
    retired: (_, id) => id in retired,
    nearest: (_, id, fits) =>
      retired[id] ??
      Object.keys(facts)
        .map(known)
        .find((each) => each.id !== id && fits(each))?.id ??
      null,
    listedAt: () => null,
  };
}

function planned(base: Mixture, more: Partial<Plan> = {}): Plan {
  const strategy = base.strategy === 'auto' ? 'fuse' : base.strategy;
  return {
    mixture: base,
    strategy,
    reason: 'test',
    proposers: base.proposers,
    writers: base.critics,
    classifier: null,
    missing: [],
    warnings: [],
    ...more,
  };
}

function run(plan: Plan, known: Catalog, messages = TEXT): Plan {
  return admit(plan, { messages, mixture: plan.mixture, stream: false }, known);
}

function refusal(plan: Plan, known: Catalog, messages = TEXT): unknown {
  try {
    run(plan, known, messages);
  } catch (error) {
    return isMomError(error) ? { code: error.code, message: error.message, hint: error.hint } : error;
  }
  return null;
}

const ids = (members: readonly { model: string }[]) => members.map(({ model }) => model);

describe('a model is left out', () => {
  it('when it takes no images and the conversation has one', () => {
    const known = catalog({ a: { images: false }, b: { images: true } });
    const plan = run(planned(mixture(['a', 'b', 'c'], ['critic'])), known, IMAGE);
    expect(ids(plan.proposers)).toEqual(['b', 'c']);
    expect(ids(plan.mixture.proposers)).toEqual(['b', 'c']);
    expect(plan.warnings).toEqual([
      { code: 'model_without_images', message: 'a takes no images: left out; the nearest model that takes images is b' },
    ]);
    expect(ids(run(planned(mixture(['a', 'b'], ['critic'])), known).proposers)).toEqual(['a', 'b']);
  });

  it('when its context is smaller than the request, by its list or by the configuration, which counts more', () => {
    const known = catalog({ a: { context: 1_000 }, c: { context: 1_000 }, d: { context: 1_000_000 } });
    const members = [
      'a',
      member('', 'b', { context: 2_000 }),
      member('', 'c', { context: 200_000 }),
      'd',
      member('', 'd', { context: 3_000 }),
    ];
    const plan = run(planned(mixture(members, ['critic'])), known, LONG);
    expect(plan.proposers.map(({ id, context }) => [id, context])).toEqual([
      ['p3', 200_000],
      ['p4', 1_000_000],
    ]);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['context_too_small', 'context_too_small', 'context_too_small']);
    expect(plan.warnings[0]?.message).toMatch(
      /^a has a context of 1000 tokens, the request is about \d{4} tokens: left out; the nearest model that can take it is d$/,
    );
  });

  it('when it is out of service, with the nearest one that is not', () => {
    const known = catalog({}, { old: 'new', older: null });
    const plan = run(planned(mixture(['old', 'older', 'a'], ['critic'])), known);
    expect(ids(plan.proposers)).toEqual(['a']);
    expect(plan.warnings).toEqual([
      { code: 'model_retired', message: 'old is not in service at test: left out; the nearest model in service is new' },
      { code: 'model_retired', message: 'older is not in service at test: left out; use another model' },
    ]);
  });

  it('with one warning, however often it takes part', () => {
    const known = catalog({}, { old: 'new' });
    const plan = run(planned(mixture(['old', 'old', 'a'], ['old', 'critic'])), known);
    expect(ids(plan.writers)).toEqual(['critic']);
    expect(plan.warnings).toHaveLength(1);
  });

  it('never for what is not known of it', () => {
    const base = planned(mixture(['a', 'b'], ['critic']), { warnings: [{ code: 'x', message: 'y' }] });
    expect(run(base, NO_CATALOG, IMAGE)).toEqual(base);
    expect(run(base, catalog({ a: {}, b: {} }), LONG)).toEqual(base);
  });
});

describe('what is left of the plan', () => {
  it('has a quorum of those that are there', () => {
    const known = catalog({}, { c: null, d: null });
    const plan = run(planned(mixture(['a', 'b', 'c', 'd'], ['critic'])), known);
    expect(plan.mixture.quorum).toBe(2);
    expect(run(planned(mixture(['a', 'b', 'c'], ['critic'], { quorum: 1 })), known).mixture.quorum).toBe(1);
  });

  it('has tiers, aggregators and verifier without it, and no word of those the strategy does not ask', () => {
    const known = catalog({}, { old: null });
    const base = mixture(['a', 'old', 'b'], ['critic']);
    const [a, old, b] = base.proposers as [Mixture['proposers'][0], Mixture['proposers'][0], Mixture['proposers'][0]];
    const rules = {
      ...DEFAULT_RULES,
      cascade: { tiers: [[a, old], [old], [b]], confidence: null },
      layers: { ...DEFAULT_RULES.layers, aggregators: [member('a1', 'old'), member('a2', 'x')] },
    };
    const verify = { questions: 5, verifier: member('v1', 'old'), show: 'repaired' as const };
    const plan = run(planned({ ...base, rules, verify, single: member('s1', 'old'), strategy: 'cascade' }), known);
    expect(plan.mixture.rules.cascade.tiers.map(ids)).toEqual([['a'], ['b']]);
    expect(plan.mixture.rules.layers.aggregators.map(({ id }) => id)).toEqual(['a2']);
    expect(plan.mixture.verify?.verifier).toBeNull();
    expect(plan.mixture.single).toBeNull();
    expect(plan.warnings).toHaveLength(1);
    const silent = run(planned({ ...mixture(['a', 'b'], ['critic']), rules: { ...rules, cascade: DEFAULT_RULES.cascade } }), known);
    expect(silent.warnings).toEqual([]);
    const deep = run(planned({ ...mixture(['a', 'b'], ['critic'], { strategy: 'deep' }), rules }), known);
    expect(deep.warnings.map(({ code }) => code)).toEqual(['model_retired']);
  });

  it('knows the context of each model, so that what it reads can be shortened; a member stays one object', () => {
    const base = mixture(['a', 'b'], ['critic']);
    const tiers = [base.proposers];
    const known = catalog({ a: { context: 8_192 } });
    const plan = run(planned({ ...base, rules: { ...DEFAULT_RULES, cascade: { tiers, confidence: null } } }), known);
    expect(plan.proposers.map(({ context }) => context)).toEqual([8_192, null]);
    expect(plan.mixture.proposers[0]).toBe(plan.proposers[0]);
    expect(plan.mixture.rules.cascade.tiers[0]?.[0]).toBe(plan.proposers[0]);
  });

  it('has no classifier that is out of service; it may have a small context, for it reads a few lines', () => {
    const known = catalog({ small: { context: 10, images: false } }, { old: 'new' });
    const base = mixture(['a', 'b'], ['critic']);
    expect(run(planned(base, { classifier: member('r1', 'small') }), known, LONG).classifier?.model).toBe('small');
    const plan = run(planned(base, { classifier: member('r1', 'old') }), known);
    expect(plan.classifier).toBeNull();
    expect(plan.warnings).toHaveLength(1);
  });
});

describe('nobody to write', () => {
  it('is mended by the proposer that counts most, and said', () => {
    const heavy = member('', 'b', { weight: 3, role: { name: 'critical', text: 'Doubt.' }, required: true });
    const plan = run(planned(mixture(['a', heavy], ['old'])), catalog({}, { old: null }));
    expect(plan.writers).toEqual([{ ...heavy, id: 'c1', role: null, required: false }]);
    expect(plan.warnings.at(-1)).toEqual({
      code: 'critic_replaced',
      message: 'no critic is left that can take this request: b writes the answer',
    });
    expect(ids(plan.proposers)).toEqual(['a', 'b']);
  });

  it('stays so where no critic was wanted', () => {
    expect(run(planned(mixture(['a', 'old'], [])), catalog({}, { old: null })).writers).toEqual([]);
  });

  it('is mended by another critic for a single model that nobody chose', () => {
    const base = mixture([], ['old', 'critic'], { strategy: 'single' });
    const single = (more: Partial<Mixture> = {}) => planned({ ...base, ...more }, { proposers: [], writers: [member('c1', 'old')] });
    expect(ids(run(single(), catalog({}, { old: null })).writers)).toEqual(['critic']);
    const routed = single({ single: member('s1', 'old') });
    const request = { messages: TEXT, mixture: mixture([], [], { strategy: 'auto' }), stream: false };
    expect(ids(admit(routed, request, catalog({}, { old: null })).writers)).toEqual(['critic']);
    const chosen = single({ single: member('s1', 'old') });
    expect(refusal(chosen, catalog({}, { old: 'new' }))).toEqual({
      code: 'input_invalid',
      message: "no model of mixture 'test' can take this request: old is not in service at test",
      hint: 'the nearest model in service is new',
    });
  });
});

describe('a required proposer that is left out', () => {
  const must = member('', 'old', { required: true });
  const known = catalog({}, { old: 'new' });

  it('is missing, another one is not', () => {
    expect(ids(run(planned(mixture(['a', must, 'b'], ['critic'])), known).missing)).toEqual(['old']);
    expect(run(planned(mixture(['a', 'old', 'b'], ['critic'])), known).missing).toEqual([]);
  });

  it.each(['fuse', 'vote', 'select', 'cascade', 'deep', 'self'] as const)('makes the answer of %s degraded', async (strategy) => {
    const scripts = { a: answers('42'), b: answers('42'), critic: answers('42') };
    const status = async (members: (string | typeof must)[]) =>
      (await play(mixture(members, ['critic'], { strategy }), scripts, {}, () => {}, { catalog: known })).result.status;
    expect(await status(['a', must, 'b'])).toBe('degraded');
    expect(await status(['a', 'old', 'b'])).toBe('complete');
  });
});

describe('nobody to propose', () => {
  it('leaves the critic alone, whatever the strategy', async () => {
    const base = mixture(['a', 'b'], ['critic'], { strategy: 'vote', refine: 2 });
    const known = catalog({ a: { images: false }, b: { images: false } });
    const plan = run(planned(base, { classifier: member('r1', 'x') }), known, IMAGE);
    expect(plan).toMatchObject({ strategy: 'fuse', proposers: [], classifier: null, mixture: { refine: 0 } });
    expect(plan.warnings.at(-1)).toEqual({
      code: 'critic_alone',
      message: 'no proposer is left that can take this request: critic answers alone',
    });
    const { result, client } = await play(base, { critic: answers('a cat') }, { messages: IMAGE }, () => {}, { catalog: known });
    expect(result).toMatchObject({ status: 'degraded', answer: 'a cat', answer_source: 'critic' });
    expect(ids(client.requests)).toEqual(['critic']);
    expect(result.warnings.filter(({ code }) => code === 'critic_alone')).toHaveLength(1);
  });

  it('and nobody to write either is an error that names every reason', () => {
    const known = catalog({ a: { images: false }, b: { context: 10 } }, { critic: 'critic-2' });
    expect(refusal(planned(mixture(['a', 'b'], ['critic'])), known, IMAGE)).toEqual({
      code: 'input_invalid',
      message: expect.stringMatching(
        /^no model of mixture 'test' can take this request: a takes no images; b has a context of 10 tokens, the request is about \d+ tokens; critic is not in service at test$/,
      ),
      hint: 'use a model that takes images; use a model with a larger context, or send less; the nearest model in service is critic-2',
    });
    expect(refusal(planned(mixture(['a', 'a'], [])), known, IMAGE)).toMatchObject({ code: 'input_invalid' });
  });
});
