import { type Html, html } from '../../page/html.js';
import type { Axis } from './axis.js';
import type { Box } from './labels.js';
import { textWidth } from './text-width.js';

/** A picture is drawn twice, for wide and for narrow screens; which one is seen says the style. Sizes in pixels. */
export interface Format {
  name: 'wide' | 'narrow';
  width: number;
  height: number;
  /** Of the font. */
  size: number;
  /** Signs of a name. */
  nameLength: number;
  /** With more points only those that matter are named; the others have their number. */
  mostNames: number;
}

export const FORMATS: readonly Format[] = [
  { name: 'wide', width: 860, height: 470, size: 13, nameLength: 30, mostNames: 14 },
  { name: 'narrow', width: 360, height: 420, size: 12, nameLength: 20, mostNames: 6 },
];

/** Free around the area of the points for labels of the axes. */
const BORDER = { left: 46, right: 12, top: 26, bottom: 46 } as const;

/** Width of the strip beside the axis for what has no place on it. */
const STRIP = { wide: 96, narrow: 62 } as const;

interface Strip {
  box: Box;
  label: string;
  /** Half of the label's width. */
  reach: number;
}

/** Where its label stands: below it, but inside the picture. */
function middleOf({ box, reach }: Strip, width: number): number {
  return Math.min(box.x + box.width / 2, width - reach - 1);
}

/** Between two labels of an axis. */
const GAP = 6;

/** Where the axes stand, and the strips beside them. */
export interface Frame {
  format: Format;
  area: Box;
  left: Strip | null;
  right: Strip | null;
}

export function frameOf(format: Format, strips: { left: string | null; right: string | null }): Frame {
  const strip = STRIP[format.name];
  const height = format.height - BORDER.top - BORDER.bottom;
  const x = BORDER.left + (strips.left === null ? 0 : strip);
  const end = format.width - BORDER.right - (strips.right === null ? 0 : strip);
  const stripAt = (label: string | null, at: number) =>
    label === null ? null : { label, reach: textWidth(label, format.size) / 2, box: { x: at, y: BORDER.top, width: strip, height } };
  return {
    format,
    area: { x, y: BORDER.top, width: end - x, height },
    left: stripAt(strips.left, BORDER.left),
    right: stripAt(strips.right, end),
  };
}

interface AxisWords {
  x: string;
  y: string;
}

/** Lines of the axes with their labels, the strips and what the axes mean. */
export function drawFrame(frame: Frame, x: Axis, y: Axis, words: AxisWords): Html {
  const { area, format } = frame;
  const bottom = area.y + area.height;
  return html`<g class="grid" aria-hidden="true">${[frame.left, frame.right].map((strip) => (strip === null ? null : drawStrip(strip, bottom, format.width)))}${y.ticks.map(
    ({ value, label }) => {
      const top = round(bottom - y.at(value) * area.height);
      return html`<line x1="${BORDER.left}" x2="${format.width - BORDER.right}" y1="${top}" y2="${top}"/><text x="${BORDER.left - 6}" y="${top + 4}" text-anchor="end">${label}</text>`;
    },
  )}${roomy(x, frame).map(({ value, label }) => {
    const at = round(area.x + x.at(value) * area.width);
    return html`<line x1="${at}" x2="${at}" y1="${area.y}" y2="${bottom}"/><text x="${at}" y="${bottom + 17}" text-anchor="middle">${label}</text>`;
  })}<text class="axis" x="4" y="${BORDER.top - 11}">${words.y}</text><text class="axis" x="${format.width - BORDER.right}" y="${format.height - 8}" text-anchor="end">${words.x}</text></g>
`;
}

function drawStrip(strip: Strip, bottom: number, width: number): Html {
  const { box, label } = strip;
  return html`<rect class="strip" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}"/><text x="${round(middleOf(strip, width))}" y="${bottom + 17}" text-anchor="middle">${label}</text>`;
}

/** Ticks whose labels do not run into each other or out of the picture. */
function roomy(axis: Axis, { area, left, right, format: { size, width } }: Frame): Axis['ticks'] {
  const last = right === null ? Math.min(width, area.x + area.width + 24) : middleOf(right, width) - right.reach - GAP;
  let end = left === null ? 0 : middleOf(left, width) + left.reach;
  return axis.ticks.filter(({ value, label }) => {
    const reach = textWidth(label, size) / 2;
    const at = area.x + axis.at(value) * area.width;
    if (at - reach < end + GAP || at + reach > last) return false;
    end = at + reach;
    return true;
  });
}

/** Two decimals are finer than any screen. */
export function round(value: number): number {
  return Number(value.toFixed(2));
}
