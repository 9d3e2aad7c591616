import type { EvalData } from '../../../core/eval/data.js';
import type { EvalReport } from '../../../core/eval/report.js';
import type { Warning } from '../../../core/run.js';
import type { GivenFiles } from '../../../eval/reading/given.js';
import type { BoardDifficulty } from '../../../eval/report/index.js';
import type { EvalQuote, EvalRecords } from '../evaluation.js';
import type { ReportFacts } from './judged.js';
import { lossesOf } from './losses.js';
import { Pairs } from './pairs.js';
import { recordsOf } from './records.js';
import { givenReport } from './report.js';

interface RecordedDeps {
  given: GivenFiles;
  data: EvalData;
  facts: ReportFacts;
  difficulty: BoardDifficulty | null;
}

/** Preferences that judges have told before: nobody is asked. */
export class RecordedPreferences {
  readonly #deps: RecordedDeps;

  constructor(deps: RecordedDeps) {
    this.#deps = deps;
  }

  async quote(): Promise<EvalQuote> {
    return { prompts: this.#deps.data.prompts.length, lines: [], usd: { low: 0, high: 0 }, unpriced: [], max_cost: 0 };
  }

  async run(): Promise<EvalReport> {
    const started = performance.now();
    const { given, data, facts, difficulty } = this.#deps;
    return givenReport({
      ...facts,
      data,
      partial: null,
      judges: [],
      losses: await lossesOf(new Pairs(given, data, facts.baseline), data, async () => null),
      spent_usd: 0,
      duration_ms: Math.round(performance.now() - started),
      warnings: warningsOf(given),
      difficulty,
    });
  }

  records(): EvalRecords {
    return recordsOf(this.#deps.given, this.#deps.data);
  }

  async close(): Promise<void> {}
}

function warningsOf({ missing, comparisons }: GivenFiles): Warning[] {
  if (missing === 0) return [];
  const message = `${missing} of ${missing + comparisons.length} comparisons hold no preference and are left out`;
  return [{ code: 'preferences_missing', message }];
}
