import { escapeJson } from '../view/sanitize.js';
import type { Screen } from '../view/screen.js';

type Target = Pick<Screen, 'columns'>;

/** A value as JSON of several lines. On a terminal nothing in it can drive that. */
export function jsonText(value: unknown, target: Target): string {
  return ended(JSON.stringify(value, null, 2), target);
}

/** The same in one line. */
export function jsonLine(value: unknown, target: Target): string {
  return ended(JSON.stringify(value), target);
}

function ended(json: string, { columns }: Target): string {
  return `${columns === null ? json : escapeJson(json)}\n`;
}
