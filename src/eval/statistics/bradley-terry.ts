import type { TextStyle } from '../../core/eval/data.js';
import { seededRandom } from '../../core/random.js';
import { fitStrengths, type Games, STYLE_FEATURES } from './games.js';
import { percentileInterval } from './interval.js';
import { gameTable } from './resampled-games.js';

export type { Games };

export interface EloRating {
  value: number;
  low: number;
  high: number;
}

/** A. E. Elo's scale: 400 points are odds of 10 to 1. */
const POINTS_PER_LOGIT = 400 / Math.LN10;
const MEAN_RATING = 1000;

/** Squared standard errors that the last step of a fit may have: of the games played, and of a resample. */
const TOLERANCE = { played: 1e-12, resampled: 1e-4 } as const;

/**
 * A rating per contestant with its interval at 95 %, on the Elo scale with a mean of 1000: the Bradley-Terry model with a bootstrap
 * over prompts, as Arena-Hard (Li et al. 2024, arXiv 2406.11939) and Chatbot Arena (Chiang et al. 2024, arXiv 2403.04132) have it;
 * the bootstrap in Rubin's form, see {@link gameTable}. `styled`: with the effects of length and Markdown as further terms, so
 * that ratings hold for answers of the same style; without a style in the games it changes nothing.
 * A contestant without a game is rated 1000 in an interval of some thousand points; the mean is that of the others.
 */
export function ratings(games: Games, options: { contestants: number; resamples: number; seed: number; styled: boolean }): EloRating[] {
  const { contestants, resamples, seed, styled } = options;
  const table = gameTable(styled ? games : { ...games, style: null }, contestants);
  const players = [...new Set([...games.a, ...games.b])];
  const played = fitStrengths(table.played(), contestants, TOLERANCE.played);
  const samples = Array.from({ length: contestants }, () => new Float64Array(resamples));
  const random = seededRandom(seed);
  for (let r = 0; r < resamples; r++) {
    const drawn = eloOf(fitStrengths(table.resampled(random), contestants, TOLERANCE.resampled, played), players);
    for (let i = 0; i < contestants; i++) (samples[i] as Float64Array)[r] = drawn[i] as number;
  }
  return Array.from(eloOf(played.subarray(0, contestants), players), (value, i) => percentileInterval(value, samples[i] as Float64Array));
}

/**
 * What {@link Games} needs for style control, four numbers per game: (a - b) / (a + b + 1) of length, headings, list items and bold
 * (Chatbot Arena's `preprocess_for_style`, lm-sys/FastChat, monitor/rating_systems.py), divided by the root of its mean square. The
 * mean is not taken out as there: here the order of a pair means nothing, and may not change a rating. 0 where a text is missing.
 */
export function styleDifferences(pairs: readonly { a: TextStyle | null; b: TextStyle | null }[]): Float64Array {
  const style = new Float64Array(pairs.length * STYLE_FEATURES);
  pairs.forEach(({ a, b }, game) => {
    if (a !== null && b !== null) style.set(contrast(featuresOf(a), featuresOf(b)), game * STYLE_FEATURES);
  });
  for (let feature = 0; feature < STYLE_FEATURES; feature++) scaleFeature(style, feature);
  return style;
}

function featuresOf({ length, headings, list_items, bold }: TextStyle): number[] {
  return [length, headings, list_items, bold];
}

function contrast(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => (value - (b[i] ?? 0)) / (value + (b[i] ?? 0) + 1));
}

function scaleFeature(style: Float64Array, feature: number): void {
  let squares = 0;
  for (let i = feature; i < style.length; i += STYLE_FEATURES) squares += (style[i] as number) ** 2;
  if (squares === 0) return;
  const scale = Math.sqrt((squares * STYLE_FEATURES) / style.length);
  for (let i = feature; i < style.length; i += STYLE_FEATURES) style[i] = (style[i] as number) / scale;
}

/** The mean of the players is 1000, whatever the fit has made of it. */
function eloOf(strengths: Float64Array, players: readonly number[]): Float64Array {
  const centre = players.reduce((sum, player) => sum + (strengths[player] as number), 0) / Math.max(1, players.length);
  return strengths.map((strength) => MEAN_RATING + POINTS_PER_LOGIT * (strength - centre));
}
