import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalData, Outcome, TextStyle } from '../../../core/eval/data.js';
import type { EvalKind } from '../../../core/eval/prompt.js';
import type { Given } from '../../../eval/reading/given-table.js';
import { kindOf } from '../prompts/kind.js';

/** Answers that were brought along have no price and took no time that is known. */
const GIVEN = { cost_usd: null, cost_source: 'unknown', first_token_ms: null, duration_ms: 0 } as const;

const NOT_SCORED = { score: null, scored_by: null } as const;

/** What files say, as an evaluation without anybody who could be asked. */
export function dataOf(given: Given): EvalData {
  return {
    contestants: given.contestants.map(contestantOf),
    prompts: given.prompts.map(({ id, kind, messages }) => ({ id, kind: kind ?? kindOfGiven(messages) })),
    outcomes: given.contestants.map((_, contestant) => given.prompts.map((_, prompt) => outcomeOf(given, contestant, prompt))),
    comparisons: given.comparisons,
  };
}

export function contestantOf(name: string): Contestant {
  return { name, role: 'given', mixture: null, samples: null, matches: [] };
}

/** Null where files hold nothing of it. */
export function outcomeOf({ styles, failed }: Given, contestant: number, prompt: number): Outcome | null {
  const style: TextStyle | null = styles[contestant]?.[prompt] ?? null;
  if (failed[contestant]?.has(prompt)) return { status: 'failed', ...NOT_SCORED, ...GIVEN, style: null };
  return style === null ? null : { status: 'answered', ...NOT_SCORED, ...GIVEN, style };
}

function kindOfGiven(messages: Given['prompts'][number]['messages']): EvalKind {
  return messages === null ? 'other' : kindOf(messages);
}
