import { formatDuration } from '../../../core/duration.js';
import type { AgreementReport, EvalReport, JudgeReport } from '../../../core/eval/report.js';
import { formatUsd } from '../price.js';
import { oneLine } from '../sanitize.js';
import { counted } from '../words.js';
import { percent } from './cells.js';

/** What is known of the judges, and how much they agree. */
export function judgeLines({ judges, agreement }: EvalReport): string[] {
  return [...judges.map(judgeLine), ...agreement.map(agreementLine)];
}

function judgeLine({ model, looks, unreadable, position, longer_share, cost_usd, family }: JudgeReport): string {
  const parts = [
    `judge ${oneLine(model)}: ${counted(looks, 'look')}`,
    ...(unreadable === 0 ? [] : [`${unreadable.toLocaleString('en-US')} unreadable`]),
    ...(position === null
      ? []
      : [`the first one shown won ${percent(position.first_share)}`, `${percent(position.consistent)} the same in both orders`]),
    ...(longer_share === null ? [] : [`the longer one won ${percent(longer_share)}`]),
    ...(family === null ? [] : [cost_usd === null ? 'cost unknown' : formatUsd(cost_usd)]),
  ];
  return parts.join(', ');
}

function agreementLine({ judges: [one, other], n, same, kappa }: AgreementReport): string {
  const beyond = kappa === null ? '' : `, kappa ${kappa.toFixed(2)}`;
  return `${oneLine(one)} and ${oneLine(other)} agree on ${percent(same)} of ${counted(n, 'pair')}${beyond}`;
}

/** What to do about it, and where to look. */
export function adviceLines({ recommendations, losses }: EvalReport): string[] {
  const ids = losses.map(({ prompt, kind }) => `${oneLine(prompt)} (${kind})`).join(', ');
  return [
    ...recommendations.map(
      ({ kind, contestant, why }) => `recommended${kind === null ? '' : ` for ${kind}`}: ${oneLine(contestant)}. ${oneLine(why)}`,
    ),
    ...(ids === '' ? [] : [`worst losses: ${ids}; -o DIR or --open shows them side by side`]),
  ];
}

/** What it is made from, and what it has cost. */
export function sumLines(report: EvalReport): string[] {
  const { prompts, baseline, contestants, sandbox, id, partial } = report;
  const isJudged = contestants.some(({ board }) => board !== null);
  const ways = [
    [prompts.by_reference, 'by reference'],
    [prompts.by_check, 'by check'],
    [prompts.by_judge, 'by judge'],
    [prompts.unscored, partial === null ? 'by nothing' : 'not yet'],
  ].flatMap(([count, way]) => (count === 0 ? [] : [`${count?.toLocaleString('en-US')} ${way}`]));
  return [
    ...(contestants.some(({ is_baseline }) => is_baseline)
      ? [isJudged ? `* the baseline, which wins are against: ${oneLine(baseline)}` : '* the baseline']
      : []),
    `${counted(prompts.total, 'prompt')}${ways.length === 0 ? '' : `, scored ${ways.join(', ')}`}; ${costText(report)}; ${formatDuration(report.duration_ms)}`,
    ...(sandbox ? ['sandbox: simulated and recorded models; their prices and times are not real'] : []),
    `evaluation ${oneLine(id)}`,
  ];
}

function costText({ cost_usd, spent_usd, cost_source }: EvalReport): string {
  if (cost_usd === null || cost_source === 'unknown') return 'cost unknown';
  const known = `${cost_source === 'partial' ? 'at least ' : ''}${formatUsd(cost_usd)}`;
  if (spent_usd === null || spent_usd === cost_usd) return known;
  // What was cut before it had a result was paid all the same.
  return spent_usd < cost_usd
    ? `${known}, ${formatUsd(spent_usd)} of it now`
    : `${known} of what has a result, ${formatUsd(spent_usd)} spent now`;
}
