import type { ContestantReport, EvalReport, Spread } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { timeText } from '../words.js';
import { type Section, table } from './section.js';
import { NOTHING, named } from './words.js';

/** How long people wait: until the first token, and until the end. */
export function latency({ contestants }: EvalReport): Section | null {
  const measured = contestants.filter((one) => one.first_token_ms !== null || one.duration_ms !== null);
  if (measured.length === 0) return null;
  const longest = Math.max(1, ...measured.map(({ duration_ms: spread }) => (known(spread) ? spread.p95 : 0)));
  return {
    id: 'latency',
    title: 'Latency',
    body: table({
      caption:
        'Time to the first token and to the end: median, and what 95 of 100 answers stay below. In the picture a full bar, an open bar, and a line for the first token',
      rowHead: 'contestant',
      columns: [
        { head: 'first token', cell: (one) => times(one.first_token_ms) },
        { head: 'total', cell: (one) => times(one.duration_ms) },
        { head: 'total, as a picture', cell: (one) => bars(one, longest), isText: true },
      ],
      rows: measured,
      name: ({ name }) => named(name),
    }),
  };
}

function known(spread: Spread | null): spread is Spread {
  return spread !== null && Number.isFinite(spread.median) && Number.isFinite(spread.p95);
}

function times(spread: Spread | null): Html | string {
  if (!known(spread)) return NOTHING;
  return html`${timeText(spread.median)}<small>95 %: ${timeText(spread.p95)}</small>`;
}

/** The first token as a line, the median as a full bar, what 95 of 100 stay below as an open one. */
function bars({ first_token_ms: first, duration_ms: total }: ContestantReport, longest: number): Html | string {
  if (!known(total)) return NOTHING;
  const at = (ms: number) => `${Number(((100 * Math.min(ms, longest)) / longest).toFixed(2))}%`;
  return html`<svg class="bars" width="100%" height="18" aria-hidden="true"><rect class="open" y="4" width="${at(total.p95)}" height="10"/><rect class="full" y="4" width="${at(total.median)}" height="10"/>${
    known(first) ? html`<line class="tick" x1="${at(first.median)}" x2="${at(first.median)}" y1="0" y2="18"/>` : null
  }</svg>`;
}
