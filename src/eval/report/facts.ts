import type { EvalData } from '../../core/eval/data.js';
import type { EvalReport } from '../../core/eval/report.js';
import { type Cost, sumCosts } from '../../core/usage.js';
import { costOf } from './contestants/costs.js';
import type { Evidence } from './evidence.js';
import type { JudgeFacts } from './judges.js';

/** How the prompts are scored. Those that nobody was asked count in `total` only. */
export function promptFacts({ prompts, outcomes, comparisons, contestants }: EvalData, evidence: Evidence): EvalReport['prompts'] {
  const facts = { total: prompts.length, complete: 0, by_reference: 0, by_check: 0, by_judge: 0, unscored: 0 };
  const judged = new Set(comparisons.map(({ prompt }) => prompt));
  for (let prompt = 0; prompt < prompts.length; prompt++) {
    if (outcomes.every((row) => row.at(prompt))) facts.complete += 1;
    if (contestants.some((_, contestant) => evidence.score(contestant, prompt) !== null)) {
      facts[evidence.isByCheck(prompt) ? 'by_check' : 'by_reference'] += 1;
    } else if (judged.has(prompt)) facts.by_judge += 1;
    else if (outcomes.some((row) => row.at(prompt))) facts.unscored += 1;
  }
  return facts;
}

/**
 * Of all answers that were asked for and all looks of the judges that were asked. Answers and preferences from files have no
 * price here. A judge's known cost counts as sure as the least sure answer.
 */
export function totalCost({ contestants, outcomes }: EvalData, judges: readonly JudgeFacts[]): Cost {
  const answers = contestants.flatMap(({ role }, i): Cost[] => (role === 'given' ? [] : [costOf(outcomes[i] ?? [])]));
  const looks = judges.map(({ cost_usd }): Cost => ({ usd: cost_usd, source: cost_usd === null ? 'unknown' : 'reported' }));
  return sumCosts([...answers, ...looks]);
}
