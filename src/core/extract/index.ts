import { extractChoice } from './choice.js';
import { extractJson } from './json.js';
import { extractNumber } from './number.js';
import { matchPattern } from './pattern.js';
import type { ExtractorName, ExtractRule } from './rule.js';
import { extractShort } from './short.js';
import { extractYesNo } from './yes-no.js';

export { matchPattern } from './pattern.js';
export { extractorFor } from './question.js';
export { isTampered } from './tampered.js';

const EXTRACT: Readonly<Record<ExtractorName, (text: string) => string | null>> = {
  number: extractNumber,
  choice: extractChoice,
  yes_no: extractYesNo,
  json: extractJson,
  short: extractShort,
};

/** The canonical answer that a text holds: equal ones are written the same. Null when there is none, or a pattern could not be used. */
export function extract(rule: Exclude<ExtractRule, 'auto'>, text: string): string | null {
  return typeof rule === 'string' ? EXTRACT[rule](text) : matchPattern(rule.pattern, text).answer;
}
