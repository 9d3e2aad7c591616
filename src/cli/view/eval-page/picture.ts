import type { ContestantReport, Estimate, EvalReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { type Axis, costAxis, linearAxis } from './plot/axis.js';
import { drawFrame, FORMATS, type Format, type Frame, frameOf, round } from './plot/frame.js';
import type { Box, Place } from './plot/labels.js';
import { drawPoints, type Point, roleLegend } from './plot/points.js';
import { isKnown, type Quality, qualityOf } from './quality.js';
import type { Section } from './section.js';
import { interval, named, UNKNOWN, usdEach } from './words.js';

interface Shown {
  rank: number;
  one: ContestantReport;
  y: Estimate;
  cost: Estimate | null;
}

interface Picture {
  all: readonly Shown[];
  quality: Quality;
  /** Of what has a price that the axis has a place for. */
  x: Axis;
  isLog: boolean;
  y: Axis;
}

/** Pieces of a line of the hull: on a logarithmic scale a mix of two contestants lies on a curve. */
const PIECES = 24;

/** What everybody costs, and how good it is. */
export function picture(report: EvalReport): Section | null {
  const quality = qualityOf(report.contestants);
  if (quality === null) return null;
  const all = shownOf(report, quality);
  const { axis, isLog } = costAxis(all.flatMap(({ cost }) => (cost === null ? [] : [cost.value])));
  const parts: Picture = {
    all,
    quality,
    x: axis,
    isLog,
    y: linearAxis(
      all.flatMap(({ y }) => [y.low, y.value, y.high]),
      quality.limits,
    ),
  };
  return {
    id: 'picture',
    title: 'Cost and quality',
    body: html`<figure>
${FORMATS.map((format) => drawing(parts, format))}<figcaption>${caption(parts, report)}</figcaption>
</figure>
`,
  };
}

function shownOf({ contestants }: EvalReport, quality: Quality): Shown[] {
  return contestants.flatMap((one, n) => {
    const y = quality.of(one);
    return isKnown(y) ? [{ rank: n + 1, one, y, cost: isKnown(one.cost_usd) ? one.cost_usd : null }] : [];
  });
}

function drawing(parts: Picture, format: Format): Html {
  const { all, isLog, quality } = parts;
  const frame = frameOf(format, {
    left: isLog && all.some(({ cost }) => cost?.value === 0) ? '$0' : null,
    right: hasPrices(all) && all.some(({ cost }) => cost === null) ? 'price unknown' : null,
  });
  const hull = hullPath(parts, frame);
  const points = all.map((shown) => pointOf(shown, parts, frame));
  return html`<svg class="plot ${format.name}" role="img" aria-label="Cost per prompt and ${quality.label} of ${all.length} contestants; the table above has the numbers" viewBox="0 0 ${format.width} ${format.height}" font-size="${format.size}">
${drawFrame(frame, parts.x, parts.y, { x: xWords(parts), y: quality.label })}${
  hull.length < 2
    ? null
    : html`<path class="hull" d="M${hull.map(({ x, y }) => `${round(x)} ${round(y)}`).join('L')}"/>
`
}${drawPoints(points, frame, hull.map(aroundHull))}</svg>
`;
}

function hasPrices(all: readonly Shown[]): boolean {
  return all.some(({ cost }) => cost !== null);
}

function xWords({ all, isLog }: Picture): string {
  if (!hasPrices(all)) return 'price unknown: in the order of the table';
  return `dollars per prompt${isLog ? ', logarithmic' : ''}`;
}

function aroundHull({ x, y }: Place): Box {
  return { x: x - 2, y: y - 2, width: 4, height: 4 };
}

function pointOf({ rank, one, y, cost }: Shown, parts: Picture, frame: Frame): Point {
  const at = { x: cost === null ? xUnknown(rank, parts, frame) : xAt(cost, parts, frame), y: yAt(y.value, parts, frame) };
  const isOnAxis = cost !== null && (cost.value > 0 || !parts.isLog);
  const across = isOnAxis ? [cost.low, cost.high].map((usd) => ({ x: xOnAxis(usd, parts, frame), y: at.y })) : [];
  return {
    rank,
    name: one.name,
    role: one.role,
    at,
    bars: [
      { from: { x: at.x, y: yAt(y.low, parts, frame) }, to: { x: at.x, y: yAt(y.high, parts, frame) } },
      ...across.slice(0, 1).flatMap((from) => across.slice(1).map((to) => ({ from, to }))),
    ],
    words: sentence(one, y, cost, parts.quality),
    matters: one.on_hull === true || one.is_baseline,
  };
}

function sentence({ name }: ContestantReport, y: Estimate, cost: Estimate | null, { format }: Quality): string {
  const price = cost === null ? `price ${UNKNOWN}` : `${usdEach(cost.value)} per prompt (${interval(cost, usdEach)})`;
  return `${name}: ${format(y.value)} (${interval(y, format)}), ${price}`;
}

/** What has no place on the axis stands in the strip beside it. */
function xAt({ value: usd }: Estimate, parts: Picture, frame: Frame): number {
  if (usd === 0 && frame.left !== null) return frame.left.box.x + frame.left.box.width / 2;
  return xOnAxis(usd, parts, frame);
}

/** Those of unknown price share the strip, or the whole picture where nobody's price is known, in the order of the table. */
function xUnknown(rank: number, { all }: Picture, { right, area }: Frame): number {
  const unknown = all.filter(({ cost }) => cost === null);
  const { x, width } = right?.box ?? area;
  return x + (width * (unknown.findIndex((shown) => shown.rank === rank) + 1)) / (unknown.length + 1);
}

function xOnAxis(usd: number, { x }: Picture, { area }: Frame): number {
  return area.x + x.at(usd) * area.width;
}

function yAt(value: number, { y }: Picture, { area }: Frame): number {
  return area.y + area.height * (1 - y.at(value));
}

/** From the cheapest to the best: asking one of two by chance gives every cost and quality on the line between them. */
function hullPath(parts: Picture, frame: Frame): Place[] {
  const corners = parts.all
    .flatMap(({ one, y, cost }) => (one.on_hull === true && cost !== null ? [{ usd: cost.value, quality: y.value }] : []))
    .sort((a, b) => a.usd - b.usd || a.quality - b.quality);
  const on = (usd: number, quality: number) => ({
    x: usd === 0 ? xAt({ value: 0, low: 0, high: 0 }, parts, frame) : xOnAxis(usd, parts, frame),
    y: yAt(quality, parts, frame),
  });
  return corners.flatMap(({ usd, quality }, n) => {
    const next = corners[n + 1];
    if (next === undefined) return [on(usd, quality)];
    return Array.from({ length: PIECES }, (_, piece) => {
      const part = piece / PIECES;
      return on(usd + part * (next.usd - usd), quality + part * (next.quality - quality));
    });
  });
}

function caption({ all, quality }: Picture, { contestants, prompts }: EvalReport): Html {
  const isMixed = quality.counts === 'scores' && prompts.by_judge > 0;
  const missing = contestants.filter((one) => !all.some((shown) => shown.one === one));
  return html`<ul class="legend">${roleLegend(all.map(({ one }) => one.role))}${hasHull(all) ? HULL_SIGN : null}<li><svg width="14" height="18" aria-hidden="true"><path class="error" d="M7 1V17M3 1H11M3 17H11"/></svg>interval at 95 %</li></ul>
<p class="note">Numbers are those of the table. Further up is better, further left is cheaper.${isMixed ? ' The hull counts in what judges compared as well.' : null}${
    missing.length === 0
      ? null
      : html` Without a number for quality, and so not in it: ${missing.map(({ name }, n) => html`${n === 0 ? null : ', '}${named(name)}`)}.`
  }</p>
`;
}

const HULL_SIGN = html`<li><svg width="28" height="14" aria-hidden="true"><path class="hull" d="M1 12L27 2"/></svg>hull: nobody, nor a mix of two, is as good for less</li>`;

/** A line has two ends. */
function hasHull(all: readonly Shown[]): boolean {
  return all.filter(({ one, cost }) => one.on_hull === true && cost !== null).length > 1;
}
