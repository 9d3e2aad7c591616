import type { Accuracy, BoardLine, ContestantReport, Estimate, EvalReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { type Column, type Section, table } from './section.js';
import { count, fixed, interval, listed, NOTHING, named, percent, share, UNKNOWN, usdEach } from './words.js';

interface Row {
  rank: number;
  one: ContestantReport;
}

/** Everybody with everything that was measured, the best first. */
export function contestants(report: EvalReport): Section {
  const rows = report.contestants.map((one, n) => ({ rank: n + 1, one }));
  return {
    id: 'contestants',
    title: 'Contestants',
    body: html`${table({
      caption: 'All contestants, the best first; ranges are intervals at 95 %',
      rowHead: 'contestant',
      columns: columnsOf(report),
      rows,
      name: who,
    })}<p class="note">${explained(report)}</p>
`,
  };
}

/** Only what somebody has a number for. */
function columnsOf(report: EvalReport): Column<Row>[] {
  const has = (known: (one: ContestantReport) => boolean) => report.contestants.some(known);
  const optional: readonly [boolean, Column<Row>][] = [
    [has((one) => one.accuracy !== null), { head: 'right', cell: ({ one }) => accuracyCell(one.accuracy) }],
    [has((one) => one.board !== null), { head: 'win rate', cell: ({ one }) => winCell(one.board, one.is_baseline) }],
    [
      has((one) => (one.board?.length_controlled_winrate ?? null) !== null),
      { head: 'length-controlled', cell: ({ one }) => controlledCell(one.board) },
    ],
    [has((one) => one.rating !== null), { head: 'rating', cell: ({ one }) => ratingCell(one.rating?.plain ?? null) }],
    [
      has((one) => (one.rating?.style_controlled ?? null) !== null),
      { head: 'rating, style-controlled', cell: ({ one }) => ratingCell(one.rating?.style_controlled ?? null) },
    ],
    [has((one) => one.board?.avg_length != null), { head: 'mean length', cell: ({ one }) => lengthCell(one.board) }],
  ];
  return [
    ...optional.filter(([isKnown]) => isKnown).map(([, column]) => column),
    { head: 'cost per prompt', cell: ({ one }) => costCell(one) },
    { head: 'answered', cell: ({ one }) => answeredCell(one) },
  ];
}

function who({ rank, one }: Row): Html {
  const { role, samples, matches, strategy, models } = one;
  const facts = [
    role === 'sampled' && samples !== null ? `sampled ${samples} times` : role,
    ...(strategy === null ? [] : [`strategy ${strategy}`]),
    ...(one.is_baseline ? ['baseline'] : []),
    ...(one.on_hull === true ? ['on the hull'] : []),
  ];
  const isItsModel = models.length === 0 || (models.length === 1 && models[0] === one.name);
  return html`<span class="rank">${rank}</span> ${named(one.name)}<small>${facts.join(', ')}${
    matches.length === 0 ? null : html`, at the price of ${listed(matches)}`
  }</small>${isItsModel ? null : html`<small>${listed(models)}</small>`}`;
}

function accuracyCell(accuracy: Accuracy | null): Html | string {
  if (accuracy === null) return NOTHING;
  return html`${share(accuracy.value)}<small>${interval(accuracy, (value) => fixed(100 * value, 1))}</small><small>${count(accuracy.right)} of ${count(accuracy.of)}</small>`;
}

function winCell(board: BoardLine | null, isBaseline: boolean): Html | string {
  if (board === null) return isBaseline ? html`${NOTHING}<small>baseline</small>` : NOTHING;
  const error = board.standard_error === null ? null : html`<small>± ${fixed(board.standard_error, 2)}</small>`;
  return html`${percent(board.win_rate)}${error}<small>${count(board.n_wins)} won, ${count(board.n_wins_base)} lost</small><small>${count(board.n_draws)} tied</small>`;
}

function controlledCell(board: BoardLine | null): Html | string {
  const rate = board?.length_controlled_winrate ?? null;
  if (rate === null) return NOTHING;
  const error = board?.lc_standard_error ?? null;
  return html`${percent(rate)}${error === null ? null : html`<small>± ${fixed(error, 2)}</small>`}`;
}

function ratingCell(rating: Estimate | null): Html | string {
  if (rating === null) return NOTHING;
  const whole = (value: number) => fixed(value, 0);
  return html`${whole(rating.value)}<small>${interval(rating, whole)}</small>`;
}

function lengthCell(board: BoardLine | null): string {
  return board === null || board.avg_length === null ? NOTHING : count(board.avg_length);
}

function costCell({ cost_usd: cost, cost_source: source }: ContestantReport): Html | string {
  if (cost === null) return UNKNOWN;
  return html`${usdEach(cost.value)}<small>${interval(cost, usdEach)}</small><small>${source}</small>`;
}

function answeredCell({ n, failed, missing }: ContestantReport): Html {
  return html`${count(n - failed)} of ${count(n)}${failed === 0 ? null : html`<small class="trouble">✕ ${count(failed)} failed</small>`}${
    missing === 0 ? null : html`<small>${count(missing)} not asked</small>`
  }`;
}

function explained({ contestants: all, baseline }: EvalReport): Html {
  const isJudged = all.some(({ board }) => board !== null);
  return html`A failed answer counts as wrong, or as lost.${
    isJudged ? html` Win rates are against ${named(baseline)}, ± is their standard error; length is in characters.` : null
  }${all.some(({ rating }) => rating !== null) ? ' Ratings are on the Elo scale: the mean is 1000, 400 points are odds of 10 to 1.' : null}`;
}
