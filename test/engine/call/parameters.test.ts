import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/core/catalog.js';
import type { Message } from '../../../src/core/message.js';
import { member, mixture } from '../../support/mixture.js';
import { play } from '../../support/run-engine.js';
import { answers } from '../../support/scripted-client.js';

const scripts = { a: answers('1'), b: answers('2'), critic: answers('x') };

describe('what reaches whom', () => {
  it('proposers get the conversation unchanged, images and neighbours of one role included', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'one' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'two' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
        ],
      },
    ];
    const { client } = await play(mixture(['a', 'b'], ['critic']), scripts, { messages });
    expect(client.requests[0]?.messages).toBe(messages);
    expect(client.requests[1]?.messages).toBe(messages);
  });

  it('different roles reach different proposers, after the system prompt', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ];
    const critical = member('', 'a', { role: { name: 'critical', text: 'Doubt everything.' } });
    const creative = member('', 'b', { role: { name: 'creative', text: 'Be bold.' } });
    const { client, result } = await play(mixture([critical, creative], ['critic']), scripts, { messages });
    expect(client.requests.slice(0, 2).map((request) => request.messages[0])).toEqual([
      { role: 'system', content: 'Be brief.\n\nDoubt everything.' },
      { role: 'system', content: 'Be brief.\n\nBe bold.' },
    ]);
    expect(result.proposals.map((p) => p.role)).toEqual(['critical', 'creative']);
  });

  it('a flag is for every call, a writer’s parameter for the writer, a member’s own for itself', async () => {
    const warm = member('', 'a', { params: { temperature: 0.9, top_p: 0.5 } });
    const { client } = await play(mixture([warm, 'b'], ['critic']), scripts, {
      params: { temperature: 0.2 },
      writerParams: { max_tokens: 50 },
    });
    expect(client.requests.map((request) => request.params)).toEqual([
      { temperature: 0.2, top_p: 0.5 },
      { temperature: 0.2 },
      { temperature: 0.2, max_tokens: 50 },
    ]);
  });
});

describe('strategy single', () => {
  it('asks one model with the conversation as it is', async () => {
    const { result, client } = await play(mixture([], ['critic', 'second'], { strategy: 'single' }), scripts);
    expect(result).toMatchObject({ status: 'complete', answer: 'x', answer_source: 'critic', strategy: 'single', proposals: [] });
    expect(client.requests).toHaveLength(1);
  });

  it('says when the call cost more than the cap', async () => {
    const cap = { maxCost: { usd: 0.005, setByUser: false }, strategy: 'single' as const };
    const { result } = await play(mixture([], ['critic'], cap), scripts);
    expect(result).toMatchObject({ status: 'complete', answer: 'x' });
    expect(result.warnings).toEqual([{ code: 'cost_cap', message: 'the run cost $0.01, more than its cap of $0.005' }]);
  });

  it('fails with the provider’s reason', async () => {
    const { result } = await play(mixture([], ['nobody'], { strategy: 'single' }), scripts);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'model_unknown', message: 'no script for nobody' } });
  });
});

describe('parameters that a model is known not to take', () => {
  const knowing = (parameters: Record<string, string[] | null>): { catalog: Catalog } => ({
    catalog: {
      facts: (_, id) =>
        id in parameters
          ? { id, context: null, maxOutput: null, images: null, parameters: parameters[id] ?? null, expires: null, prices: null }
          : null,
      retired: () => false,
      nearest: () => null,
      listedAt: () => null,
    },
  });
  const params = { temperature: 0.2, top_p: 0.9, seed: 7, max_tokens: 50, stop: 'END', reasoning_effort: 'low', logprobs: true };
  const told = ({ warnings }: { warnings: { code: string; message: string }[] }) =>
    warnings.filter(({ code }) => code === 'parameter_dropped');

  it('are left out, with one warning for each model of the run', async () => {
    const base = mixture(['a', 'a', 'b'], ['a']);
    const scripts = { a: answers('1'), b: answers('2') };
    const known = knowing({ a: ['top_p', 'max_tokens'], b: ['temperature', 'seed'] });
    const request = { params: { temperature: 0.2, top_p: 0.5, seed: 3 } };
    const { client, result } = await play(base, scripts, request, () => {}, known);
    expect(client.requests.map((call) => call.params)).toEqual([
      { top_p: 0.5 },
      { top_p: 0.5 },
      { temperature: 0.2, seed: 3 },
      { top_p: 0.5 },
    ]);
    expect(told(result)).toEqual([
      { code: 'parameter_dropped', message: 'a does not take temperature and seed: left out' },
      { code: 'parameter_dropped', message: 'b does not take top_p: left out' },
    ]);
    const again = await play(base, scripts, request, () => {}, known);
    expect(told(again.result)).toHaveLength(2);
  });

  it.each<[string, number | null, number]>([
    ['more than the model can write is all that it can', 64_000, 64_000],
    ['as much as it can', 128_000, 128_000],
    ['less than it can', 200_000, 128_000],
    ['where nobody says what it can', null, 128_000],
  ])('max_tokens: %s', async (_, maxOutput, sent) => {
    const facts = { id: 'a', context: null, maxOutput, images: null, parameters: ['max_tokens'], expires: null, prices: null };
    const known = { catalog: { ...knowing({}).catalog, facts: () => facts } };
    const base = mixture([], ['a'], { strategy: 'single' });
    const { client, result } = await play(base, { a: answers('1') }, { writerParams: { max_tokens: 128_000 } }, () => {}, known);
    expect(client.requests[0]?.params).toEqual({ max_tokens: sent });
    expect(result.warnings).toEqual([]);
  });

  it.each([
    [['max_completion_tokens'], { max_tokens: 50 }],
    [['max_tokens'], { max_tokens: 50 }],
    [['reasoning'], { reasoning_effort: 'low' }],
    [['reasoning_effort'], { reasoning_effort: 'low' }],
    [['include_reasoning'], { reasoning_effort: 'low' }],
    [['logprobs'], { logprobs: true }],
    [['temperature', 'top_p', 'seed', 'max_tokens', 'stop', 'reasoning', 'logprobs'], params],
    [['tools'], {}],
  ])('%j takes %j', async (names, taken) => {
    const { client } = await play(
      mixture([], ['a'], { strategy: 'single' }),
      { a: answers('1') },
      { params },
      () => {},
      knowing({ a: names }),
    );
    expect(client.requests[0]?.params).toEqual(taken);
  });

  it('are not those that were not asked for, nor any of a model nothing is known of', async () => {
    const base = mixture(['a', 'b'], ['c']);
    const scripts = { a: answers('1'), b: answers('2'), c: answers('3') };
    const known = knowing({ a: null, c: ['seed'] });
    const { client, result } = await play(base, scripts, { params: { seed: 1, temperature: undefined } }, () => {}, known);
    expect(client.requests.map((call) => call.params.seed)).toEqual([1, 1, 1]);
    expect(told(result)).toEqual([]);
  });
});
