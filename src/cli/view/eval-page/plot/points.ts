import type { ContestantRole } from '../../../../core/eval/contestant.js';
import { type Html, html, visible } from '../../page/html.js';
import { type Frame, round } from './frame.js';
import { type Box, type LabelWish, type Place, type PlacedLabel, placeLabels } from './labels.js';
import { clipped, textWidth } from './text-width.js';

/** Who somebody is, told by the shape: half a mark is so many pixels. */
const HALF = 6;

const SHAPES: Readonly<Record<ContestantRole, string>> = {
  mixture: 'M0 -7L7 0L0 7L-7 0Z',
  model: 'M-6 0A6 6 0 1 0 6 0A6 6 0 1 0 -6 0Z',
  member: 'M-6 0A6 6 0 1 0 6 0A6 6 0 1 0 -6 0Z',
  sampled: 'M0 -7L7 6H-7Z',
  given: 'M-5.5 -5.5H5.5V5.5H-5.5Z',
};

const ROLE_WORDS: Readonly<Record<ContestantRole, string>> = {
  mixture: 'mixture',
  model: 'model alone',
  member: 'member of a mixture alone',
  sampled: 'best single model, sampled',
  given: 'given answers',
};

export interface Point {
  /** Its place in the table. */
  rank: number;
  name: string;
  role: ContestantRole;
  at: Place;
  /** Ends of its error bars, in pixels. */
  bars: readonly { from: Place; to: Place }[];
  /** What it says when it is pointed at. */
  words: string;
  /** Keeps its name where there is no room for all. */
  matters: boolean;
}

/** Points with error bars and names that cover neither each other nor a point. */
export function drawPoints(points: readonly Point[], frame: Frame, lines: readonly Box[] = []): Html {
  const labels = labelled(points, frame, lines);
  return html`${points.map((point) => bars(point))}${labels.map((label) => (label?.leader ? leader(label) : null))}${points.map(mark)}${points.map(
    (point, n) => {
      const label = labels[n] ?? null;
      return label === null ? null : words(label, point, frame);
    },
  )}`;
}

/** In the order of the points. */
function labelled(points: readonly Point[], frame: Frame, lines: readonly Box[]): (PlacedLabel | null)[] {
  const { format, area, left, right } = frame;
  const order = points.map((_, n) => n).sort((a, b) => Number(points[b]?.matters) - Number(points[a]?.matters) || a - b);
  const whole = { x: left?.box.x ?? area.x, y: area.y, width: 0, height: area.height };
  whole.width = (right === null ? area.x + area.width : right.box.x + right.box.width) - whole.x;
  const placed = placeLabels(
    order.flatMap((n) => points.slice(n, n + 1)).map((point) => wishOf(point, frame, points.length)),
    {
      area: whole,
      marks: points.map(({ at }) => ({ x: at.x - HALF, y: at.y - HALF, width: 2 * HALF, height: 2 * HALF })),
      lines: [...lines, ...points.flatMap((point) => point.bars.map(boxOf))],
      height: format.size + 3,
    },
  );
  const byPoint = new Map(order.map((point, n) => [point, placed[n] ?? null]));
  return points.map((_, n) => byPoint.get(n) ?? null);
}

function wishOf({ at, rank, name, matters }: Point, { format }: Frame, all: number): LabelWish {
  const named = matters || all <= format.mostNames;
  const texts = [...(named ? [`${rank} ${clipped(visible(name).replace(/\s+/g, ' '), format.nameLength)}`] : []), String(rank)];
  return { at, texts: texts.map((text) => ({ text, width: textWidth(text, format.size) })) };
}

function boxOf({ from, to }: { from: Place; to: Place }): Box {
  const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
  return { x, y, width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
}

function bars({ bars: all }: Point): Html {
  return html`${all.map(({ from, to }) => {
    // A short line across each end, so that the end of a bar under another one is seen.
    const isUpright = from.x === to.x;
    const caps = isUpright
      ? `M${round(from.x - 4)} ${round(from.y)}H${round(from.x + 4)}M${round(to.x - 4)} ${round(to.y)}H${round(to.x + 4)}`
      : '';
    return html`<path class="${isUpright ? 'error' : 'error thin'}" d="M${round(from.x)} ${round(from.y)}L${round(to.x)} ${round(to.y)}${caps}"/>`;
  })}`;
}

function leader({ leader: line }: PlacedLabel): Html | null {
  return line === null
    ? null
    : html`<path class="leader" d="M${round(line.from.x)} ${round(line.from.y)}L${round(line.to.x)} ${round(line.to.y)}"/>`;
}

function mark({ at, role, words: said }: Point): Html {
  return html`<g class="point role-${role}" transform="translate(${round(at.x)} ${round(at.y)})"><title>${said}</title><path d="${SHAPES[role]}"/></g>
`;
}

function words({ text, box, leader: line }: PlacedLabel, { at, matters }: Point, { format }: Frame): Html {
  // The estimated width is rather too large: the words stand at the end of their box that is near the point.
  const isLeft = (line?.to.x ?? box.x + box.width / 2) >= box.x + box.width / 2 && box.x + box.width <= at.x;
  const isBeside = box.x >= at.x || isLeft;
  const anchor = isLeft ? 'end' : isBeside ? 'start' : 'middle';
  const x = isLeft ? box.x + box.width : isBeside ? box.x : box.x + box.width / 2;
  return html`<text class="${matters ? 'label matters' : 'label'}" x="${round(x)}" y="${round(box.y + format.size)}" text-anchor="${anchor}">${text}</text>
`;
}

/** What the shapes mean, of those that stand in the picture. */
export function roleLegend(roles: readonly ContestantRole[]): Html {
  const present = (['mixture', 'model', 'member', 'sampled', 'given'] as const).filter((role) => roles.includes(role));
  return html`${present.map(
    (role) =>
      html`<li><svg width="18" height="18" aria-hidden="true"><g class="point role-${role}" transform="translate(9 9)"><path d="${SHAPES[role]}"/></g></svg>${ROLE_WORDS[role]}</li>`,
  )}`;
}
