import { type Context, createContext, Script } from 'node:vm';
import { reasonOf } from '../error.js';
import { PATTERN_TIMEOUT } from '../limits.js';

/** What a regular expression of the user's found in a text, or why it could not be used on it. */
export interface PatternMatch {
  answer: string | null;
  problem: { code: 'pattern_invalid' | 'pattern_timeout'; reason: string } | null;
}

/** In a script of its own, because only that can be interrupted while a regular expression runs. */
const SEARCH = `(() => {
  let last = null;
  for (const match of text.matchAll(new RegExp(pattern, flags))) {
    const found = (match[1] ?? match[0]).trim();
    if (found !== '') last = found;
  }
  return last;
})()`;

/** Made when the first pattern comes: most runs have none. */
let place: { script: Script; context: Context } | undefined;

/** The first group of the last match, else the whole match, without white space around it. Takes PATTERN_TIMEOUT at most. */
export function matchPattern(pattern: string, text: string): PatternMatch {
  const flags = flagsFor(pattern);
  if (typeof flags !== 'string') return { answer: null, problem: { code: 'pattern_invalid', reason: flags.message } };
  place ??= { script: new Script(SEARCH), context: createContext(Object.create(null) as object) };
  const { script, context } = place;
  Object.assign(context, { pattern, flags, text });
  try {
    return { answer: script.runInContext(context, { timeout: PATTERN_TIMEOUT }) as string | null, problem: null };
  } catch (error) {
    const reason = reasonOf(error);
    return { answer: null, problem: { code: 'pattern_timeout', reason } };
  } finally {
    Object.assign(context, { text: '' });
  }
}

/** With Unicode classes where the pattern allows them; the error where it is no regular expression at all. */
function flagsFor(pattern: string): string | Error {
  try {
    new RegExp(pattern, 'u');
    return 'gu';
  } catch {
    try {
      new RegExp(pattern);
      return 'g';
    } catch (error) {
      return error as Error;
    }
  }
}
