import type { Comparison, EvalData } from '../../core/eval/data.js';
import type { AgreementReport, JudgeReport } from '../../core/eval/report.js';
import { agreement } from '../statistics/agreement.js';
import { fairCoin } from '../statistics/binomial.js';
import { positionBias } from '../statistics/position.js';
import { groupBy } from './group.js';

/** What is known of a judge beside its verdicts. */
export interface JudgeFacts extends Pick<JudgeReport, 'model' | 'family' | 'in_panel' | 'looks' | 'unreadable' | 'cost_usd'> {
  /** Of the unreadable ones; none where it is not said. */
  troubles?: JudgeTroubles;
}

/** Looks that were refused or failed, and why the latest one failed. */
export interface JudgeTroubles {
  refused: number;
  failed: number;
  failure: string | null;
}

const NO_TROUBLES: JudgeTroubles = { refused: 0, failed: 0, failure: null };

/** A judge's report, and how likely its share of longer winners is where length does not matter. */
export interface JudgeFinding extends JudgeReport {
  longer_p: number;
  troubles: JudgeTroubles;
}

/** Those that were asked, then those that only a file names. */
export function judgesOf(data: EvalData, facts: readonly JudgeFacts[]): JudgeFinding[] {
  const byJudge = groupBy(data.comparisons, ({ judge }) => judge);
  const asked = new Set(facts.map(({ model }) => model));
  const recorded = [...byJudge].flatMap(([model, comparisons]) => (asked.has(model) ? [] : [recordedFacts(model, comparisons)]));
  return [...facts, ...recorded].map(({ model, family, in_panel, looks, unreadable, cost_usd, troubles = NO_TROUBLES }) => {
    const comparisons = byJudge.get(model) ?? [];
    const position = positionBias(comparisons.map(({ orders }) => orders));
    return { model, family, in_panel, looks, unreadable, position, ...longerOf(data, comparisons), cost_usd, troubles };
  });
}

/** How much every two judges agree on the pairs that both have seen; those with most in common first. */
export function agreementsOf({ comparisons, contestants }: EvalData): AgreementReport[] {
  const common = new Map<string, { judges: [string, string]; pairs: [number, number][] }>();
  for (const seen of preferencesByCell(comparisons, contestants.length)) {
    const judges = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [i, [one, first]] of judges.entries()) {
      for (const [other, second] of judges.slice(i + 1)) {
        const key = JSON.stringify([one, other]);
        const both = common.get(key) ?? { judges: [one, other], pairs: [] };
        common.set(key, both);
        both.pairs.push([first, second]);
      }
    }
  }
  return [...common.values()].map(({ judges, pairs }) => ({ judges, ...agreement(pairs) })).sort((a, b) => b.n - a.n);
}

function recordedFacts(model: string, comparisons: readonly Comparison[]): JudgeFacts {
  const looks = comparisons.reduce((sum, { orders }) => sum + Math.max(1, Number(orders.ab !== null) + Number(orders.ba !== null)), 0);
  return { model, family: null, in_panel: false, looks, unreadable: 0, cost_usd: null };
}

/** What each judge made of a pair on a prompt: the share of the win of the one with the lower index, mean where it looked twice. */
function preferencesByCell(comparisons: readonly Comparison[], contestants: number): Iterable<ReadonlyMap<string, number>> {
  if (comparisons.every(({ judge }) => judge === comparisons[0]?.judge)) return [];
  const cells = groupBy(comparisons, ({ prompt, a, b }) => (prompt * contestants + Math.min(a, b)) * contestants + Math.max(a, b));
  return [...cells.values()].map((cell) => {
    const byJudge = groupBy(cell, ({ judge }) => judge);
    return new Map(
      [...byJudge].map(([judge, own]) => [
        judge,
        own.reduce((sum, { a, b, preference }) => sum + (a < b ? preference : 1 - preference), 0) / own.length,
      ]),
    );
  });
}

/** Null where no pair of different lengths has a winner. */
function longerOf({ outcomes }: EvalData, comparisons: readonly Comparison[]): Pick<JudgeFinding, 'longer_share' | 'longer_p'> {
  let [longer, decided] = [0, 0];
  for (const { a, b, prompt, preference } of comparisons) {
    const [first, second] = [outcomes[a]?.at(prompt)?.style?.length, outcomes[b]?.at(prompt)?.style?.length];
    if (first === undefined || second === undefined || first === second || preference === 0.5) continue;
    decided += 1;
    longer += Number(first > second === preference > 0.5);
  }
  return { longer_share: decided === 0 ? null : longer / decided, longer_p: fairCoin(longer, decided) };
}
