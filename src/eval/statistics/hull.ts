interface Point {
  cost: number;
  quality: number;
}

/** Differences below this share of the picture's size are rounding, not a place off the line. */
const ROUNDING = 1e-12;

/**
 * Whether each point is on the upper left convex hull of cost and quality: none is as good at a lower price, nor better at the
 * same, and no mix of two others is (Andrew's monotone chain, 1979). A point on the line between two others is on it. Null
 * stays null. Any units.
 */
export function onHull(points: readonly (Point | null)[]): (boolean | null)[] {
  const known = points.filter((point) => point !== null);
  const corners = cornersOf(known);
  const tolerance = ROUNDING * (spanOf(known.map(({ quality }) => quality)) || 1);
  return points.map((point) => point && point.quality >= heightAt(point.cost, corners) - tolerance && !isBeaten(point, known));
}

/** The hull from the cheapest point to the best one, each corner dearer and better than the one before. */
function cornersOf(points: readonly Point[]): Point[] {
  const corners: Point[] = [];
  for (const point of [...points].sort((a, b) => a.cost - b.cost || b.quality - a.quality)) {
    if (corners.length > 0 && point.quality <= (corners.at(-1)?.quality ?? 0)) continue;
    while (corners.length >= 2 && !turnsRight(corners.at(-2) as Point, corners.at(-1) as Point, point)) corners.pop();
    corners.push(point);
  }
  return corners;
}

function turnsRight(a: Point, b: Point, c: Point): boolean {
  return (b.cost - a.cost) * (c.quality - a.quality) < (b.quality - a.quality) * (c.cost - a.cost);
}

/** The best quality that a mix of the corners gives for this cost. */
function heightAt(cost: number, corners: readonly Point[]): number {
  const right = corners.findIndex((corner) => corner.cost >= cost);
  if (right === -1) return corners.at(-1)?.quality ?? Number.NEGATIVE_INFINITY;
  const [a, b] = [corners[right - 1], corners[right] as Point];
  if (!a) return b.quality;
  return a.quality + ((b.quality - a.quality) * (cost - a.cost)) / (b.cost - a.cost);
}

function isBeaten(point: Point, all: readonly Point[]): boolean {
  return all.some(({ cost, quality }) => cost < point.cost && quality >= point.quality);
}

function spanOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
