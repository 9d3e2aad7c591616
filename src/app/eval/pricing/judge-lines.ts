import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import { CHARS_PER_TOKEN, EXPECTED_OUTPUT_TOKENS } from '../../../core/limits.js';
import type { Bounds } from '../../../core/quote.js';
import type { RunRequest } from '../../../core/run.js';
import { questionKey } from '../asking/keys.js';
import type { EvalQuoteLine } from '../evaluation.js';
import { type AnswerPair, CALLS_OF_LOOK, LOOKS } from '../judging/judging.js';
import { lookPrompt } from '../judging/look-prompt.js';
import type { JudgeSeat } from '../judging/seat.js';
import { settledShare } from '../judging/settled.js';
import type { EvalParts, Workbench } from '../running/workbench.js';
import { NOTHING, sumBounds, timesBounds } from './bounds.js';

/** An answer that is not there yet, at its shortest and at its longest. */
const SHORT = '.';
const LONG = 'word '.repeat(Math.ceil((EXPECTED_OUTPUT_TOKENS * CHARS_PER_TOKEN) / 'word '.length));

interface Tally {
  runs: number;
  kept: number;
  usd: Bounds | null;
}

/** What the judges would be asked: every contestant against the baseline, in both orders, where nothing else tells who is right. */
export class JudgeLines {
  readonly unpriced = new Set<string>();
  readonly #parts: EvalParts;
  readonly #bench: Workbench;
  readonly #others: readonly Contestant[];
  readonly #tallies = new Map<JudgeSeat, Tally>();

  constructor(parts: EvalParts, bench: Workbench, contestants: readonly Contestant[]) {
    this.#parts = parts;
    this.#bench = bench;
    this.#others = contestants.filter(({ name }) => name !== parts.baseline);
  }

  /** Every look at a prompt is priced alike, since the answers are not there yet. */
  async addAll(prompts: Iterable<EvalPrompt>): Promise<void> {
    const judges = this.#bench.judging?.judges ?? [];
    let index = 0;
    for (const prompt of prompts) {
      const isJudged = this.#parts.prompts[index]?.by === 'judge';
      index += 1;
      const pairs = isJudged ? this.#pairs(prompt) : [];
      for (const { seat, kept } of judges) await this.#add(seat, prompt, pairs, kept);
    }
  }

  lines(): EvalQuoteLine[] {
    return [...this.#tallies].map(([{ name }, { runs, kept, usd }]) => {
      const asked = runs - kept;
      return { name, role: 'judge' as const, runs, kept, calls: { low: asked, high: asked * CALLS_OF_LOOK }, usd };
    });
  }

  async #add(
    seat: JudgeSeat,
    prompt: EvalPrompt,
    pairs: readonly (AnswerPair | null)[],
    keptOf: (pair: AnswerPair) => number,
  ): Promise<void> {
    const tally = this.#tallies.get(seat) ?? { runs: 0, kept: 0, usd: NOTHING };
    const open = pairs.filter((pair) => pair === null || settledShare(pair) === null);
    const kept = open.reduce((sum, pair) => sum + (pair === null ? 0 : keptOf(pair)), 0);
    const runs = LOOKS * open.length;
    const missing = runs - kept;
    const look = missing === 0 ? NOTHING : await this.#priceOfLook(seat, prompt);
    const usd = look && timesBounds(look, { low: missing, high: missing * CALLS_OF_LOOK });
    this.#tallies.set(seat, { runs: tally.runs + runs, kept: tally.kept + kept, usd: sumBounds([tally.usd, usd]) });
  }

  /** The texts where both are there. */
  #pairs(prompt: EvalPrompt): (AnswerPair | null)[] {
    const { answers, results, baseline } = this.#bench;
    const question = questionKey(prompt);
    const textOf = (contestant: Contestant) => {
      const answer = answers.kept(contestant, question);
      return answer?.status === 'answered' ? { name: contestant.name, text: answer.text } : null;
    };
    const b = textOf(results.contestants[baseline] as Contestant);
    return this.#others.map((contestant) => {
      const a = textOf(contestant);
      return a && b && { prompt, a, b };
    });
  }

  async #priceOfLook({ mixture }: JudgeSeat, prompt: EvalPrompt): Promise<Bounds | null> {
    const ask = async (text: string) => {
      const messages = lookPrompt({ prompt, first: text, second: `${text} `, better: null }, 'letter', () => 'nonce');
      const request: RunRequest = { messages, mixture, stream: false };
      const quote = await this.#bench.answers.quote(request);
      for (const model of quote?.unpriced ?? []) this.unpriced.add(model);
      return quote === null ? NOTHING : quote.usd;
    };
    const [low, high] = [await ask(SHORT), await ask(LONG)];
    return low && high && { low: low.low, high: high.high };
  }
}
