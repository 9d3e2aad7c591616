import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { Answers } from '../asking/answers.js';
import { questionKey } from '../asking/keys.js';
import type { AnswerRecord, EvalRecords } from '../evaluation.js';
import type { Results } from './results.js';

/** @param prompts reads them anew each time */
export function recordsOf(results: Results, answers: Answers, prompts: () => Iterable<EvalPrompt>): EvalRecords {
  return {
    *answers() {
      let index = 0;
      for (const prompt of prompts()) {
        yield* answersTo(prompt, index, results, answers);
        index += 1;
      }
    },
    *comparisons() {
      const nameOf = (index: number) => results.contestants[index]?.name ?? '';
      for (const { prompt, a, b, judge, preference, orders } of results.comparisons) {
        yield { id: results.prompts[prompt]?.id ?? '', a: nameOf(a), b: nameOf(b), judge, preference, orders };
      }
    },
  };
}

function* answersTo(prompt: EvalPrompt, index: number, results: Results, answers: Answers): Generator<AnswerRecord> {
  const question = questionKey(prompt);
  for (const [place, contestant] of results.contestants.entries()) {
    const outcome = results.outcomes[place]?.at(index);
    const answer = outcome ? answers.kept(contestant, question) : null;
    if (!outcome || answer === null) continue;
    const { text, status, error, cost_usd, cost_source, first_token_ms, duration_ms } = answer;
    const { score, scored_by } = outcome;
    const told = { text, status, error, score, scored_by, cost_usd, cost_source, first_token_ms, duration_ms };
    yield { id: prompt.id, contestant: contestant.name, messages: prompt.messages, ...told };
  }
}
