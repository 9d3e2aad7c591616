import { describe, expect, it } from 'vitest';
import { ANSWER_HEADING, createFormatter } from '../../../src/cli/output/format.js';
import type { RunEventBody } from '../../../src/core/event.js';
import type { RunResult } from '../../../src/core/run.js';
import { events, RUN_ID, resultOf } from '../../observe/sample-run.js';

const BROKEN = { code: 'stream_broken', message: 'it broke off', hint: null } as const;
const MISMATCH = { code: 'schema_mismatch', message: 'the answer is not JSON', hint: null } as const;

/** What stands on stdout after a run. */
function printed(result: Partial<RunResult>, { deltas = [] as string[], showProposals = false } = {}): string {
  let out = '';
  const formatter = createFormatter('text', (text) => (out += text), { showProposals, early: [] });
  const tell = (body: RunEventBody) => formatter.handle({ ...body, run_id: RUN_ID, t_ms: 0 });
  for (const text of deltas) tell({ type: 'answer.delta', text });
  formatter.finish({ ...resultOf(events()), proposals: [], answer_source: 'critic', ...result });
  return out;
}

describe('the answer as text', () => {
  it('is printed once, as it comes', () => {
    expect(printed({ status: 'complete', answer: 'ab' }, { deltas: ['a', 'b'] })).toBe('ab');
    expect(printed({ status: 'complete', answer: 'ab' })).toBe('ab');
  });

  it('of a failed run is what was shown of it', () => {
    expect(printed({ status: 'failed', answer: 'half', error: BROKEN }, { deltas: ['half'] })).toBe('half');
  });

  it('of a failed run is not printed where it was held back for a check that it did not pass', () => {
    expect(printed({ status: 'failed', answer: 'no JSON', error: MISMATCH })).toBe('');
  });

  it('below proposals follows the same rules', () => {
    const { proposals } = resultOf(events());
    const show = (result: Partial<RunResult>, deltas: string[] = []) => printed({ proposals, ...result }, { deltas, showProposals: true });
    expect(show({ status: 'complete', answer: 'ab' }, ['ab'])).toMatch(new RegExp(`${ANSWER_HEADING.trim()}\\s+ab$`));
    expect(show({ status: 'failed', answer: 'half', error: BROKEN }, ['half'])).toMatch(/half$/);
    const failed = show({ status: 'failed', answer: 'no JSON', error: MISMATCH });
    expect(failed).not.toContain('no JSON');
    expect(failed).not.toContain(ANSWER_HEADING);
    expect(failed).not.toBe('');
  });
});
