import { describe, expect, it } from 'vitest';
import { OutcomeNumbers } from '../../../../src/app/eval/running/outcome-numbers.js';
import type { Outcome } from '../../../../src/core/eval/data.js';

const right: Outcome = {
  status: 'answered',
  score: 1,
  scored_by: 'reference',
  cost_usd: 0.1 + 0.2,
  cost_source: 'computed',
  first_token_ms: 27,
  duration_ms: 120.5,
  style: { length: 5_000_000, headings: 2, list_items: 9, bold: 1 },
};
const failed: Outcome = { ...right, status: 'failed', score: 0, scored_by: 'check', first_token_ms: null, style: null };

const outcomes: readonly Outcome[] = [
  right,
  failed,
  { ...right, score: null, scored_by: null, cost_usd: null, cost_source: 'unknown' },
  { ...right, cost_usd: 0, duration_ms: 0, first_token_ms: 0, style: { length: 0, headings: 0, list_items: 0, bold: 0 } },
  ...(['reported', 'estimated', 'partial'] as const).map((cost_source) => ({ ...right, cost_source })),
];

describe('outcomes as numbers', () => {
  it('come out as they went in', () => {
    const row = new OutcomeNumbers(outcomes.length);
    for (const [prompt, outcome] of outcomes.entries()) row.set(prompt, outcome);
    expect([...row]).toEqual(outcomes);
    expect(row.at(1)).toEqual(failed);
  });

  it('are null where nothing was asked', () => {
    const row = new OutcomeNumbers(3);
    row.set(1, right);
    expect([...row]).toEqual([null, right, null]);
    expect(row.at(3)).toBeNull();
  });

  it('take the place of an earlier one as a whole', () => {
    const row = new OutcomeNumbers(1);
    row.set(0, right);
    row.set(0, failed);
    expect([...row]).toEqual([failed]);
  });
});
