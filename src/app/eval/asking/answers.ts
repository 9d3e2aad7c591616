import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { EvalAnswer } from '../../../core/eval/records.js';
import type { EvalStore } from '../../../core/eval/store.js';
import type { Mixture } from '../../../core/mixture.js';
import type { Quote } from '../../../core/quote.js';
import type { RunRequest } from '../../../core/run.js';
import type { Engine } from '../../../engine/index.js';
import type { EvalCap } from '../money/cap.js';
import type { Slots } from '../pace/slots.js';
import type { Stop } from '../pace/stop.js';
import { type Asker, ask } from './ask.js';
import { answerKey, questionKey, recipeKey } from './keys.js';
import type { RealmOf } from './realm.js';

interface AnswersDeps extends Asker {
  engine: Engine;
  store: Pick<EvalStore, 'answer' | 'keepAnswer'>;
  cap: EvalCap;
  slots: Slots;
  stop: Stop;
  realmOf: RealmOf;
  seed: number;
  /** ISO 8601: answers from before are asked for again; null: they count. */
  notBefore: string | null;
  /** Told each answer that was asked for, and whether nothing was kept of it before. */
  onAsked: (contestant: Contestant, answer: EvalAnswer, isNew: boolean) => void;
}

/** A prompt on its way through an evaluation. */
export interface PlacedPrompt {
  index: number;
  prompt: EvalPrompt;
  /** What it asks, as a hash. */
  question: string;
}

/** What contestants answer: kept, or asked once. */
export class Answers {
  readonly #deps: AnswersDeps;
  readonly #recipes = new Map<Contestant, string>();
  /** By key, so that the same question is not asked twice at once. */
  readonly #underWay = new Map<string, Promise<EvalAnswer>>();

  constructor(deps: AnswersDeps) {
    this.#deps = deps;
  }

  /** What is kept of an answer, also of one that failed; null where nothing is, or it is to be asked for again. */
  kept(contestant: Contestant, question: string): EvalAnswer | null {
    const answer = this.#deps.store.answer(this.#keyOf(contestant, question));
    const { notBefore } = this.#deps;
    return answer !== null && (notBefore === null || answer.answered_at >= notBefore) ? answer : null;
  }

  /** True where it was asked at all: prompts are asked in their order. */
  isBegun(contestant: Contestant, prompts: Iterable<EvalPrompt>): boolean {
    for (const prompt of prompts) return this.kept(contestant, questionKey(prompt)) !== null;
    return false;
  }

  /** Kept answers cost nothing; failed ones are asked for again. @throws MomError where nothing new may begin */
  async get(contestant: Contestant, placed: PlacedPrompt): Promise<EvalAnswer> {
    const kept = this.kept(contestant, placed.question);
    if (kept?.status === 'answered') return kept;
    const key = this.#keyOf(contestant, placed.question);
    const twin = this.#underWay.get(key);
    if (twin) return twin;
    this.#deps.stop.throwIfEnded();
    const asked = this.#deps.slots
      .run(placed.index, () => this.#ask(contestant, placed, key, kept === null))
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asked);
    return asked;
  }

  /** As it would be asked; the same seed for everybody, so that only the contestants differ. */
  request({ mixture }: Contestant, { prompt, index }: Pick<PlacedPrompt, 'prompt' | 'index'>): RunRequest {
    const { cap, stop, seed } = this.#deps;
    return {
      messages: prompt.messages,
      mixture: cap.lets(mixture as Mixture),
      budgets: [cap.budget],
      // A reader waits for the first token of a stream.
      stream: true,
      seed: (seed + index) >>> 0,
      // An answer from the cache has no price and no duration.
      cache: 'off',
      signal: stop.signal,
    };
  }

  /** What a run would cost; null where it can't be run at all, which asking it will say. */
  async quote(request: RunRequest): Promise<Quote | null> {
    const { engine } = this.#deps;
    try {
      return await engine.quote(await engine.plan(request), request);
    } catch {
      return null;
    }
  }

  async #ask(contestant: Contestant, placed: PlacedPrompt, key: string, isNew: boolean): Promise<EvalAnswer> {
    const { stop, cap, onAsked } = this.#deps;
    stop.throwIfEnded();
    const request = this.request(contestant, placed);
    return cap.spend((await this.quote(request)) ?? { usd: null }, async () => {
      stop.throwIfEnded();
      const { answer, result } = await ask(this.#deps, request);
      onAsked(contestant, answer, isNew);
      if (result?.status === 'cancelled') stop.throwIfEnded();
      const hindered = result && cap.hindered(result);
      if (hindered) throw hindered;
      this.#keep(key, answer);
      return answer;
    });
  }

  /** What was paid counts also where it can't be kept; nothing more is then asked. */
  #keep(key: string, answer: EvalAnswer): void {
    try {
      this.#deps.store.keepAnswer(key, answer);
    } catch (error) {
      this.#deps.stop.end(error);
    }
  }

  #keyOf(contestant: Contestant, question: string): string {
    const known =
      this.#recipes.get(contestant) ?? recipeKey(contestant.mixture as Mixture, this.#deps.realmOf(contestant.mixture as Mixture));
    this.#recipes.set(contestant, known);
    return answerKey(known, question);
  }
}
