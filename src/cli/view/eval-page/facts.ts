import type { EvalReport } from '../../../core/eval/report.js';
import type { CostSource } from '../../../core/usage.js';
import { type Html, html } from '../page/html.js';
import { utcText } from '../page/words.js';
import { formatCost } from '../price.js';
import { timeText } from '../words.js';
import { count, named, UNKNOWN } from './words.js';

/** What was evaluated, at a glance. */
export function facts(report: EvalReport): Html {
  const { prompts, judges, margin } = report;
  return html`<dl class="facts eval-facts">${[
    fact('prompts', `${count(prompts.total)}${prompts.complete === prompts.total ? '' : `, ${count(prompts.complete)} complete`}`),
    fact('scored', scoring(report)),
    fact('judges', judges.length === 0 ? 'none' : html`${judges.map(({ model }, n) => html`${n === 0 ? null : ', '}${named(model)}`)}`),
    fact('baseline', named(report.baseline)),
    fact('margin', `${margin} points`),
    fact('date', html`<time datetime="${report.started_at}">${utcText(report.started_at)}</time>`),
    fact('cost of all that is in it', money(report.cost_usd, report.cost_source, report.sandbox)),
    fact('spent by this command', money(report.spent_usd, report.cost_source, report.sandbox)),
    fact('took', timeText(report.duration_ms)),
    fact('evaluation', report.id),
  ]}</dl>
`;
}

function fact(name: string, value: Html | string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function scoring({ prompts: { by_reference, by_check, by_judge, unscored } }: EvalReport): string {
  const parts = [
    [by_reference, 'by reference'],
    [by_check, 'by check'],
    [by_judge, 'by judge'],
    [unscored, 'not at all'],
  ] as const;
  const said = parts.filter(([prompts]) => prompts > 0).map(([prompts, how]) => `${count(prompts)} ${how}`);
  return said.length === 0 ? 'none' : said.join(', ');
}

function money(usd: number | null, source: CostSource, isSandbox: boolean): string {
  if (usd === null) return UNKNOWN;
  return `${formatCost(usd, source)}${isSandbox ? ', simulated' : ''}`;
}
