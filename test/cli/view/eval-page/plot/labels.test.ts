import { describe, expect, it } from 'vitest';
import { type Box, type LabelWish, type PlacedLabel, placeLabels } from '../../../../../src/cli/view/eval-page/plot/labels.js';
import { textWidth } from '../../../../../src/cli/view/eval-page/plot/text-width.js';

const overlap = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const AREA: Box = { x: 0, y: 0, width: 800, height: 400 };
const HEIGHT = 16;

const markAt = ({ at: { x, y } }: LabelWish): Box => ({ x: x - 6, y: y - 6, width: 12, height: 12 });

function wish(x: number, y: number, ...texts: string[]): LabelWish {
  return { at: { x, y }, texts: texts.map((text) => ({ text, width: textWidth(text, 13) })) };
}

function place(wishes: readonly LabelWish[], area = AREA, lines: readonly Box[] = []): (PlacedLabel | null)[] {
  return placeLabels(wishes, { area, marks: wishes.map(markAt), lines, height: HEIGHT });
}

function expectApart(labels: readonly (PlacedLabel | null)[], wishes: readonly LabelWish[], area = AREA): void {
  const boxes = labels.flatMap((label) => (label === null ? [] : [label.box]));
  const marks = wishes.map(markAt);
  boxes.forEach((box, n) => {
    expect(boxes.slice(n + 1).filter((other) => overlap(other, box))).toEqual([]);
    expect(marks.filter((mark) => overlap(mark, box))).toEqual([]);
    expect(
      box.x >= area.x && box.y >= area.y && box.x + box.width <= area.x + area.width && box.y + box.height <= area.y + area.height,
    ).toBe(true);
  });
}

/** The same numbers from 0 to 1 in every run: a linear congruential generator. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('labels of points', () => {
  it('stand right of a point that has room', () => {
    const [label] = place([wish(100, 100, 'alone')]);
    expect(label).toMatchObject({ text: 'alone', leader: null, box: { x: 110, y: 92 } });
  });

  it('stand left of one at the right end, and inside the area in its corners', () => {
    const wishes = [wish(790, 200, 'at the end'), wish(8, 8, 'top left'), wish(790, 392, 'bottom right')];
    const labels = place(wishes);
    expect(labels[0]!.box.x + labels[0]!.box.width).toBeLessThan(790);
    expectApart(labels, wishes);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed + 1))('cover neither each other nor a point, thirty of them (seed %i)', (seed) => {
    const next = numbers(seed);
    const wishes = Array.from({ length: 30 }, (_, n) =>
      wish(20 + 760 * next(), 20 + 360 * next(), `${n} ${'name'.repeat(1 + Math.floor(4 * next()))}`, String(n)),
    );
    const labels = place(wishes);
    expect(labels).not.toContain(null);
    expectApart(labels, wishes);
  });

  it('find room around one place that all points share, with lines to it', () => {
    const wishes = Array.from({ length: 30 }, (_, n) => wish(400, 200, `${n} some/model-name`, String(n)));
    const labels = place(wishes);
    expect(labels).not.toContain(null);
    expectApart(labels, wishes);
    expect(labels.filter((label) => label?.leader).length).toBeGreaterThan(15);
  });

  it('keep off lines where they can', () => {
    const line = { x: 100, y: 90, width: 300, height: 20 };
    const [label] = place([wish(100, 100, 'beside the line')], AREA, [line]);
    expect(overlap(label!.box, line)).toBe(false);
  });

  it('use the shorter text where the longer one has no room, and none where nothing has', () => {
    const small = { x: 0, y: 0, width: 60, height: 40 };
    const [short] = place([wish(20, 20, 'much longer than the picture', '7')], small);
    expect(short?.text).toBe('7');
    expect(place([wish(5, 5, 'x')], { x: 0, y: 0, width: 10, height: 10 })).toEqual([null]);
  });
});
