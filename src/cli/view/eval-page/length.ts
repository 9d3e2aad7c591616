import type { BoardLine, ContestantReport, EvalReport, JudgeReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { type Axis, linearAxis } from './plot/axis.js';
import { drawFrame, FORMATS, type Format, type Frame, frameOf, round } from './plot/frame.js';
import { drawPoints, type Point } from './plot/points.js';
import type { Section } from './section.js';
import { count, named, percent, share } from './words.js';

interface Shown {
  rank: number;
  one: ContestantReport;
  length: number;
  raw: number;
  /** Length-controlled. */
  controlled: number | null;
}

/** Whether who writes more wins more, and what is left of it when length is taken out. */
export function length(report: EvalReport): Section | null {
  const all = report.contestants.flatMap((one, n) => shownOf(one, n + 1));
  const longer = report.judges.filter(({ longer_share }) => longer_share !== null);
  if (all.length === 0 && longer.length === 0) return null;
  return {
    id: 'length',
    title: 'Length',
    body: html`${all.length === 0 ? null : figure(all, report.baseline)}${longer.length === 0 ? null : longerWins(longer)}`,
  };
}

function shownOf(one: ContestantReport, rank: number): Shown[] {
  const { board } = one;
  if (board === null || !isNumber(board.avg_length) || !isNumber(board.win_rate)) return [];
  return [{ rank, one, length: board.avg_length, raw: board.win_rate, controlled: controlledOf(board) }];
}

function controlledOf({ length_controlled_winrate: rate }: BoardLine): number | null {
  return isNumber(rate) ? rate : null;
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function figure(all: readonly Shown[], baseline: string): Html {
  const x = linearAxis(
    all.map(({ length: characters }) => characters),
    { min: 0, whole: true, label: count },
  );
  const y = linearAxis(
    all.flatMap(({ raw, controlled }) => [raw, controlled ?? raw]),
    { min: 0, max: 100 },
  );
  const hasControlled = all.some(({ controlled }) => controlled !== null);
  return html`<figure>
${FORMATS.map((format) => drawing(all, x, y, format))}<figcaption><ul class="legend"><li><svg width="18" height="18" aria-hidden="true"><g class="point role-model" transform="translate(9 9)"><path d="M-6 0A6 6 0 1 0 6 0A6 6 0 1 0 -6 0Z"/></g></svg>win rate as judged</li>${
    hasControlled
      ? html`<li><svg width="18" height="18" aria-hidden="true"><path class="controlled" d="M3 9H15"/></svg>length-controlled: what it would be at equal length</li>`
      : null
  }</ul>
<p class="note">Against the baseline, ${named(baseline)}, which wins half against itself.</p></figcaption>
</figure>
`;
}

function drawing(all: readonly Shown[], x: Axis, y: Axis, format: Format): Html {
  const frame = frameOf(format, { left: null, right: null });
  const points = all.map((shown) => pointOf(shown, x, y, frame));
  return html`<svg class="plot ${format.name}" role="img" aria-label="Mean length of answers and win rate of ${all.length} contestants; the table above has the numbers" viewBox="0 0 ${format.width} ${format.height}" font-size="${format.size}">
${drawFrame(frame, x, y, { x: 'mean length of an answer, characters', y: 'win rate, %' })}${points.map(({ at, bars }) =>
  bars.map(
    ({ to }) => html`<path class="controlled" d="M${round(at.x)} ${round(at.y)}V${round(to.y)}M${round(at.x - 9)} ${round(to.y)}h18"/>`,
  ),
)}
${drawPoints(
  points.map((point) => ({ ...point, bars: [] })),
  frame,
  points.flatMap(({ bars }) =>
    bars.map(({ from, to }) => ({ x: from.x - 9, y: Math.min(from.y, to.y) - 2, width: 18, height: Math.abs(to.y - from.y) + 4 })),
  ),
)}</svg>
`;
}

function pointOf({ rank, one, length: characters, raw, controlled }: Shown, x: Axis, y: Axis, { area }: Frame): Point {
  const top = (rate: number) => area.y + area.height * (1 - y.at(rate));
  const at = { x: area.x + x.at(characters) * area.width, y: top(raw) };
  return {
    rank,
    name: one.name,
    role: one.role,
    at,
    bars: controlled === null ? [] : [{ from: at, to: { x: at.x, y: top(controlled) } }],
    words: `${one.name}: ${percent(raw)} won${controlled === null ? '' : `, ${percent(controlled)} length-controlled`}, ${count(characters)} characters`,
    matters: one.role === 'mixture',
  };
}

function longerWins(judges: readonly JudgeReport[]): Html {
  return html`<ul>${judges.map(
    ({ model, longer_share: longer }) =>
      html`<li>${named(model)}: the longer answer won ${share(longer ?? Number.NaN)} of the decided pairs</li>`,
  )}</ul>
<p class="note">More than half need not be a bias, since longer answers may be better; length control shows what is left without it.</p>
`;
}
