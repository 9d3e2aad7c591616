import { isMomError, MomError } from '../../../core/error.js';
import type { Comparison, EvalData } from '../../../core/eval/data.js';
import type { EvalReport } from '../../../core/eval/report.js';
import type { Warning } from '../../../core/run.js';
import type { Given } from '../../../eval/reading/given-table.js';
import type { ReportInput } from '../../../eval/report/index.js';
import type { EvalQuote, EvalRecords } from '../evaluation.js';
import type { Jury } from './jury.js';
import { lossesOf } from './losses.js';
import { Pairs, type PlacedPair } from './pairs.js';
import { quoteJudges } from './quote.js';
import { recordsOf } from './records.js';
import { givenReport } from './report.js';

/** What a report says whatever was judged. */
export type ReportFacts = Pick<ReportInput, 'id' | 'started_at' | 'sandbox' | 'baseline' | 'margin' | 'seed'>;

export interface JudgedDeps {
  given: Given;
  /** Scored already where a reference tells it. */
  data: EvalData;
  facts: ReportFacts;
  /** What was said before. */
  warnings: readonly Warning[];
  /** Null where nobody has to judge. */
  jury: Jury | null;
}

/** Given answers, each against the baseline's: by reference where there is one, else by judges. */
export class JudgedFiles {
  readonly #deps: JudgedDeps;
  readonly #data: EvalData & { comparisons: Comparison[] };
  readonly #pairs: Pairs;
  readonly #toJudge: readonly PlacedPair[];

  constructor(deps: JudgedDeps) {
    this.#deps = deps;
    this.#data = { ...deps.data, comparisons: [] };
    this.#pairs = new Pairs(deps.given, deps.data, deps.facts.baseline);
    this.#toJudge = deps.jury === null ? [] : [...this.#pairs.toJudge()];
  }

  async quote(): Promise<EvalQuote> {
    const { jury, data } = this.#deps;
    const facts = { prompts: data.prompts.length, max_cost: jury?.cap.usd ?? 0 };
    return jury === null
      ? { ...facts, lines: [], usd: { low: 0, high: 0 }, unpriced: [] }
      : quoteJudges(jury.engine, jury.judges, this.#toJudge, facts);
  }

  /** @throws MomError where nothing could be judged at all */
  async run(): Promise<EvalReport> {
    const started = performance.now();
    const { jury, facts, warnings } = this.#deps;
    if (jury !== null) await this.#judge(jury);
    const losses = await lossesOf(this.#pairs, this.#data, (pair) => this.#explain(pair));
    const reason = jury?.stop.reason ?? null;
    return givenReport({
      ...facts,
      data: this.#data,
      partial: reason && { code: reason.code, message: reason.message },
      judges: jury?.judges.flatMap(({ judging }) => judging.tallies()) ?? [],
      losses,
      spent_usd: jury === null ? 0 : jury.progress.spent(),
      duration_ms: Math.round(performance.now() - started),
      warnings,
    });
  }

  records(): EvalRecords {
    return recordsOf(this.#deps.given, this.#data);
  }

  async close(): Promise<void> {
    await this.#deps.jury?.close();
  }

  /** Pair after pair, as many at once as there are places. What ends it leaves the pairs that are done. */
  async #judge(jury: Jury): Promise<void> {
    const { slots, stop, progress } = jury;
    progress.expect('judging', this.#toJudge.length);
    const open = new Set<Promise<void>>();
    for (const placed of this.#toJudge) {
      await slots.hungry();
      if (stop.reason !== null) break;
      const work: Promise<void> = slots
        .run(placed.prompt, () => this.#compare(jury, placed))
        .catch((error: unknown) => stop.end(error))
        .finally(() => open.delete(work));
      open.add(work);
    }
    await Promise.all(open);
    stop.throwFailure();
    if (stop.reason !== null && this.#data.comparisons.length === 0) throw stop.reason;
  }

  async #compare({ judges, progress, stop }: Jury, { prompt, contestant: a, pair }: PlacedPair): Promise<void> {
    let read = 0;
    for (const { judging } of judges) {
      stop.throwIfEnded();
      for (const { judge, preference, orders } of await judging.compare(pair)) {
        this.#data.comparisons.push({ prompt, a, b: this.#pairs.baseline, judge, preference, orders });
        read += 1;
      }
    }
    progress.done('judging', read === 0);
  }

  /** A reason is worth no failure: without one the report shows the texts alone. */
  async #explain(pair: PlacedPair['pair']): Promise<string | null> {
    const { jury } = this.#deps;
    const judging = jury?.judges[0]?.judging;
    if (!jury || !judging || jury.stop.reason !== null) return null;
    try {
      return await jury.slots.run(0, () => judging.explain(pair));
    } catch (error) {
      if (!isMomError(error)) throw error;
      return null;
    }
  }
}

/** @throws MomError `usage` where there is nothing to compare */
export function checkPairs(contestants: readonly string[]): void {
  if (contestants.length > 1) return;
  throw new MomError('usage', `there is nothing to compare: these files hold answers of ${contestants[0] ?? 'nobody'} alone`, {
    hint: 'name the files of two contestants, each line with its "contestant", or one file for each',
  });
}
