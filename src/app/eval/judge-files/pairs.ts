import { MomError } from '../../../core/error.js';
import type { EvalData } from '../../../core/eval/data.js';
import type { Given } from '../../../eval/reading/given-table.js';
import type { AnswerPair } from '../judging/judging.js';

/** A pair that a judge has to look at, with the indexes of its prompt and its contestant; the other one is the baseline. */
export interface PlacedPair {
  prompt: number;
  contestant: number;
  pair: AnswerPair;
}

/** The given answers, by twos. */
export class Pairs {
  readonly baseline: number;
  readonly #given: Given;
  readonly #data: EvalData;

  constructor(given: Given, data: EvalData, baseline: string) {
    this.#given = given;
    this.#data = data;
    this.baseline = given.contestants.indexOf(baseline);
  }

  /** Two contestants on one prompt; null where one has no answer there, or neither has a text. */
  pair(prompt: number, a: number, b: number): AnswerPair | null {
    const { contestants, prompts, texts } = this.#given;
    const asked = prompts[prompt];
    if (!asked || !this.#data.outcomes[a]?.at(prompt) || !this.#data.outcomes[b]?.at(prompt)) return null;
    const side = (index: number) => ({ name: contestants[index] ?? '', text: texts[index]?.[prompt] ?? null });
    const [one, other] = [side(a), side(b)];
    if (one.text === null && other.text === null) return null;
    const { id, messages, reference } = asked;
    const kind = this.#data.prompts[prompt]?.kind ?? 'other';
    return { prompt: { id, messages: messages ?? [], reference, kind, answer_file: null }, a: one, b: other };
  }

  /**
   * Every other contestant with the baseline, on the prompts that nothing but a judge can score.
   * @throws MomError `input_invalid` for a prompt without its text
   */
  *toJudge(): Generator<PlacedPair> {
    for (const [prompt, { id, messages }] of this.#given.prompts.entries()) {
      if (this.#data.outcomes.some((row) => row.at(prompt)?.score != null)) continue;
      for (const contestant of this.#given.contestants.keys()) {
        if (contestant === this.baseline) continue;
        const pair = this.pair(prompt, contestant, this.baseline);
        if (pair === null) continue;
        if (messages === null) throw withoutText(id);
        yield { prompt, contestant, pair };
      }
    }
  }
}

function withoutText(id: string): MomError {
  return new MomError(
    'input_invalid',
    `the prompt ${JSON.stringify(id)} has no text, and without it no judge can tell which answer is better`,
    {
      hint: 'put a "prompt" into the lines of the answers, or name a file with {"id", "prompt"} lines beside them',
    },
  );
}
