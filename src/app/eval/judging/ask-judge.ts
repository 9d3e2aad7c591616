import { randomBytes } from 'node:crypto';
import type { Budget } from '../../../core/budget.js';
import { type ErrorCode, type ErrorInfo, isMomError, MomError } from '../../../core/error.js';
import { estimateTokens } from '../../../core/estimate.js';
import type { EventSink } from '../../../core/event.js';
import { VERDICT_TOKENS } from '../../../core/limits.js';
import type { RunRequest, RunResult, Warning } from '../../../core/run.js';
import type { Cost } from '../../../core/usage.js';
import type { Engine } from '../../../engine/index.js';
import type { CompareTask } from '../../../prompts/compare.js';
import { lookPrompt, type Shown } from './look-prompt.js';
import type { JudgeSeat } from './seat.js';
import { shortenBoth } from './shorten.js';

export interface AskDeps {
  engine: Pick<Engine, 'run' | 'plan' | 'newId'>;
  budgets: readonly Budget[];
  signal: AbortSignal;
  seed: number;
  recordersOf: (runId: string) => readonly EventSink[];
  onNote: (note: Warning) => void;
}

/** What came of one question to a judge. */
export interface Reply {
  run: string;
  /** Null where nothing came. */
  text: string | null;
  error: ErrorInfo | null;
  /** Geometric mean of the probabilities of its tokens. */
  confidence: number | null;
  cost: Cost;
}

/** What no later look would be spared: asking on would fail the same way, or is not allowed. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bug',
  'cancelled',
  'config_invalid',
  'cost_cap',
  'key_missing',
  'key_refused',
  'model_unknown',
  'no_credit',
  'usage',
]);

/** Bytes of the word that fences are made with. */
const NONCE_BYTES = 6;

/** Asks one judge, in a run of its own that stands in the costs like every other. */
export class JudgeAsker {
  readonly #seat: JudgeSeat;
  readonly #deps: AskDeps;
  #hasWarned = false;

  constructor(seat: JudgeSeat, deps: AskDeps) {
    this.#seat = seat;
    this.#deps = deps;
  }

  /**
   * Texts that are too long for the judge are shortened in the middle.
   * @throws MomError where money or signal end it, or every later question would fail the same way
   */
  async ask(shown: Shown, task: CompareTask): Promise<Reply> {
    const reply = await this.#run(shown, task);
    if (reply.error?.code !== 'input_too_large') return reply;
    const shorter = await this.#fitting(shown, task);
    return shorter === null ? reply : this.#run(shorter, task);
  }

  async #run(shown: Shown, task: CompareTask): Promise<Reply> {
    const { engine, recordersOf } = this.#deps;
    const run = engine.newId();
    const sinks = recordersOf(run);
    try {
      return replyOf(await engine.run(this.#request(shown, task), sinks, run));
    } catch (error) {
      if (!isMomError(error) || FINAL.has(error.code)) throw error;
      const { code, message, hint } = error;
      return { run, text: null, error: { code, message, hint }, confidence: null, cost: { usd: 0, source: 'reported' } };
    } finally {
      await Promise.allSettled(sinks.map(async (sink) => sink.close?.()));
    }
  }

  #request(shown: Shown, task: CompareTask): RunRequest {
    const { budgets, signal, seed } = this.#deps;
    return {
      messages: lookPrompt(shown, task, () => randomBytes(NONCE_BYTES).toString('hex')),
      mixture: this.#seat.mixture,
      // The same look again should find the same; models that know no temperature are asked without.
      params: { temperature: 0, ...(task === 'why' ? {} : { logprobs: true }) },
      budgets,
      stream: false,
      seed,
      cache: 'off',
      signal,
    };
  }

  /** The texts as the judge can read them; null where nothing is known of what it can. */
  async #fitting(shown: Shown, task: CompareTask): Promise<Shown | null> {
    const bare = this.#request({ ...shown, first: '', second: '' }, task);
    // What can't be planned can't be run either, and says so there.
    const plan = await this.#deps.engine.plan(bare).catch(() => null);
    const context = plan?.writers[0]?.context ?? null;
    if (context === null) return null;
    const room = context - estimateTokens(bare.messages) - VERDICT_TOKENS;
    const { texts, omitted } = shortenBoth([shown.first, shown.second], Math.max(0, room));
    if (omitted === 0) return null;
    this.#warnOnce(context);
    return { ...shown, first: texts[0], second: texts[1] };
  }

  #warnOnce(context: number): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const { name } = this.#seat;
    this.#deps.onNote({
      code: 'judge_answers_shortened',
      message: `the judge ${name} has a context of ${context} tokens: of answers that are too long for it the middle is left out`,
    });
  }
}

/** @throws MomError for an end that no later question would be spared */
function replyOf({ id, answer, error, cost_usd, cost_source, calls }: RunResult): Reply {
  if (error && FINAL.has(error.code)) throw new MomError(error.code, error.message, error.hint === null ? {} : { hint: error.hint });
  const confidence = calls.findLast((call) => call.status === 'answered')?.confidence ?? null;
  return { run: id, text: error === null ? answer : null, error, confidence, cost: { usd: cost_usd, source: cost_source } };
}
