/** A rectangle by its corner at the top left. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Place {
  x: number;
  y: number;
}

/** A point that wants words beside it: the texts that would do with their widths, the best first. */
export interface LabelWish {
  at: Place;
  texts: readonly { text: string; width: number }[];
}

export interface PlacedLabel {
  text: string;
  box: Box;
  /** From the point to the words, where these stand so far off that it would not be clear whose they are. */
  leader: { from: Place; to: Place } | null;
}

export interface Surroundings {
  area: Box;
  /** What no label may cover. */
  marks: readonly Box[];
  /** What one should rather not cover. */
  lines: readonly Box[];
  /** Height of a label. */
  height: number;
}

/** Distances from a point at which its label is tried, in pixels; those beyond the second get a line to the point. */
const DISTANCES = [10, 14, 24, 36, 50, 68, 90, 116, 150, 190, 240, 300] as const;
const LEADER_FROM = 20;

/** Directions in which it is tried, from the right on clockwise. */
const DIRECTIONS = Array.from({ length: 16 }, (_, n) => (n * Math.PI) / 8);

/** What stands against a place: each line that it covers, each label or mark that its leader crosses, each pixel away, a shorter text. */
const PENALTY = { line: 2, crossing: 3, distance: 0.06, shorter: 4 } as const;

/** Free around a label, in pixels. */
const GAP = 2;

/**
 * Finds a place for each label, one after the other, so that none covers another one or a mark. Null where there is no room
 * left for any of its texts.
 */
export function placeLabels(wishes: readonly LabelWish[], around: Surroundings): (PlacedLabel | null)[] {
  const placed: PlacedLabel[] = [];
  return wishes.map((wish) => {
    const best = bestPlace(wish, around, placed);
    if (best !== null) placed.push(best);
    return best;
  });
}

function bestPlace({ at, texts }: LabelWish, around: Surroundings, placed: readonly PlacedLabel[]): PlacedLabel | null {
  let best: PlacedLabel | null = null;
  let least = Infinity;
  texts.forEach(({ text, width }, n) => {
    for (const distance of DISTANCES) {
      const before = n * PENALTY.shorter + distance * PENALTY.distance;
      if (before >= least) break;
      for (const direction of DIRECTIONS) {
        const label = labelAt(at, { text, width, height: around.height, distance, direction });
        if (!isFree(label.box, around, placed)) continue;
        const against = before + objections(label, around, placed);
        if (against < least) [best, least] = [label, against];
      }
    }
  });
  return best;
}

function labelAt(
  at: Place,
  { text, width, height, distance, direction }: { text: string; width: number; height: number; distance: number; direction: number },
): PlacedLabel {
  const [right, down] = [Math.cos(direction), Math.sin(direction)];
  const middle = { x: at.x + right * (distance + width / 2), y: at.y + down * (distance + height / 2) };
  const box = { x: middle.x - width / 2, y: middle.y - height / 2, width, height };
  if (distance < LEADER_FROM) return { text, box, leader: null };
  const to = { x: between(at.x, box.x, box.x + width), y: between(at.y, box.y, box.y + height) };
  return { text, box, leader: { from: at, to } };
}

function isFree(box: Box, { area, marks }: Surroundings, placed: readonly PlacedLabel[]): boolean {
  if (box.x < area.x || box.y < area.y || box.x + box.width > area.x + area.width || box.y + box.height > area.y + area.height)
    return false;
  return !marks.some((mark) => overlap(mark, box)) && !placed.some((other) => overlap(other.box, box));
}

function objections({ box, leader }: PlacedLabel, { marks, lines }: Surroundings, placed: readonly PlacedLabel[]): number {
  const covered = lines.filter((line) => overlap(line, box)).length;
  const under = placed.filter((other) => other.leader !== null && crosses(other.leader, box)).length;
  if (leader === null) return covered * PENALTY.line + under * PENALTY.crossing;
  const over = [...marks, ...placed.map((other) => other.box)].filter((other) => crosses(leader, other)).length;
  return covered * PENALTY.line + (under + over) * PENALTY.crossing;
}

/** True where two boxes share more than a border. */
function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** True where a line runs through a box; it is looked at in steps of a pixel or two. */
function crosses({ from, to }: { from: Place; to: Place }, box: Box): boolean {
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 2);
  // The ends stand at the point and at the words themselves.
  for (let n = 3; n < steps - 1; n++) {
    const [x, y] = [from.x + ((to.x - from.x) * n) / steps, from.y + ((to.y - from.y) * n) / steps];
    if (x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height) return true;
  }
  return false;
}

function between(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
