import { unlessAborted } from '../../core/abort.js';
import type { AnswerCache, CachedAnswer, Place, SemanticRule } from '../../core/answer-cache.js';
import type { RunResult } from '../../core/run.js';
import { mayCallTools } from '../../core/tool.js';
import { type RunContext, stopReason } from '../context.js';
import { failed, type Outcome } from '../outcome.js';
import type { RunInput } from '../run.js';
import { type CacheKeys, cacheKeys } from './cache-key.js';
import { placeQuestion } from './place-question.js';

/** Answers kept for later runs. */
export interface KeptAnswers {
  answers: AnswerCache;
  /** Also finds answers to questions that mean the same; null: only to the same question. */
  semantic: SemanticRule | null;
  /** What answers depend on beside the request, such as the addresses behind the providers' names. */
  realm?: string;
}

/** An answer that was there before; `similarity` where it was given to another question. */
interface Hit {
  answer: CachedAnswer;
  similarity: number | null;
}

/** What a run found out on its way to the cache. */
interface Visit {
  hit: Hit | null;
  place: Place | null;
}

/** Runs that look for their answer before they ask for it, and keep what they got. */
export class CachedRuns {
  readonly #cache: KeptAnswers;
  readonly #runOnce: (input: RunInput) => Promise<RunResult>;
  /** By key: the run that others with the same question wait for. Null when it brings nothing that can be shared. */
  readonly #underWay = new Map<string, Promise<Hit | null>>();

  /** @param runOnce how a run is made */
  constructor(cache: KeptAnswers, runOnce: (input: RunInput) => Promise<RunResult>) {
    this.#cache = cache;
    this.#runOnce = runOnce;
  }

  async run(input: RunInput): Promise<RunResult> {
    const { cache: mode = 'use', tools } = input.request;
    // A tool call is meant for one turn of one conversation.
    if (mode === 'off' || mayCallTools(tools)) return this.#runOnce(input);
    const keys = cacheKeys(input.request, this.#cache.realm ?? '', this.#cache.semantic);
    return mode === 'use' ? this.#use(input, keys) : this.#refresh(input, keys);
  }

  /** Asks anew. The question is placed all the same, so that later ones like it find the new answer. */
  async #refresh(input: RunInput, keys: CacheKeys): Promise<RunResult> {
    const visit: Visit = { hit: null, place: null };
    const result = await this.#runOnce({
      ...input,
      before: async (ctx) => {
        visit.place = await this.#place(ctx, keys);
        const stopped = stopReason(ctx);
        return stopped && failed(stopped);
      },
    });
    const answer = toKeep(input, keys, result);
    if (answer) await this.#keep(keys, answer, visit.place);
    return result;
  }

  async #use(input: RunInput, keys: CacheKeys): Promise<RunResult> {
    const twin = this.#underWay.get(keys.key) ?? null;
    const visit: Visit = { hit: null, place: null };
    let share = twin ? null : this.#lead(keys.key);
    try {
      const result = await this.#runOnce({
        ...input,
        before: async (ctx) => {
          visit.hit = twin && (await unlessStopped(ctx, twin));
          if (twin && !visit.hit) share = this.#lead(keys.key);
          if (!visit.hit) await this.#lookUp(ctx, keys, visit);
          const stopped = stopReason(ctx);
          if (stopped) return failed(stopped);
          return visit.hit && give(ctx, visit.hit);
        },
      });
      const answer = visit.hit ? null : toKeep(input, keys, result);
      share?.(visit.hit ?? (answer && { answer, similarity: null }));
      if (answer) await this.#keep(keys, answer, visit.place);
      return result;
    } finally {
      if (share) {
        share(null);
        this.#underWay.delete(keys.key);
      }
    }
  }

  /** Lets others wait for this run, unless they wait for another one already. The returned function tells them its answer. */
  #lead(key: string): ((hit: Hit | null) => void) | null {
    if (this.#underWay.has(key)) return null;
    let share: (hit: Hit | null) => void = () => {};
    this.#underWay.set(
      key,
      new Promise((resolve) => {
        share = resolve;
      }),
    );
    return share;
  }

  async #lookUp(ctx: RunContext, keys: CacheKeys, visit: Visit): Promise<void> {
    const { answers, semantic } = this.#cache;
    if (stopReason(ctx)) return;
    const answer = await unlessStopped(ctx, answers.get(keys.key));
    if (answer) visit.hit = { answer, similarity: null };
    if (answer) return;
    visit.place = await this.#place(ctx, keys);
    if (semantic && visit.place) visit.hit = await unlessStopped(ctx, answers.nearest(visit.place, semantic.threshold));
  }

  /** Null where questions are not compared, or the embedding model can't tell. */
  async #place(ctx: RunContext, { scope, question }: CacheKeys): Promise<Place | null> {
    const { semantic } = this.#cache;
    if (semantic === null || scope === null || stopReason(ctx)) return null;
    const vector = await placeQuestion(ctx, semantic, question);
    return vector && { scope, vector };
  }

  /** The answer is out already: whatever goes wrong now is the cache's own affair. */
  #keep({ key }: CacheKeys, answer: CachedAnswer, place: Place | null): Promise<void> {
    return this.#cache.answers.put(key, answer, place).catch(() => undefined);
  }
}

/** A complete run's answer; anything less may be better the next time. */
function toKeep(input: RunInput, { question }: CacheKeys, result: RunResult): CachedAnswer | null {
  const { status, answer, finish_reason, id } = result;
  if (status !== 'complete' || answer === null) return null;
  return { answer, finish_reason, question, run_id: id, stored_at: input.clock.date().toISOString() };
}

function give(ctx: RunContext, { answer: { answer, finish_reason, question, stored_at }, similarity }: Hit): Outcome {
  if (similarity !== null) {
    const like = `answer from the cache, given on ${stored_at.slice(0, 10)} to a similar question (${similarity.toFixed(2)})`;
    ctx.recorder.warn('cache_similar', `${like}: "${shortened(question)}"`);
  }
  ctx.writer.whole('cache', null, answer);
  return { status: 'complete', answer, tool_calls: [], answer_source: 'cache', finish_reason, error: null };
}

const SHOWN_QUESTION = 120;

function shortened(question: string): string {
  const line = question.trim().replace(/\s+/g, ' ');
  return line.length <= SHOWN_QUESTION ? line : `${line.slice(0, SHOWN_QUESTION).trimEnd()}…`;
}

/** What `work` brings; null when it fails or the run ends first. */
function unlessStopped<T>({ signal }: RunContext, work: Promise<T | null>): Promise<T | null> {
  return unlessAborted(work, signal).catch(() => null);
}
