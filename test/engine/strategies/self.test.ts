import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/core/catalog.js';
import { NO_CATALOG } from '../../../src/core/catalog.js';
import type { Member, Mixture } from '../../../src/core/mixture.js';
import type { CallEvent, CallRequest, ModelClient } from '../../../src/core/model-client.js';
import { self } from '../../../src/engine/strategies/self.js';
import { member, mixture } from '../../support/mixture.js';
import { play } from '../../support/run-engine.js';
import { answers, refuses, type Step } from '../../support/scripted-client.js';

function sampling(samples: number, own: Partial<Member> = {}, more: Partial<Mixture> = {}, critics: string[] = ['m']): Mixture {
  return mixture(
    Array.from({ length: samples }, () => member('', 'm', own)),
    critics,
    { strategy: 'self', ...more },
  );
}

/** One model whose calls play one script after the other. */
function takingTurns(...scripts: (readonly Step[])[]): { client: ModelClient; requests: CallRequest[] } {
  const requests: CallRequest[] = [];
  const client: ModelClient = {
    async *call(request) {
      const script = scripts[requests.push(request) - 1] ?? [];
      yield { type: 'attempt', attempt: 1 };
      for (const step of script) {
        if ('fail' in step) throw step.fail;
        yield step as CallEvent;
      }
    },
    lookupBill: async () => null,
    embed: () => Promise.reject(new Error('nothing embeds here')),
  };
  return { client, requests };
}

const params = (requests: readonly CallRequest[]) => requests.map((request) => request.params);

describe('samples', () => {
  it('differ by seed and warmth, the critic gets neither', async () => {
    const { client, requests } = takingTurns(answers('41'), answers('42'), answers('43'), answers('merged'));
    const { result } = await play(sampling(3), {}, {}, () => {}, { client });
    const seeds = params(requests).map((each) => each.seed);
    const first = seeds[0] as number;
    expect(Number.isInteger(first) && first >= 0 && first < 2 ** 31).toBe(true);
    expect(seeds).toEqual([first, first + 1, first + 2, undefined]);
    expect(params(requests).map((each) => each.temperature)).toEqual([0.7, 0.7, 0.7, undefined]);
    expect(result).toMatchObject({ status: 'complete', answer: 'merged', answer_source: 'critic', strategy: 'self' });
    expect(result.calls.map((call) => [call.id, call.kind, call.model])).toEqual([
      ['p1', 'proposer', 'm'],
      ['p2', 'proposer', 'm'],
      ['p3', 'proposer', 'm'],
      ['c1', 'critic', 'm'],
    ]);
  });

  it('are the same again under the same seed of the run', async () => {
    const seedsOf = async (seed: number) => {
      const { client, requests } = takingTurns(answers('1'), answers('2'), answers('x'));
      await play(sampling(2), {}, { seed }, () => {}, { client });
      return params(requests.slice(0, 2)).map((each) => each.seed);
    };
    expect(await seedsOf(5)).toEqual(await seedsOf(5));
    expect(await seedsOf(5)).not.toEqual(await seedsOf(6));
  });

  it('keep the parameters of the configuration and the request; a seed for all counts up', async () => {
    const own = takingTurns(answers('1'), answers('2'), answers('x'));
    await play(sampling(2, { params: { temperature: 0.2, seed: 7 } }), {}, {}, () => {}, { client: own.client });
    expect(params(own.requests.slice(0, 2))).toEqual([
      { temperature: 0.2, seed: 7 },
      { temperature: 0.2, seed: 8 },
    ]);
    const flag = takingTurns(answers('1'), answers('2'), answers('x'));
    await play(sampling(2), {}, { params: { temperature: 1.1 } }, () => {}, { client: flag.client });
    expect(params(flag.requests).map((each) => each.temperature)).toEqual([1.1, 1.1, 1.1]);
  });

  it('of a model that takes neither seed nor temperature get neither, without a warning', async () => {
    const facts = { id: 'm', context: null, maxOutput: null, images: null, parameters: ['max_tokens'], expires: null, prices: null };
    const catalog: Catalog = { ...NO_CATALOG, facts: () => facts };
    const { client, requests } = takingTurns(answers('1'), answers('2'), answers('x'));
    const { result } = await play(sampling(2), {}, {}, () => {}, { client, catalog });
    expect(params(requests)).toEqual([{}, {}, {}]);
    expect(result.warnings).toEqual([]);
  });
});

describe('their answers', () => {
  it('pass through when they are identical', async () => {
    const { client, requests } = takingTurns(answers('42'), answers('42\n'), answers(' 42'));
    const { result } = await play(sampling(3), {}, {}, () => {}, { client });
    expect(requests).toHaveLength(3);
    expect(result).toMatchObject({ status: 'complete', answer: '42', answer_source: 'proposal:p1', critic: null });
  });

  it('go by majority when no critic can write', async () => {
    const { client } = takingTurns(answers('41'), answers('so 42'), answers('42'), refuses('provider_error', 500));
    const { result } = await play(sampling(3), {}, {}, () => {}, { client });
    expect(result).toMatchObject({ status: 'degraded', answer: 'so 42', answer_source: 'proposal:p2' });
    expect(result.warnings.at(-1)?.code).toBe('no_critic');
  });

  it('may be merged by another model', async () => {
    const { client, requests } = takingTurns(answers('41'), answers('42'), answers('43'), answers('merged'));
    const { result } = await play(sampling(3, {}, {}, ['other']), {}, {}, () => {}, { client });
    expect(requests.map((request) => request.model)).toEqual(['m', 'm', 'm', 'other']);
    expect(result.answer).toBe('merged');
  });
});

it('plans a call for each sample and one for the critic', () => {
  const run = sampling(3);
  const plan = {
    mixture: run,
    strategy: 'self' as const,
    reason: '',
    proposers: run.proposers,
    writers: run.critics,
    classifier: null,
    missing: [],
    warnings: [],
  };
  expect(self.calls(plan).map(({ id, certain }) => [id, certain])).toEqual([
    ['p1', true],
    ['p2', true],
    ['p3', true],
    ['c1', true],
  ]);
});
