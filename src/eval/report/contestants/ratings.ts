import type { EvalData, TextStyle } from '../../../core/eval/data.js';
import type { Rating } from '../../../core/eval/report.js';
import { type Games, ratings, styleDifferences } from '../../statistics/bradley-terry.js';
import { STYLE_FEATURES } from '../../statistics/games.js';

/** Resamples of a fit, fewer where there are many games: then they differ less too. */
const RESAMPLES = { least: 100, most: 500 } as const;
const GAMES_TO_FIT = 2_000_000;

/**
 * Pairs of answers for each coefficient of a logistic fit; with fewer they are biased, and their intervals don't cover (Peduzzi et al.,
 * Journal of Clinical Epidemiology 49, 1996).
 */
const PAIRS_PER_COEFFICIENT = 10;

/**
 * Bradley-Terry ratings over all comparisons of all judges, by contestant; null for those that were never compared. Style
 * controlled where the style of every text is known, and there are enough of them to tell style from merit; a failure has none, so
 * style explains nothing of its loss.
 */
export function rate(data: EvalData, seed: number): (Rating | null)[] {
  const { comparisons, contestants } = data;
  if (comparisons.length === 0) return contestants.map(() => null);
  const fewer = Math.floor(GAMES_TO_FIT / comparisons.length);
  const resamples = Math.min(RESAMPLES.most, Math.max(RESAMPLES.least, fewer));
  const options = { contestants: contestants.length, resamples, seed };
  const games = gamesOf(data);
  const plain = ratings(games, { ...options, styled: false });
  const compared = new Set(comparisons.flatMap(({ a, b }) => [a, b]));
  const controlled = games.style && tellsStyle(data, compared.size) ? ratings(games, { ...options, styled: true }) : null;
  return plain.map((rating, contestant) =>
    compared.has(contestant) ? { plain: rating, style_controlled: controlled?.[contestant] ?? null } : null,
  );
}

/** Two judges of the same answers see one style. */
function tellsStyle({ comparisons }: EvalData, players: number): boolean {
  const pairs = new Set(comparisons.map(({ prompt, a, b }) => `${prompt} ${Math.min(a, b)} ${Math.max(a, b)}`));
  return pairs.size >= PAIRS_PER_COEFFICIENT * (STYLE_FEATURES + players - 1);
}

function gamesOf(data: EvalData): Games {
  const { comparisons } = data;
  const styles = comparisons.map(({ a, b, prompt }) => ({ a: styleOf(data, a, prompt), b: styleOf(data, b, prompt) }));
  const known = styles.flatMap(({ a, b }) => (a === undefined || b === undefined ? [] : [{ a, b }]));
  return {
    a: Int32Array.from(comparisons, ({ a }) => a),
    b: Int32Array.from(comparisons, ({ b }) => b),
    preference: Float64Array.from(comparisons, ({ preference }) => preference),
    style: known.length === comparisons.length ? styleDifferences(known) : null,
    prompt: Int32Array.from(comparisons, ({ prompt }) => prompt),
  };
}

/** Null where there is no text, undefined where there is one that nobody has looked at. */
function styleOf({ outcomes }: EvalData, contestant: number, prompt: number): TextStyle | null | undefined {
  const outcome = outcomes[contestant]?.at(prompt);
  return outcome?.status === 'failed' ? null : (outcome?.style ?? undefined);
}
