import type { EvalData, Outcome } from '../../../core/eval/data.js';
import type { Given, GivenPrompt } from '../../../eval/reading/given-table.js';
import { scoreByReference } from '../../../eval/scoring/exact.js';

/** The same data with a score wherever a reference tells it; a failed answer is wrong there. */
export function scoredByReference(data: EvalData, { prompts, texts }: Given): EvalData {
  const scorable = prompts.map(isScorable);
  const outcomes = data.outcomes.map((row, contestant) =>
    [...row].map((outcome, prompt) => {
      const asked = prompts[prompt];
      if (!outcome || !asked || !scorable[prompt]) return outcome;
      return scored(outcome, asked, texts[contestant]?.[prompt] ?? null);
    }),
  );
  return { ...data, outcomes };
}

function isScorable({ messages, reference }: GivenPrompt): boolean {
  return reference !== null && 'score' in scoreByReference({ messages: messages ?? [], reference }, '', null);
}

function scored(outcome: Outcome, { messages, reference }: GivenPrompt, text: string | null): Outcome {
  if (text === null) return { ...outcome, score: 0, scored_by: 'reference' };
  const result = scoreByReference({ messages: messages ?? [], reference }, text, null);
  return 'score' in result ? { ...outcome, score: result.score, scored_by: 'reference' } : outcome;
}
