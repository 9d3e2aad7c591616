import { describe, expect, it } from 'vitest';
import type { AnswerFormat } from '../../src/core/answer-format.js';
import type { Message } from '../../src/core/message.js';
import { DEFAULT_RULES, type Mixture } from '../../src/core/mixture.js';
import { type CallRecord, NOT_MADE } from '../../src/core/run.js';
import { inTurn } from '../support/in-turn.js';
import { member, mixture } from '../support/mixture.js';
import { priced } from '../support/priced.js';
import { between, promptOf } from '../support/prompts.js';
import { outline, play } from '../support/run-engine.js';
import { answers, refuses, USAGE } from '../support/scripted-client.js';

/** A proposal of an earlier run, as it was recorded there. */
function earlier(id: string, model: string, text: string, more: Partial<CallRecord> = {}): CallRecord {
  return {
    ...NOT_MADE,
    id,
    kind: 'proposer',
    model,
    provider: 'test',
    family: model,
    role: null,
    layer: 1,
    resolved_model: `${model}-2026`,
    status: 'answered',
    text,
    finish_reason: 'stop',
    usage: USAGE,
    cost_usd: 0.5,
    cost_source: 'reported',
    first_token_ms: 900,
    duration_ms: 4_000,
    attempts: 2,
    ...more,
  };
}

const TRIO = mixture(['alpha', 'beta', 'gamma'], ['critic']);
const FRESH = { alpha: answers('new one'), beta: answers('new two'), gamma: answers('new three'), critic: answers('Merged.') };
const NUMBER: Message[] = [{ role: 'user', content: 'What is 6 x 7? Answer with the number only.' }];

describe('a kept proposal', () => {
  it('stands for its call: nobody is asked, nothing is paid', async () => {
    const kept = [earlier('p1', 'alpha', 'old one'), earlier('p3', 'gamma', 'old three')];
    const { result, client, events } = await play(TRIO, FRESH, { kept });
    expect(client.requests.map(({ model }) => model)).toEqual(['beta', 'critic']);
    expect(outline(events).filter((type) => type.startsWith('call.'))).toEqual([
      'call.kept',
      'call.kept',
      'call.start',
      'call.end',
      'call.start',
      'call.end',
    ]);
    expect(result).toMatchObject({ status: 'complete', answer: 'Merged.', cost_usd: 0.02, cost_source: 'reported' });
    expect(result.usage.output_tokens).toBe(2 * USAGE.output_tokens);
    expect(result.proposals.map(({ id, text }) => [id, text])).toEqual([
      ['p1', 'old one'],
      ['p2', 'new two'],
      ['p3', 'old three'],
    ]);
    expect(result.proposals[0]).toEqual({
      ...kept[0],
      usage: null,
      cost_usd: 0,
      cost_source: 'reported',
      attempts: 0,
      first_token_ms: 0,
      duration_ms: 0,
    });
    expect(between(promptOf(client, 'critic').last, 'candidate').sort()).toEqual(['new two', 'old one', 'old three']);
  });

  it('counts for the quorum from the start', async () => {
    const kept = [earlier('p1', 'alpha', 'old one'), earlier('p3', 'gamma', 'old three')];
    const { result, events } = await play(TRIO, { ...FRESH, beta: answers('late', 60_000) }, { kept });
    expect(events.find(({ type }) => type === 'quorum')).toMatchObject({ t_ms: 0, answered: 2, waiting_for: ['p2'], grace_ms: 5_000 });
    expect(result.proposals.map(({ status }) => status)).toEqual(['answered', 'cancelled', 'answered']);
    expect(result).toMatchObject({ status: 'complete', answer: 'Merged.' });
  });

  it('makes a run without a single proposer, where all are there', async () => {
    const kept = ['alpha', 'beta', 'gamma'].map((model, i) => earlier(`p${i + 1}`, model, `old ${i}`));
    const { result, client, events } = await play(TRIO, FRESH, { kept });
    expect(client.requests.map(({ model }) => model)).toEqual(['critic']);
    expect(events.find(({ type }) => type === 'proposals')).toMatchObject({ answered: 3, failed: 0, cut: 0 });
    expect(result).toMatchObject({ status: 'complete', cost_usd: 0.01 });
  });

  it.each<[string, CallRecord]>([
    ['another model', earlier('p1', 'alpha-2', 'old one')],
    ['another provider', earlier('p1', 'alpha', 'old one', { provider: 'other' })],
    ['another place in the config', earlier('p2', 'alpha', 'old one')],
    ['another layer', earlier('p1', 'alpha', 'old one', { layer: 2 })],
    ['another kind of call', earlier('p1', 'alpha', 'old one', { kind: 'critic' })],
    ['a call that broke', earlier('p1', 'alpha', 'old o', { status: 'failed' })],
    ['a call that was cut', earlier('p1', 'alpha', 'old o', { status: 'cancelled' })],
    ['a call without a text', earlier('p1', 'alpha', ' \n')],
  ])('is not taken from %s', async (_what, record) => {
    const { result, client, events } = await play(TRIO, FRESH, { kept: [record] });
    expect(client.requests.map(({ model }) => model)).toEqual(['alpha', 'beta', 'gamma', 'critic']);
    expect(events.some(({ type }) => type === 'call.kept')).toBe(false);
    expect(result.proposals[0]?.text).toBe('new one');
  });
});

describe('kept proposals in every strategy', () => {
  const asked = (more: Partial<Mixture>): Mixture => ({ ...TRIO, ...more });

  it('select judges them', async () => {
    const kept = [earlier('p1', 'alpha', 'old one'), earlier('p2', 'beta', 'old two')];
    const { result, client } = await play(asked({ strategy: 'select' }), { ...FRESH, critic: answers('VERDICT: A1') }, { kept });
    expect(client.requests.map(({ model }) => model)).toEqual(['gamma', 'critic']);
    expect(['old one', 'old two', 'new three']).toContain(result.answer);
    expect(result.status).toBe('complete');
  });

  it('self samples only what is missing', async () => {
    const made = mixture([member('p1', 'alpha'), member('p2', 'alpha'), member('p3', 'alpha')], ['critic'], { strategy: 'self' });
    const { client, result } = await play(made, FRESH, { kept: [earlier('p2', 'alpha', 'old two')] });
    expect(client.requests.map(({ model }) => model)).toEqual(['alpha', 'alpha', 'critic']);
    expect(result.proposals.map(({ text }) => text)).toEqual(['new one', 'old two', 'new one']);
  });

  it('vote asks nobody where they settle it, and says so of the others', async () => {
    const kept = [earlier('p1', 'alpha', '42'), earlier('p2', 'beta', '42')];
    const { result, client } = await play(asked({ strategy: 'vote' }), FRESH, { kept, messages: NUMBER });
    expect(client.requests).toEqual([]);
    expect(result).toMatchObject({ status: 'complete', answer: '42', answer_source: 'proposal:p1', cost_usd: 0 });
    expect(result.proposals.map(({ status }) => status)).toEqual(['answered', 'answered', 'skipped']);
  });

  it('vote asks the others where they do not settle it', async () => {
    const kept = [earlier('p1', 'alpha', '42'), earlier('p2', 'beta', '41')];
    const { result, client } = await play(asked({ strategy: 'vote' }), { ...FRESH, gamma: answers('41') }, { kept, messages: NUMBER });
    expect(client.requests.map(({ model }) => model)).toEqual(['gamma']);
    expect(result).toMatchObject({ status: 'complete', answer: '41' });
  });

  it('cascade asks no tier that they make needless, nor one that is there', async () => {
    const [one, two, three] = TRIO.proposers;
    const rules = {
      ...DEFAULT_RULES,
      cascade: { tiers: [[one, two], [three]].map((tier) => tier.flatMap((each) => each ?? [])), confidence: null },
    };
    const agreed = [earlier('p1', 'alpha', '42'), earlier('p2', 'beta', '42')];
    const sure = await play(asked({ strategy: 'cascade', rules }), FRESH, { kept: agreed, messages: NUMBER });
    expect(sure.client.requests).toEqual([]);
    expect(sure.result).toMatchObject({ status: 'complete', answer: '42' });
    expect(sure.result.proposals.map(({ status }) => status)).toEqual(['answered', 'answered', 'skipped']);

    const split = [earlier('p1', 'alpha', '42'), earlier('p2', 'beta', '41'), earlier('p3', 'gamma', '41', { layer: 2 })];
    const last = await play(asked({ strategy: 'cascade', rules }), FRESH, { kept: split, messages: NUMBER });
    expect(last.client.requests).toEqual([]);
    expect(last.result).toMatchObject({ status: 'complete', answer: '41' });
  });

  it('cascade leaves out who is not needed in a tier', async () => {
    const kept = [earlier('p1', 'alpha', '42'), earlier('p2', 'beta', '42')];
    const { result, client } = await play(asked({ strategy: 'cascade' }), FRESH, { kept, messages: NUMBER });
    expect(client.requests).toEqual([]);
    expect(result.proposals[2]).toMatchObject({ status: 'skipped', error: { message: 'not asked: the outcome was settled without it' } });
  });

  it('deep takes them for its first layer only: what later layers are asked is never the same', async () => {
    const rules = { ...DEFAULT_RULES, layers: { count: 3, carry: 'full' as const, aggregators: [] } };
    const first = ['alpha', 'beta', 'gamma'].map((model, i) => earlier(`p${i + 1}`, model, `old ${model}`));
    const second = first.map((record) => ({ ...record, id: `${record.id}.2`, layer: 2 }));
    const { result, client } = await play(asked({ strategy: 'deep', rules }), FRESH, { kept: [...first, ...second] });
    expect(client.requests.map(({ model }) => model)).toEqual(['alpha', 'beta', 'gamma', 'critic']);
    expect(promptOf(client, 'alpha').last).toContain('old beta');
    expect(result).toMatchObject({ status: 'complete', answer: 'Merged.' });
  });

  it('refine asks its reviewers anew', async () => {
    const kept = [
      ...['alpha', 'beta', 'gamma'].map((model, i) => earlier(`p${i + 1}`, model, `old ${model}`)),
      earlier('p1.r1', 'alpha', 'an old review', { layer: 2 }),
    ];
    const scripts = inTurn({
      alpha: [answers('a new review')],
      beta: [answers('NOTHING TO ADD')],
      gamma: [answers('NOTHING TO ADD')],
      critic: [answers('First.'), answers('Second.')],
    });
    const { result, client } = await play(asked({ refine: 1 }), scripts, { kept });
    expect(promptOf(client, 'critic', 2).last).toContain('a new review');
    expect(result.answer).toBe('Second.');
  });
});

describe('kept proposals and money', () => {
  const catalog = priced({ alpha: { output: 0.001 }, beta: { output: 0.001 }, gamma: { output: 0.001 }, critic: { output: 0.001 } });
  const capped = (usd: number): Mixture => ({ ...TRIO, expectedOutput: 10, maxCost: { usd, setByUser: true } });
  const KEPT = [earlier('p1', 'alpha', 'old one'), earlier('p2', 'beta', 'old two')];

  it('nothing is set aside for them', async () => {
    // A call may cost $0.01: the third proposer and the critic fit, three proposers and the critic would not.
    const { result } = await play(capped(0.025), FRESH, { kept: KEPT }, undefined, { catalog });
    expect(result).toMatchObject({ status: 'complete', answer: 'Merged.', cost_usd: 0.02 });
    expect(result.warnings).toEqual([]);
  });

  it('money goes to the one who merges them before it goes to one more of them', async () => {
    const { result, client } = await play(capped(0.015), FRESH, { kept: KEPT }, undefined, { catalog });
    expect(client.requests.map(({ model }) => model)).toEqual(['critic']);
    expect(result).toMatchObject({ status: 'degraded', answer: 'Merged.' });
    expect(result.warnings.map(({ code }) => code)).toEqual(['panel_shrunk']);
  });

  it('one of them goes out where there is no money at all', async () => {
    const { result, client } = await play(capped(0.005), FRESH, { kept: KEPT }, undefined, { catalog });
    expect(client.requests).toEqual([]);
    expect(result).toMatchObject({ status: 'degraded', answer: 'old one', answer_source: 'proposal:p1', cost_usd: 0, error: null });
  });
});

describe('kept proposals and a form', () => {
  const format: AnswerFormat = { type: 'json_object' };

  it('where they go out as they stand, are asked again when they do not have it', async () => {
    const kept = [earlier('p1', 'alpha', 'old one'), earlier('p2', 'beta', '{"a": 1}')];
    const scripts = { ...FRESH, gamma: refuses('provider_error', 500) };
    const { result, client } = await play({ ...TRIO, strategy: 'select' }, scripts, { kept, format });
    expect(client.requests.map(({ model }) => model)).toEqual(['alpha', 'gamma']);
    expect(result).toMatchObject({ answer: '{"a": 1}', answer_source: 'proposal:p2' });
    expect(result.warnings).toEqual([
      { code: 'proposer_failed', message: 'gamma gave no answer: the provider said 500' },
      { code: 'format_mismatch', message: 'the answer of alpha is not a JSON object: it is left out' },
    ]);
  });

  it('where they are merged, may have any', async () => {
    const kept = [earlier('p1', 'alpha', 'old one'), earlier('p2', 'beta', 'old two')];
    const { result, client } = await play(TRIO, { ...FRESH, critic: answers('{"a": 2}') }, { kept, format });
    expect(client.requests.map(({ model }) => model)).toEqual(['gamma', 'critic']);
    expect(result).toMatchObject({ status: 'complete', answer: '{"a": 2}' });
  });
});
