import { EVAL_KINDS, type EvalKind } from '../../../core/eval/prompt.js';
import type { ContestantReport, EvalReport, Measures } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { type Section, table } from './section.js';
import { count, fixed, interval, NOTHING, named, percent, share, UNKNOWN, usdEach } from './words.js';

/** The same by kind of prompt, where there is more than one. */
export function kinds({ contestants }: EvalReport): Section | null {
  const present = EVAL_KINDS.filter((kind) => contestants.some((one) => one.kinds[kind] !== undefined));
  if (present.length < 2) return null;
  return {
    id: 'kinds',
    title: 'By kind of prompt',
    body: table<ContestantReport>({
      caption: 'Right answers with intervals at 95 %, win rates with their standard error, and cost for each kind of prompt',
      rowHead: 'contestant',
      columns: present.map((kind) => ({ head: headOf(kind, contestants), cell: (one) => kindCell(one.kinds[kind]) })),
      rows: contestants,
      name: ({ name }) => named(name),
    }),
  };
}

function headOf(kind: EvalKind, contestants: EvalReport['contestants']): string {
  const most = Math.max(0, ...contestants.map((one) => one.kinds[kind]?.n ?? 0));
  return `${kind} (${count(most)})`;
}

function kindCell(measures: Measures | undefined): Html | string {
  if (measures === undefined || measures.n === 0) return NOTHING;
  const { accuracy, board, cost_usd: cost, failed } = measures;
  return html`${accuracy === null ? null : html`${share(accuracy.value)} right<small>${interval(accuracy, (value) => fixed(100 * value, 1))}</small>`}${
    board === null
      ? null
      : html`${percent(board.win_rate)} won${board.standard_error === null ? null : html`<small>± ${fixed(board.standard_error, 2)}</small>`}`
  }${accuracy === null && board === null ? NOTHING : null}<small>${cost === null ? `cost ${UNKNOWN}` : `${usdEach(cost.value)} per prompt`}${
    failed === 0 ? null : `, ${count(failed)} failed`
  }</small>`;
}
