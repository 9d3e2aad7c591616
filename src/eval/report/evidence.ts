import type { EvalData } from '../../core/eval/data.js';
import { groupComparisons } from './comparisons-by-pair.js';

/** What is known of two contestants, by the prompts where anything is. All arrays have the same length. */
export interface PairEvidence {
  /** Indexes of the prompts, ascending. */
  prompts: Int32Array;
  /** What each made of the prompt, from 0 to 1: its score, else its share of the win. */
  first: Float64Array;
  second: Float64Array;
  /** How that is known: one of {@link BY}. */
  by: Uint8Array;
}

/** Ways to know, as bits. */
export const BY = { reference: 1, check: 2, judge: 4 } as const;

const NO_SCORE = -1;

/**
 * The scores and preferences of an evaluation, in arrays. A failed answer is wrong wherever a prompt can be scored at all, and
 * lost where judges compare the pair; it is never left out.
 */
export class Evidence {
  readonly #data: EvalData;
  readonly #scores: readonly Int8Array[];
  readonly #byCheck: Uint8Array;
  readonly #judged: ReadonlyMap<number, ReadonlyMap<number, number>>;

  constructor(data: EvalData) {
    this.#data = data;
    this.#byCheck = new Uint8Array(data.prompts.length);
    this.#scores = this.#readScores();
    this.#judged = groupComparisons(data);
  }

  /** 1 right, 0 wrong; null where nothing can tell. */
  score(contestant: number, prompt: number): number | null {
    const score = this.#scores[contestant]?.[prompt] ?? NO_SCORE;
    return score === NO_SCORE ? null : score;
  }

  failed(contestant: number, prompt: number): boolean {
    return this.#data.outcomes[contestant]?.at(prompt)?.status === 'failed';
  }

  isByCheck(prompt: number): boolean {
    return this.#byCheck[prompt] === 1;
  }

  /** The share of the win of `a` over `b` by prompt, mean over the judges, and whether judges compare the two at all. */
  preference(a: number, b: number): { compared: boolean; of(prompt: number): number | null } {
    const isTurned = a > b;
    const known = this.#judged.get(Math.min(a, b) * this.#data.contestants.length + Math.max(a, b));
    return {
      compared: known !== undefined,
      of: (prompt) => {
        const share = known?.get(prompt) ?? this.#byFailure(isTurned ? b : a, isTurned ? a : b, prompt, known !== undefined);
        return share === null ? null : isTurned ? 1 - share : share;
      },
    };
  }

  between(a: number, b: number): PairEvidence {
    const prompts: number[] = [];
    const first: number[] = [];
    const second: number[] = [];
    const by: number[] = [];
    const preference = this.preference(a, b);
    for (let prompt = 0; prompt < this.#data.prompts.length; prompt++) {
      const left = this.score(a, prompt);
      const right = this.score(b, prompt);
      const share = left === null || right === null ? preference.of(prompt) : null;
      const isScored = left !== null && right !== null;
      if (!isScored && share === null) continue;
      prompts.push(prompt);
      first.push(isScored ? left : (share ?? 0));
      second.push(isScored ? right : 1 - (share ?? 0));
      by.push(isScored ? (this.isByCheck(prompt) ? BY.check : BY.reference) : BY.judge);
    }
    return {
      prompts: Int32Array.from(prompts),
      first: Float64Array.from(first),
      second: Float64Array.from(second),
      by: Uint8Array.from(by),
    };
  }

  /** Where judges compare two contestants, a failure loses to an answer though no judge has looked: a cap may have come before. */
  #byFailure(a: number, b: number, prompt: number, compared: boolean): number | null {
    if (!compared || !this.#data.outcomes[a]?.at(prompt) || !this.#data.outcomes[b]?.at(prompt)) return null;
    const lost = this.failed(a, prompt);
    const won = this.failed(b, prompt);
    return lost || won ? (Number(won) - Number(lost) + 1) / 2 : null;
  }

  #readScores(): Int8Array[] {
    const { outcomes, prompts } = this.#data;
    const scorable = new Uint8Array(prompts.length);
    const scores = outcomes.map((row) => {
      const known = new Int8Array(prompts.length).fill(NO_SCORE);
      let prompt = 0;
      for (const outcome of row) {
        if (outcome?.score != null) scorable[prompt] = 1;
        if (outcome?.scored_by === 'check') this.#byCheck[prompt] = 1;
        known[prompt] = outcome?.score ?? NO_SCORE;
        prompt += 1;
      }
      return known;
    });
    for (const [contestant, row] of scores.entries()) {
      for (let prompt = 0; prompt < row.length; prompt++) {
        if (row[prompt] === NO_SCORE && scorable[prompt] === 1 && this.failed(contestant, prompt)) row[prompt] = 0;
      }
    }
    return scores;
  }
}

/** Only the prompts that `isWanted`. */
export function among(pair: PairEvidence, isWanted: (prompt: number) => boolean): PairEvidence {
  const places = [...pair.prompts.keys()].filter((place) => isWanted(pair.prompts[place] ?? 0));
  return {
    prompts: Int32Array.from(places, (place) => pair.prompts[place] ?? 0),
    first: Float64Array.from(places, (place) => pair.first[place] ?? 0),
    second: Float64Array.from(places, (place) => pair.second[place] ?? 0),
    by: Uint8Array.from(places, (place) => pair.by[place] ?? 0),
  };
}

/** From -1 to 1 per prompt: what the first made of it less what the second did. */
export function differencesOf({ first, second }: PairEvidence): Float64Array {
  return first.map((share, place) => share - (second[place] ?? 0));
}
