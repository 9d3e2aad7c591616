import { isMomError, MomError } from '../../../core/error.js';
import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { EvalReport, LossReport } from '../../../core/eval/report.js';
import { bestSingle, makeReport } from '../../../eval/report/index.js';
import { sampledContestants } from '../contestants/sampled.js';
import type { EvalQuote, EvalRecords, Evaluation } from '../evaluation.js';
import { Stop } from '../pace/stop.js';
import { describeLosses } from './losses.js';
import { workThrough } from './prompt-work.js';
import { recordsOf } from './records.js';
import { type EvalParts, openWorkbench, type Workbench } from './workbench.js';

/** From prompts and contestants to a report. */
export class EvaluationRun implements Evaluation {
  readonly #parts: EvalParts;
  readonly #bench: Workbench;
  readonly #began = performance.now();

  constructor(parts: EvalParts) {
    this.#parts = parts;
    this.#bench = openWorkbench(parts, new Stop(parts.signal));
  }

  get id(): string {
    return this.#parts.id;
  }

  get configFile(): string | null {
    return this.#parts.plan.config;
  }

  get contestants(): readonly Contestant[] {
    return this.#bench.results.contestants;
  }

  async quote(): Promise<EvalQuote> {
    const { quoteEvaluation } = await import('../pricing/quote.js');
    return quoteEvaluation(this.#parts, () => this.#prompts());
  }

  async run(): Promise<EvalReport> {
    await this.#refuseUnknownPrices();
    await this.#ask(this.#bench.results.contestants.map((_, index) => index));
    this.#refuseSilence();
    const best = bestSingle(this.#bench.results, this.#parts.baseline);
    await this.#ask(this.#addSampled(best));
    this.#refuseSilence();
    const losses = await this.#describeLosses(best);
    this.#bench.stop.throwFailure();
    return this.#report(losses);
  }

  records(): EvalRecords {
    return recordsOf(this.#bench.results, this.#bench.answers, () => this.#prompts());
  }

  close(): Promise<void> {
    return this.#parts.close();
  }

  /** What a cap could not be held with is told before anybody is asked. */
  async #refuseUnknownPrices(): Promise<void> {
    const [prompt] = this.#prompts();
    if (prompt === undefined) throw new MomError('no_input', 'the evaluation has no prompts');
    for (const contestant of this.#bench.results.contestants) {
      const request = this.#bench.answers.request(contestant, { prompt, index: 0 });
      const models = (await this.#bench.answers.quote(request))?.unpriced ?? [];
      if (models.length > 0 && this.#parts.cap.needsPrices(request.mixture)) throw unknownPrice(contestant.name, models);
    }
  }

  async #ask(contestants: readonly number[]): Promise<void> {
    if (contestants.length === 0) return;
    await workThrough(this.#bench, this.#prompts(), contestants);
    this.#bench.stop.throwFailure();
  }

  /** @throws MomError where nobody has answered anything, or nothing beside an earlier report, and nothing has ended it */
  #refuseSilence(): void {
    const { failures, stop } = this.#bench;
    const error = stop.reason === null ? (failures.ofAll() ?? this.#silenceNow()) : null;
    if (error) throw error;
  }

  /** Why there is nothing beside the report of before that could be told; null where there is, or there is no such report. */
  #silenceNow(): MomError | null {
    return this.#parts.hasReport ? this.#bench.askedNow.failure() : null;
  }

  /** After an end only those take part that were asked before. @returns their indexes */
  #addSampled(best: number | null): number[] {
    const { plan } = this.#parts;
    const sampled = plan.sampled && best !== null ? sampledContestants(this.#bench.results, best, plan.samples) : [];
    const wasAsked = (contestant: Contestant) => this.#bench.answers.isBegun(contestant, this.#prompts());
    return sampled.filter((each) => this.#bench.stop.reason === null || wasAsked(each)).map((each) => this.#bench.results.add(each));
  }

  #describeLosses(best: number | null): Promise<LossReport[]> {
    const { promptStore, id } = this.#parts;
    return describeLosses({ ...this.#bench, promptAt: (index) => promptStore.prompt(id, index) }, best);
  }

  #report(losses: readonly LossReport[]): EvalReport {
    const { id, startedAt, sandbox, baseline, plan, warnings } = this.#parts;
    const { stop, results, failures, judging, scorer, progress } = this.#bench;
    const { reason } = stop;
    const report = makeReport({
      data: results,
      id,
      started_at: startedAt,
      sandbox,
      partial: reason && { code: reason.code, message: reason.message },
      baseline,
      margin: plan.margin,
      seed: plan.seed,
      judges: judging?.tallies() ?? [],
      losses,
      spent_usd: progress.spent(),
      duration_ms: Math.round(performance.now() - this.#began),
      warnings: [...warnings, ...scorer.warnings()],
      failures: results.contestants.map((_, index) => failures.reasonOf(index)),
    });
    if (this.#silenceNow() === null) this.#keep(report);
    return report;
  }

  #keep(report: EvalReport): void {
    const { store, id, onNote } = this.#parts;
    try {
      store.keepReport(id, report);
    } catch (error) {
      if (!isMomError(error)) throw error;
      onNote({ code: 'report_not_kept', message: `the report is not kept: ${error.message}` });
    }
  }

  #prompts(): Iterable<EvalPrompt> {
    return this.#parts.promptStore.prompts(this.#parts.id);
  }
}

function unknownPrice(name: string, models: readonly string[]): MomError {
  return new MomError('cost_cap', `the price of ${models.join(', ')}, which ${name} asks, is not known, so no cap can be held`, {
    hint: 'give it under pricing: in the configuration, or set allow_unknown_price',
  });
}
