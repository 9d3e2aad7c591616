import { nearestName } from '../../config/nearest.js';
import type { Prices } from '../../core/catalog.js';
import type { ListedMixture } from './mixture-list.js';
import type { ListedModel } from './model-list.js';

/** Which models are wanted; all of it must hold. */
export interface ModelFilter {
  /** Each stands in id or name, in any case. */
  words: readonly string[];
  free: boolean;
  /** Tokens that it can read at least; null: any. */
  context: number | null;
}

export function fits({ id, name = '', prices, context }: ListedModel, filter: ModelFilter): boolean {
  if (!hasWords(`${id}\n${name}`, filter.words)) return false;
  if (filter.free && !isFree(prices)) return false;
  return filter.context === null || (context !== null && context >= filter.context);
}

/** What is asked of price or context is asked of models, so then no mixture fits. */
export function mixtureFits({ name, proposers, critics }: ListedMixture, filter: ModelFilter): boolean {
  if (filter.free || filter.context !== null) return false;
  return hasWords([name, ...proposers, ...critics].join('\n'), filter.words);
}

/** False where the price is not known. */
export function isFree(prices: Prices | null): boolean {
  return prices !== null && prices.input === 0 && prices.output === 0 && prices.request === 0;
}

function hasWords(text: string, words: readonly string[]): boolean {
  const inLowerCase = text.toLowerCase();
  return words.every((word) => inLowerCase.includes(word.toLowerCase()));
}

/** The part of an id or name that was probably meant by the first word that stands in none; null where none is like it. */
export function nearestWord(words: readonly string[], models: readonly ListedModel[]): string | null {
  const stray = words.find((word) => !models.some(({ id, name = '' }) => hasWords(`${id}\n${name}`, [word])));
  if (stray === undefined) return null;
  const parts = models.flatMap(({ id, name = '' }) => [id, ...id.split(/[/:]/), ...`${id} ${name}`.split(/[/:\s()-]+/)]);
  const known = new Set(parts.map((part) => part.toLowerCase()).filter((part) => part.length > 1));
  return nearestName(stray.toLowerCase(), [...known]);
}
