import type { EvalData } from '../../../core/eval/data.js';
import type { Given } from '../../../eval/reading/given-table.js';
import type { AnswerRecord, ComparisonRecord, EvalRecords } from '../evaluation.js';

/** What `-o` writes beside the report. */
export function recordsOf(given: Given, data: EvalData): EvalRecords {
  return { answers: () => answersOf(given, data), comparisons: () => comparisonsOf(data) };
}

function* answersOf({ texts, prompts }: Given, { contestants, outcomes }: EvalData): Generator<AnswerRecord> {
  for (const [prompt, { id, messages: asked }] of prompts.entries()) {
    const messages = asked ?? [];
    for (const [index, { name: contestant }] of contestants.entries()) {
      const outcome = outcomes[index]?.at(prompt);
      const text = texts[index]?.[prompt] ?? null;
      if (!outcome || (text === null && outcome.status === 'answered')) continue;
      const { status, score, scored_by, cost_usd, cost_source, first_token_ms, duration_ms } = outcome;
      yield { id, contestant, messages, text, status, error: null, score, scored_by, cost_usd, cost_source, first_token_ms, duration_ms };
    }
  }
}

function* comparisonsOf({ comparisons, contestants, prompts }: EvalData): Generator<ComparisonRecord> {
  const name = (index: number) => contestants[index]?.name ?? '';
  for (const { prompt, a, b, judge, preference, orders } of comparisons) {
    yield { id: prompts[prompt]?.id ?? '', a: name(a), b: name(b), judge, preference, orders };
  }
}
