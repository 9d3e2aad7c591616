import type { EvalData } from '../../core/eval/data.js';
import type { EvalReport, LossReport } from '../../core/eval/report.js';
import type { Warning } from '../../core/run.js';
import { type BoardDifficulty, boardRows } from './contestants/board.js';
import { bestFirst, contestantReports } from './contestants/contestants.js';
import { kindsOf } from './contestants/measures.js';
import { bestSingle, bestSingleBy, qualities } from './contestants/quality.js';
import { Evidence } from './evidence.js';
import { promptFacts, totalCost } from './facts.js';
import type { Comparing } from './findings/compare.js';
import { pairsOf } from './findings/pairs.js';
import { recommend } from './findings/recommend.js';
import { duelsOf, verdictsOf } from './findings/verdicts.js';
import { agreementsOf, type JudgeFacts, judgesOf } from './judges.js';
import { warningsOf } from './warnings.js';

export { type Loss, worstLosses } from './losses.js';
export type { BoardDifficulty, JudgeFacts };
export { bestSingle };

/** What was found out, and the facts around it. Durations in milliseconds, cost in US dollars. */
export interface ReportInput {
  data: EvalData;
  id: string;
  /** ISO 8601, UTC. */
  started_at: string;
  sandbox: boolean;
  partial: EvalReport['partial'];
  /** Name of the contestant that judges compare the others with. */
  baseline: string;
  /** Points. */
  margin: number;
  seed: number;
  /** The judges that were asked; those that only the data name need not be here. */
  judges: readonly JudgeFacts[];
  /** Chosen by {@link worstLosses}, with their texts. */
  losses: readonly LossReport[];
  /** What this command has paid. */
  spent_usd: number | null;
  duration_ms: number;
  /** What the caller has to say; what the numbers show is added. */
  warnings: readonly Warning[];
  /** By contestant: why it failed most often. */
  failures?: readonly (string | null)[];
  /** Of a published board, for its length-controlled win rate; else it is estimated from the other contestants. */
  difficulty?: BoardDifficulty | null;
}

/** Resamples of the paired bootstrap: p can't be less than 2 by their number, so verdicts that are corrected for each other need more. */
const RESAMPLES = { least: 1_000, perFinding: 60 } as const;

/** From answers and comparisons to the verdict. The same input gives the same report. */
export function makeReport(input: ReportInput): EvalReport {
  const { data, margin, seed } = input;
  const evidence = new Evidence(data);
  const baseline = data.contestants.findIndex(({ name }) => name === input.baseline);
  const quality = qualities(data, evidence, baseline);
  const kinds = kindsOf(data);
  const board = boardRows(data, evidence, baseline, input.difficulty ?? null);
  const contestants = contestantReports(
    { data, evidence, board, regulariser: input.difficulty?.regulariser ?? null, kinds },
    quality,
    input,
  );
  const order = bestFirst(contestants, quality);
  const duels = duelsOf(data, { bestSingle: bestSingleBy(data, quality), baseline, ranked: order });
  const resamples = Math.max(RESAMPLES.least, RESAMPLES.perFinding * duels.length * Math.max(1, kinds.length));
  const comparing: Comparing = { data, evidence, resamples, seed };
  const judges = judgesOf(data, input.judges);
  const prompts = promptFacts(data, evidence);
  const cost = totalCost(data, input.judges);
  return {
    schema_version: 1,
    id: input.id,
    started_at: input.started_at,
    sandbox: input.sandbox,
    partial: input.partial,
    prompts,
    baseline: input.baseline,
    margin,
    contestants: order.flatMap((i) => contestants[i] ?? []),
    pairs: pairsOf(comparing, order),
    verdicts: verdictsOf(comparing, duels, kinds, margin),
    recommendations: recommend({ comparing, contestants, baseline, margin }, kinds),
    judges: judges.map(({ longer_p, troubles, ...judge }) => judge),
    agreement: agreementsOf(data),
    losses: input.losses,
    cost_usd: cost.usd,
    spent_usd: input.spent_usd,
    cost_source: cost.source,
    duration_ms: input.duration_ms,
    warnings: withOwn(input.warnings, warningsOf(prompts, contestants, judges, input.failures ?? [])),
  };
}

/** What the caller has said already is not said twice. */
function withOwn(given: readonly Warning[], own: readonly Warning[]): Warning[] {
  const said = new Set(given.map(({ code }) => code));
  return [...given, ...own.filter(({ code }) => !said.has(code))];
}
