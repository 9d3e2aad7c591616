import { describe, expect, it } from 'vitest';
import { closingLine } from '../../src/cli/view/closing-line.js';
import { formatCost, formatUsd, formatUsdBounds } from '../../src/cli/view/price.js';
import { Sanitizer, sanitize } from '../../src/cli/view/sanitize.js';
import type { CallRecord, RunResult } from '../../src/core/run.js';
import { proposalsText } from '../../src/observe/proposals-text.js';
import { callRecord, events, resultOf } from '../observe/sample-run.js';

describe('sanitize', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['titles', 'a\u001b]0;title\u0007b', 'ab'],
    ['strings that end with ST', 'a\u001bP1$r\u001b\\b', 'ab'],
    ['C1 sequences', 'a\u009b31mb', 'ab'],
    ['carriage returns and backspaces', 'a\r\bb\u007f', 'ab'],
    ['bidirectional overrides', 'a\u202eb\u2066c', 'abc'],
    ['nothing of ordinary text', 'tab\tline\nümläut 😀', 'tab\tline\nümläut 😀'],
    ['an open string only to the end of its line', 'a\u001b]0;open\nb', 'a\nb'],
  ])('takes out %s', (_what, raw, clean) => {
    expect(sanitize(raw)).toBe(clean);
  });

  it('sees a sequence that is split over pieces', () => {
    const sanitizer = new Sanitizer();
    expect([...'x\u001b[31my\u001b]8;;u\u001b\\z'].map((char) => sanitizer.push(char)).join('')).toBe('xyz');
  });
});

describe('formatCost', () => {
  it.each([
    [0.114, 'reported', '$0.11 reported'],
    [0.02, 'partial', 'at least $0.02'],
    [null, 'unknown', 'cost unknown'],
    [0, 'reported', '$0.00 reported'],
  ] as const)('%s %s', (usd, source, text) => {
    expect(formatCost(usd, source)).toBe(text);
  });
});

describe('formatUsd', () => {
  it.each([
    [0, '$0.00'],
    [0.114, '$0.11'],
    [12.5, '$12.50'],
    [0.0012, '$0.0012'],
    [0.00999, '$0.01'],
    [0.00000000021, '$0.00000000021'],
  ])('%s is %s', (usd, text) => {
    expect(formatUsd(usd)).toBe(text);
  });

  it('rounds bounds away from each other', () => {
    expect(formatUsdBounds({ low: 0.001299, high: 0.114 })).toBe('$0.0012 to $0.12');
    expect(formatUsdBounds({ low: 0.07, high: 0.07 })).toBe('$0.07');
  });
});

/** A result of which only the calls, and what is named, matter. */
function resultWith(calls: CallRecord[], more: Partial<RunResult> = {}): RunResult {
  const proposals = calls.filter((call) => call.kind === 'proposer');
  const asked = calls.filter((call) => call.status !== 'skipped');
  const usage = { input_tokens: 6_000, output_tokens: 200, reasoning_tokens: 0, cached_input_tokens: 0 };
  return {
    ...resultOf(events()),
    status: 'complete',
    proposals,
    calls: asked,
    usage,
    cost_usd: 0.11,
    cost_source: 'reported',
    duration_ms: 14_000,
    ...more,
  };
}

describe('closingLine', () => {
  const p1 = callRecord();
  const p2 = callRecord({ id: 'p2' });
  const p3 = callRecord({ id: 'p3' });
  const c1 = callRecord({ id: 'c1', kind: 'critic', layer: 0 });
  const skipped = { ...p3, status: 'skipped', cost_usd: null, cost_source: 'unknown' } as const;
  const cut = { ...p3, status: 'cancelled' } as const;
  const failed = { ...p2, status: 'failed' } as const;
  const line = (calls: CallRecord[], more: Partial<RunResult> = {}) => closingLine(resultWith(calls, more));

  it('of fuse', () => {
    expect(line([p1, p2, p3, c1])).toBe('3/3 models · 14 s · 6.2k tokens · $0.11 reported');
    expect(line([p1, failed, cut, c1], { status: 'degraded' })).toBe('1/3 models · 14 s · 6.2k tokens · $0.11 reported · degraded');
  });

  it('of single, whose repaired draft is still one model', () => {
    const repair = { ...c1, id: 'c1.v' };
    const check = callRecord({ id: 'v1', kind: 'verifier', layer: 0 });
    expect(line([c1, check, repair], { strategy: 'single' })).toMatch(/^1\/1 model · /);
    expect(
      line(
        [
          { ...c1, status: 'failed' },
          { ...c1, id: 'c2', model: 'acme/two' },
        ],
        { strategy: 'single' },
      ),
    ).toMatch(/^1\/2 models · /);
  });

  it.each(['vote', 'cascade'] as const)('of %s does not take for a failure who was not needed', (strategy) => {
    expect(line([p1, p2, skipped], { strategy })).toBe('2 of 3 models, settled · 14 s · 6.2k tokens · $0.11 reported');
    expect(line([p1, p2, cut], { strategy })).toMatch(/^2 of 3 models, settled · /);
    const leftOut = { ...skipped, error: { code: 'cost_cap', message: 'left out', hint: null, status: null } } as const;
    expect(line([p1, p2, leftOut], { strategy, status: 'degraded' })).toMatch(/^2\/3 models · .* · degraded$/);
    expect(line([p1, failed, skipped], { strategy })).toMatch(/^1\/3 models · /);
    expect(line([p1, p2, p3], { strategy })).toMatch(/^3\/3 models · /);
    expect(line([p1, p2, cut], { strategy, status: 'degraded' })).toMatch(/^2\/3 models · .* · degraded$/);
  });

  it('counts the samples of one model', () => {
    expect(line([callRecord({ id: 'p1' }), callRecord({ id: 'p2' })], { strategy: 'self' })).toMatch(/^2\/2 samples · /);
  });

  it('of fuse calls nothing settled', () => {
    expect(line([p1, p2, cut, c1])).toMatch(/^2\/3 models · /);
  });

  it('of deep and refine counts models, not calls', () => {
    const second = [{ ...p1, id: 'p1.2', layer: 2 }, { ...p2, id: 'p2.2', layer: 2 }, callRecord({ id: 'a1.2', layer: 2 })];
    expect(line([p1, p2, ...second, c1], { strategy: 'deep' })).toMatch(/^2\/2 models · /);
  });

  it('of a single model that reviews its own answer', () => {
    const review = callRecord({ id: 'c1.r1', layer: 2 });
    expect(line([c1, review, { ...c1, id: 'c1.w1' }], { strategy: 'single' })).toMatch(/^1\/1 model · /);
  });

  it('from the cache', () => {
    const none = { input_tokens: 0, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 };
    const hit = { answer_source: 'cache', usage: none, cost_usd: 0, duration_ms: 12 } as const;
    expect(line([], hit)).toBe('from the cache · 12 ms · $0.00');
    const embedding = callRecord({ id: 'e1', kind: 'embedding', layer: 0 });
    expect(line([embedding], { ...hit, cost_usd: 0.0000002, usage: { ...none, input_tokens: 12 } })).toBe(
      'from the cache · 12 ms · 12 tokens · $0.0000002 reported',
    );
  });

  it('says what the total is made of', () => {
    const computed = { ...p2, cost_source: 'computed' } as const;
    const estimated = { ...p3, cost_source: 'estimated' } as const;
    const unknown = { ...p3, cost_usd: null, cost_source: 'unknown' } as const;
    expect(line([p1, computed, estimated], { cost_source: 'estimated' })).toMatch(/\$0\.11 reported, computed and estimated$/);
    expect(line([p1, computed], { cost_source: 'computed' })).toMatch(/\$0\.11 reported and computed$/);
    expect(line([p1, unknown, unknown], { cost_source: 'partial' })).toMatch(/at least \$0\.11 reported, 2 calls of unknown price$/);
    expect(line([unknown], { cost_usd: null, cost_source: 'unknown' })).toMatch(/ · cost unknown$/);
  });
});

describe('proposalsText', () => {
  it('names the model, the role and the layer, and why there is no answer', () => {
    const none = { text: null, usage: null, cost_usd: null } as const;
    const text = proposalsText([
      callRecord({ role: 'critical' }),
      callRecord({ id: 'p2', status: 'failed', error: { code: 'timeout', message: 'too late', hint: null, status: null }, ...none }),
      callRecord({ id: 'p3', status: 'skipped', layer: 2, ...none }),
      callRecord({ id: 'p1.2', layer: 2, text: 'Nothing is missing.\n' }),
      callRecord({ id: 'p1.r2', layer: 3, text: 'All is well.' }),
    ]);
    expect(text).toBe(
      [
        '## acme/one (p1, critical)\n\nIt is 42.\n',
        '## acme/one (p2)\n\n(no answer: too late)\n',
        '## acme/one (p3)\n\n(not asked)\n',
        '## Layer 2: acme/one (p1.2)\n\nNothing is missing.\n',
        '## Round 2: acme/one (p1.r2)\n\nAll is well.\n',
      ].join('\n'),
    );
  });
});
