import { describe, expect, it } from 'vitest';
import { type DryRun, dryRunJson, dryRunText } from '../../src/cli/view/dry-run.js';
import type { Mixture } from '../../src/core/mixture.js';
import type { Provider } from '../../src/core/model.js';
import type { Plan } from '../../src/core/plan.js';
import type { Bounds, Quote, QuotedCall } from '../../src/core/quote.js';
import type { CallKind } from '../../src/core/run.js';
import { member, mixture } from '../support/mixture.js';

const MIX = mixture([member('p1', 'acme/one', { family: 'acme' }), 'other/two'], ['acme/big', 'other/big']);

function call(id: string, model: string, more: Partial<QuotedCall> = {}): QuotedCall {
  const kind: CallKind = id.startsWith('p') ? 'proposer' : 'critic';
  const base = { layer: 1, certain: true, reads: { least: 0, most: 0 }, output: null };
  const bounds = { input_tokens: { low: 30, high: 62 }, output_tokens: { low: 1, high: 4_000 }, usd: { low: 0.00012, high: 0.0401 } };
  return { id, kind, member: member(id, model, { family: model.split('/')[0] ?? '' }), ...base, ...bounds, ...more };
}

const CALLS = [call('p1', 'acme/one'), call('p2', 'other/two'), call('c1', 'acme/big', { layer: 0, usd: { low: 0.0011, high: 0.102 } })];

function dryRun(calls = CALLS, more: Partial<Quote> = {}, mix: Mixture = MIX, plan: Partial<Plan> = {}): DryRun {
  const provider = { name: 'test', baseUrl: 'https://models.example:8443/v1' } as Provider;
  const usd: Bounds = { low: 0.00134, high: 0.1822 };
  return {
    plan: {
      mixture: mix,
      strategy: 'fuse',
      reason: 'for the test',
      proposers: mix.proposers,
      writers: mix.critics,
      classifier: null,
      warnings: [],
      missing: [],
      ...plan,
    },
    quote: { calls, usd, unpriced: [], listed_at: '2026-01-02T03:04:05Z', ...more },
    request: { messages: [{ role: 'user', content: 'What is the capital of France?' }], mixture: mix, stream: false },
    providers: [provider],
    early: [],
  };
}

const ACCURACY = 'tokens are estimated on this machine, within 35 %; an answer is taken to be as long as its limit at most';

describe('a dry run in text', () => {
  it('says who would be asked what, who sees it, and what it costs', () => {
    expect(dryRunText(dryRun())).toBe(
      [
        '3 calls, for the test; nothing was sent',
        'asked at once:',
        '  p1  acme/one  (acme) sent to test, models.example:8443',
        '      30 to 62 tokens in, 1 to 4,000 out: $0.00012 to $0.041',
        '  p2  other/two  (other) sent to test, models.example:8443',
        '      30 to 62 tokens in, 1 to 4,000 out: $0.00012 to $0.041',
        'writes the answer:',
        '  c1  acme/big  (acme) sent to test, models.example:8443',
        '      30 to 62 tokens in, 1 to 4,000 out: $0.0011 to $0.11',
        'only if that fails:',
        '  c2  other/big  (other/big) sent to test, models.example:8443',
        'in total: $0.0013 to $0.19, when no call has to be made again',
        'prices as listed on 2026-01-02',
        ACCURACY,
        '',
      ].join('\n'),
    );
  });

  it('tells certain calls from those that may be needed', () => {
    const calls = [
      call('p1', 'acme/one'),
      call('p2', 'other/two', { certain: false }),
      call('c1', 'acme/big', { layer: 0, certain: false }),
    ];
    const text = dryRunText(dryRun(calls));
    expect(text).toMatch(/^1 to 3 calls, /);
    expect(text).toContain('\nasked at once:\n  p1 ');
    expect(text).toContain('\nasked only if needed:\n  p2 ');
    expect(text).toContain('\nwrites the answer, only if needed:\n  c1 ');
  });

  it.each<[string, QuotedCall[]]>([
    ['asked first which strategy fits', [call('r1', 'a/b', { kind: 'router', layer: 0 })]],
    ['chooses the answer', [call('c1', 'a/b', { kind: 'judge', layer: 0 }), call('c1.2', 'a/b', { kind: 'judge', layer: 0 })]],
    ['tier 2, asked only if needed', [call('p2', 'a/b', { layer: 2, certain: false })]],
    ['layer 2, asked at once', [call('p1.2', 'a/b', { layer: 2 }), call('a1.2', 'a/b', { layer: 2, kind: 'proposer' })]],
    ['round 1, reviews the answer', [call('p1.r1', 'a/b', { layer: 2 }), call('p2.r1', 'a/b', { layer: 2 })]],
    ['round 1, improves the answer, only if needed', [call('c1.r1', 'a/b', { layer: 0, certain: false })]],
    ['writes check questions', [call('v0', 'a/b', { kind: 'verifier', layer: 0 })]],
    ['answers check questions, one each, only if needed', [call('v1', 'a/b', { kind: 'verifier', layer: 0, certain: false })]],
    ['compares the answer with the checks', [call('c1.v', 'a/b', { layer: 0 })]],
  ])('names the stage: %s', (title, calls) => {
    const lines = dryRunText(dryRun(calls)).split('\n');
    expect(lines[1]).toBe(`${title}:`);
    for (const [i, { id }] of calls.entries()) expect(lines[2 + 2 * i]).toMatch(new RegExp(`^  ${id.replaceAll('.', '\\.')}  a/b  `));
  });

  it('gives the part of the price that is known, and how to make the rest known', () => {
    const calls = [call('p1', 'acme/one'), call('p2', 'other/two', { usd: null })];
    const text = dryRunText(dryRun(calls, { usd: null, unpriced: ['other/two'] }));
    expect(text).toContain('\n      30 to 62 tokens in, 1 to 4,000 out: price unknown\n');
    expect(text).toContain('\nin total: at least $0.00012\n');
    expect(text).toContain('\nprices as listed on 2026-01-02\nno price known for other/two: `pricing:` in the configuration sets one\n');
  });

  it('says that nothing is known where nothing is', () => {
    const text = dryRunText(dryRun([call('p1', 'acme/one', { usd: null })], { usd: null, unpriced: ['acme/one'], listed_at: null }));
    expect(text).toContain('\nin total: unknown\nno price known for acme/one');
    expect(text).not.toContain('prices ');
  });

  it('calls nothing a price that an earlier run has paid, or that nobody asks', () => {
    const free = { low: 0, high: 0 };
    const calls = [call('p1', 'acme/one', { usd: free, kept: true }), call('p2', 'other/two', { usd: null })];
    const unpriced = { usd: null, unpriced: ['other/two'], listed_at: null };
    const resumed = dryRunText(dryRun(calls, unpriced));
    expect(resumed).toContain('\nin total: unknown\nno price known for other/two');
    const local = dryRunText(dryRun([call('p1', 'llama', { usd: free }), call('p2', 'other/two', { usd: null })], unpriced));
    expect(local).toContain('\nin total: unknown\nno price known for other/two');
  });

  it('says where prices come from that no list gave', () => {
    expect(dryRunText(dryRun(CALLS, { listed_at: null }))).toContain('\nprices from `pricing:` in the configuration\n');
  });
});

it('a dry run of what is there in part tells whom nobody asks again', () => {
  const nothing = { low: 0, high: 0 };
  const kept = call('p1', 'acme/one', { input_tokens: nothing, output_tokens: nothing, usd: nothing, kept: true });
  const run = dryRun([kept, ...CALLS.slice(1)]);
  expect(dryRunText(run).split('\n').slice(0, 6)).toEqual([
    '2 calls, for the test; nothing was sent',
    'answered in the earlier run:',
    '  p1  acme/one  (acme)',
    'asked at once:',
    '  p2  other/two  (other) sent to test, models.example:8443',
    '      30 to 62 tokens in, 1 to 4,000 out: $0.00012 to $0.041',
  ]);
  const json = dryRunJson(run);
  expect(json.calls).toBe(2);
  expect(json.planned.map(({ id, kept, cost_usd }) => [id, kept, cost_usd])).toEqual([
    ['p1', true, nothing],
    ['p2', false, { low: 0.00012, high: 0.0401 }],
    ['c1', false, { low: 0.0011, high: 0.102 }],
  ]);
});

describe('the cap in a dry run', () => {
  const capped = (usd: number, more: Partial<Mixture> = {}, quote: Partial<Quote> = {}, calls = CALLS) =>
    dryRunJson(dryRun(calls, quote, { ...MIX, maxCost: { usd, setByUser: true }, ...more })).warnings;

  it('says nothing where everything fits', () => {
    expect(capped(0.5)).toEqual([]);
  });

  it('may be reached by answers of full length', () => {
    expect(capped(0.1)).toEqual([
      {
        code: 'cost_cap',
        message:
          'the cap of $0.10 may be reached: the calls cost up to $0.19; models may be left out, the answer stopped or the run refused',
      },
    ]);
    expect(dryRunText(dryRun(CALLS, {}, { ...MIX, maxCost: { usd: 0.1, setByUser: false } }))).toContain(
      '\nthe cap of $0.10 may be reached: ',
    );
  });

  it.each([0.0005, 0])('of %s is reached by the shortest answers', (usd) => {
    expect(capped(usd)[0]?.message).toMatch(
      /^the cap of \$[\d.]+ would be reached: the calls cost at least \$0\.0013; the run would leave models out, or be refused$/,
    );
  });

  it('is not in the way of free models', () => {
    expect(capped(0, {}, {}, [call('p1', 'acme/one', { usd: { low: 0, high: 0 } })])).toEqual([]);
  });

  it('of the user does not let an unknown price pass, unless it is told to', () => {
    const calls = [call('p1', 'acme/one', { usd: null })];
    const unknown = { usd: null, unpriced: ['acme/one'] };
    expect(capped(0.5, {}, unknown, calls)).toEqual([
      {
        code: 'cost_cap',
        message: "the cap of $0.50 can't be held, as no price is known for acme/one: the run would leave models out, or be refused",
      },
    ]);
    expect(capped(0.5, { allowUnknownPrice: true }, unknown, calls)).toEqual([]);
    expect(capped(0.5, { maxCost: { usd: 0.5, setByUser: false } }, unknown, calls)).toEqual([]);
  });
});

describe('a dry run in JSON', () => {
  it('holds the same', () => {
    const where = { provider: 'test', host: 'models.example:8443' };
    const json = dryRunJson(dryRun());
    expect(json).toMatchObject({
      schema_version: 1,
      dry_run: true,
      mixture: 'test',
      strategy: 'fuse',
      route_reason: 'for the test',
      calls: 3,
      cost_usd: { low: 0.00134, high: 0.1822 },
      unpriced: [],
      prices_listed_at: '2026-01-02T03:04:05Z',
      warnings: [],
    });
    expect(json.proposers).toEqual([
      { id: 'p1', kind: 'proposer', model: 'acme/one', family: 'acme', ...where, input_tokens_estimate: json.input_tokens_estimate },
      { id: 'p2', kind: 'proposer', model: 'other/two', family: 'other/two', ...where, input_tokens_estimate: json.input_tokens_estimate },
    ]);
    expect(json.writers.map(({ id, kind }) => [id, kind])).toEqual([
      ['c1', 'writer'],
      ['c2', 'writer'],
    ]);
    expect(json.planned[2]).toEqual({
      id: 'c1',
      kind: 'critic',
      layer: 0,
      model: 'acme/big',
      family: 'acme',
      ...where,
      certain: true,
      kept: false,
      input_tokens: { low: 30, high: 62 },
      output_tokens: { low: 1, high: 4_000 },
      cost_usd: { low: 0.0011, high: 0.102 },
    });
  });

  it('tells of models that were left out, and that a classifier may choose another strategy', () => {
    const warnings = [{ code: 'model_retired', message: 'left out' }];
    const plan = { warnings, classifier: member('r1', 'small/sorter') };
    const early = [{ code: 'files_skipped', message: 'left out of d: key.pem' }];
    expect(dryRunJson({ ...dryRun(CALLS, {}, MIX, plan), early }).warnings).toEqual([
      ...early,
      ...warnings,
      {
        code: 'route_open',
        message: 'small/sorter decides first and may choose another strategy or mixture, at another price; shown is fuse',
      },
    ]);
  });
});
