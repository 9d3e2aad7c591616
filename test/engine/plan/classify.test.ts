import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import { DEFAULT_RULES, type Mixture } from '../../../src/core/mixture.js';
import { parseVerdict } from '../../../src/engine/plan/classify.js';
import { member, mixture } from '../../support/mixture.js';
import { outline, play } from '../../support/run-engine.js';
import { answers, refuses, type Step } from '../../support/scripted-client.js';

const classifier = member('r1', 'tiny', { params: { max_tokens: 5, temperature: 0 } });
const panel = {
  a: answers('yes'),
  b: answers('no'),
  critic: answers('maybe'),
  x: answers('ten'),
  y: answers('twelve'),
  z: answers('eleven'),
};
const UNDECIDED = { messages: [{ role: 'user' as const, content: 'Should I move from a small town to a large city?' }] };

const undecided = (more: Partial<Mixture> = {}, routes: Mixture['auto']['routes'] = {}) =>
  mixture(['a', 'b'], ['critic'], { strategy: 'auto', auto: { classifier, routes }, ...more });
const ask = (tiny: readonly Step[], more: Partial<Mixture> = {}, routes: Mixture['auto']['routes'] = {}) =>
  play(undecided(more, routes), { ...panel, tiny }, UNDECIDED);

const layered = { rules: { ...DEFAULT_RULES, layers: { ...DEFAULT_RULES.layers, count: 2 } } };

describe('the classifier', () => {
  it.each([
    ['simple other', 'single', 'auto: tiny finds the request simple (other), so one model answers'],
    ['medium writing', 'fuse', 'auto: tiny finds the request medium (writing), so the answers are merged'],
    ['complex analysis', 'deep', 'auto: tiny finds the request complex (analysis), so it is answered in layers'],
  ])('%s leads to %s', async (verdict, strategy, reason) => {
    const { result, events } = await ask(answers(`ROUTE: ${verdict}`), layered);
    expect(result).toMatchObject({ status: 'complete', strategy, route_reason: reason, warnings: [] });
    expect(events.find((event) => event.type === 'run.start')).toMatchObject({
      strategy: 'fuse',
      route_reason: expect.stringContaining('no rule'),
    });
  });

  it('is asked once, before anybody else, and told of in the events', async () => {
    const { result, events, client } = await ask(answers('ROUTE: simple other', 40));
    expect(client.requests.map((request) => request.model)).toEqual(['tiny', 'critic']);
    expect(outline(events).slice(0, 5)).toEqual(['run.start', 'call.start', 'call.end', 'route', 'call.start']);
    expect(events.find((event) => event.type === 'route')).toMatchObject({
      mixture: 'test',
      strategy: 'single',
      proposers: [],
      critics: [{ id: 'c1', model: 'critic', required: false }],
    });
    expect(result.calls[0]).toMatchObject({ id: 'r1', kind: 'router', model: 'tiny', cost_usd: 0.01 });
    expect(result.cost_usd).toBeCloseTo(0.02);
    expect(result.proposals).toEqual([]);
  });

  it('sees the last user turn only, shortened and between marks, and has no limit of tokens', async () => {
    const long = `Should I move? ${'n0nce '.repeat(10)}${'x'.repeat(5_000)} the end`;
    const nonces = ['n0nce', 'other'];
    const messages = [
      { role: 'system' as const, content: 'SECRET RULES' },
      { role: 'user' as const, content: 'first question' },
      { role: 'assistant' as const, content: 'first answer' },
      { role: 'user' as const, content: long },
    ];
    const { client } = await play(undecided(), { ...panel, tiny: answers('ROUTE: simple other') }, { messages }, () => {}, {
      drawNonce: () => nonces.shift() ?? 'more',
    });
    const [system, user] = client.requests[0]!.messages;
    expect(client.requests[0]!.messages.map((message) => message.role)).toEqual(['system', 'user']);
    expect(system?.content).toContain('ROUTE: medium code');
    expect(system?.content).not.toContain('move');
    expect(user?.content).toBe(
      `The request to be sorted stands between marks that carry the word other.\n\n<request other>\n${long.slice(0, 3_000)}\n[... ${long.length - 4_000} characters left out ...]\n${long.slice(-1_000)}\n</request other>\n\nReply with the line that begins with ROUTE:`,
    );
    expect(client.requests[0]!.params).toEqual({ temperature: 0, max_tokens: undefined });
  });

  it('may lead to another mixture', async () => {
    const coder = mixture(['x', 'y'], ['z'], { name: 'coder', strategyChosen: false });
    const { result, client, events } = await ask(answers('ROUTE: medium code'), {}, { code: coder });
    expect(client.requests.map((request) => request.model)).toEqual(['tiny', 'x', 'y', 'z']);
    expect(result).toMatchObject({ status: 'complete', mixture: 'coder', strategy: 'fuse', answer: 'eleven' });
    expect(result.route_reason).toBe(
      "auto: tiny finds the request medium (code); mixture 'coder' is for what is code, so the answers are merged",
    );
    expect(events.find((event) => event.type === 'route')).toMatchObject({
      mixture: 'coder',
      quorum: 2,
      proposers: [{ model: 'x' }, { model: 'y' }],
    });
  });

  it('starts from the mixture that was asked for, not from where the rules would have led', async () => {
    const middle = mixture(['x', 'y'], ['z'], { name: 'middle', strategyChosen: false });
    const { result } = await ask(answers('ROUTE: simple other'), {}, { medium: middle });
    expect(result).toMatchObject({ mixture: 'test', strategy: 'single', answer: 'maybe' });
  });

  it('is not asked where the rules decide, or a strategy was chosen', async () => {
    const { client } = await play(undecided(), { ...panel, tiny: answers('ROUTE: complex other') });
    const chosen = await play(undecided({ strategy: 'fuse' }), { ...panel, tiny: answers('ROUTE: complex other') }, UNDECIDED);
    for (const { requests } of [client, chosen.client]) expect(requests.map((request) => request.model)).not.toContain('tiny');
  });
});

describe('a classifier that does not help', () => {
  const STAYS = 'the strategy chosen by rules stays';
  it.each([
    ['answers nonsense', answers('I would say it is rather hard.'), 'its reply names no route'],
    ['names what there is not', answers('ROUTE: gigantic poetry'), 'its reply names no route'],
    ['answers nothing', [{ fail: new MomError('empty_answer', 'tiny sent no text') }] as Step[], 'it sent no text'],
    ['is refused', refuses('key_refused', 401), 'the provider said 401'],
    ['hangs', [{ hang: true }] as Step[], 'it had not answered after 10 s'],
  ])('and %s: one warning, and the run goes on as if it was not there', async (_, tiny, why) => {
    const { result, events } = await ask(tiny);
    expect(result).toMatchObject({
      status: 'complete',
      strategy: 'fuse',
      answer: 'maybe',
      route_reason: 'auto: no rule decides, so the answers are merged',
    });
    expect(result.warnings).toEqual([{ code: 'classifier_failed', message: `tiny could not sort the request: ${why}; ${STAYS}` }]);
    expect(outline(events)).not.toContain('route');
  });

  it('and is cut after ten seconds', async () => {
    const { client, clock } = await ask([{ hang: true }]);
    expect([client.aborted, client.startedAt.get('a')]).toEqual([['tiny'], 10_000]);
    expect(clock.now()).toBeGreaterThanOrEqual(10_000);
  });

  it('and names a mixture without models: the rules stay', async () => {
    const empty = mixture([], [], { name: 'empty', strategyChosen: true, strategy: 'fuse' });
    const { result } = await ask(answers('ROUTE: medium code'), {}, { code: empty });
    expect(result).toMatchObject({ status: 'complete', mixture: 'test', answer: 'maybe' });
    expect(result.warnings[0]?.message).toBe(`tiny could not sort the request: mixture 'empty' has no proposers; ${STAYS}`);
  });

  it('a cancelled run stays cancelled, and nobody else is asked', async () => {
    const controller = new AbortController();
    const { result, client } = await play(
      undecided(),
      { ...panel, tiny: [{ hang: true }] },
      { ...UNDECIDED, signal: controller.signal },
      (event) => {
        if (event.type === 'call.start' && event.call.kind === 'router')
          setImmediate(() => controller.abort(new MomError('cancelled', 'interrupted')));
      },
    );
    expect(result).toMatchObject({ status: 'cancelled', answer: null, error: { message: 'interrupted' } });
    expect(result.warnings).toEqual([]);
    expect(client.aborted[0]).toBe('tiny');
  });
});

describe('a verdict', () => {
  it.each([
    ['ROUTE: simple math', { difficulty: 'simple', task: 'math' }],
    ['**ROUTE:** Complex, Code', { difficulty: 'complex', task: 'code' }],
    ['Let me think: ROUTE: simple other? No.\nROUTE: medium analysis', { difficulty: 'medium', task: 'analysis' }],
    ['ROUTE: medium', { difficulty: 'medium', task: null }],
    ['route: `complex` `writing`', { difficulty: 'complex', task: 'writing' }],
    ['ROUTE: medium cooking', { difficulty: 'medium', task: null }],
    ['ROUTE: simpleton math', null],
    ['medium code', null],
    ['', null],
  ])('%j', (reply, verdict) => {
    expect(parseVerdict(reply)).toEqual(verdict);
  });
});
