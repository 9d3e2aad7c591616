import type { ContestantReport, EvalReport, PairReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import type { Section } from './section.js';
import { BASIS_WORDS, count, fixed, interval, NOTHING, named, pText, signed } from './words.js';

/** Points of difference from which a cell gets the next darker shade. */
const SHADES = [0, 5, 15, 30] as const;

/** Everybody against everybody: points by which the row is ahead of the column. */
export function matrix({ contestants, pairs }: EvalReport): Section | null {
  if (pairs.length === 0) return null;
  const found = lookup(pairs);
  const caption = 'Points by which the contestant of the row is ahead of that of the column, with the interval at 95 %';
  return {
    id: 'matrix',
    title: 'Win matrix',
    body: html`<div class="scroll" tabindex="0" role="region" aria-label="Win matrix">
<table class="matrix">
<caption><span>${caption}</span></caption>
<thead><tr><th scope="col">ahead by</th>${contestants.map(columnHead)}</tr></thead>
<tbody>
${contestants.map((row, n) => matrixRow(row, n, contestants, found))}</tbody>
</table>
</div>
<p class="note">Bold with a ● is a difference whose interval excludes 0, before correction for the number of pairs. A cell shows wins, losses and ties when it is pointed at or reached with the tabulator key.</p>
`,
  };
}

function columnHead({ name }: ContestantReport, n: number): Html {
  return html`<th scope="col" title="${name}"><span class="rank">${n + 1}</span> <span class="clip">${named(name)}</span></th>`;
}

function matrixRow(row: ContestantReport, n: number, all: readonly ContestantReport[], found: Lookup): Html {
  return html`<tr><th scope="row"><span class="rank">${n + 1}</span> <span class="clip">${named(row.name)}</span></th>${all.map(
    (column, m) => {
      const pair = n === m ? null : found(row.name, column.name);
      // Each pair stands in it twice; the tabulator key stops at it once.
      return pair === null ? html`<td class="none">${NOTHING}</td>` : cell(pair, n < m);
    },
  )}</tr>
`;
}

function cell(pair: PairReport, isReached: boolean): Html {
  const { difference } = pair;
  const isShown = difference.low > 0 || difference.high < 0;
  const words = `${count(pair.wins)} won, ${count(pair.losses)} lost, ${count(pair.ties)} tied of ${count(pair.n)} (${BASIS_WORDS[pair.basis]}), ${pText(pair.p)}${
    pair.cost_ratio === null ? '' : `, at ${fixed(pair.cost_ratio, 2)} times the price`
  }`;
  return html`<td class="${shade(difference.value)}"${isReached ? REACHED : null} title="${words}">${
    isShown ? html`<strong>● ${signed(difference.value)}</strong>` : signed(difference.value)
  }<small>${interval(difference, signed)}</small>${isReached ? html`<span class="more">${words}</span>` : null}</td>`;
}

const REACHED = html` tabindex="0"`;

/** `ahead-2`, `behind-4`; the sign of the number says the same. */
function shade(points: number): string {
  if (!Number.isFinite(points) || points === 0) return 'even';
  return `${points > 0 ? 'ahead' : 'behind'}-${SHADES.filter((from) => Math.abs(points) > from).length}`;
}

type Lookup = (a: string, b: string) => PairReport | null;

function lookup(pairs: readonly PairReport[]): Lookup {
  const known = new Map<string, Map<string, PairReport>>();
  const keep = (pair: PairReport) => known.set(pair.a, (known.get(pair.a) ?? new Map()).set(pair.b, pair));
  for (const pair of pairs.map(turned)) keep(pair);
  for (const pair of pairs) keep(pair);
  return (a, b) => known.get(a)?.get(b) ?? null;
}

/** The same pair, seen from the other side. */
function turned(pair: PairReport): PairReport {
  const { a, b, wins, losses, difference, cost_ratio } = pair;
  return {
    ...pair,
    a: b,
    b: a,
    wins: losses,
    losses: wins,
    difference: { value: -difference.value, low: -difference.high, high: -difference.low },
    cost_ratio: cost_ratio === null || cost_ratio === 0 ? null : 1 / cost_ratio,
  };
}
