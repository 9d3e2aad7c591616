import type { Random } from '../../core/random.js';
import { exponential, halfGamma } from './draws.js';
import { type Games, STYLE_FEATURES, type WeightedGames } from './games.js';
import { bridges, type Pair, pairsOf } from './pairs.js';

/** Games that can be weighed anew for every resample. */
export interface GameTable {
  /** As they were played. */
  played(): WeightedGames;
  /** As they might have been. */
  resampled(random: Random): WeightedGames;
}

/** How much each prompt counts, and wins and losses made up for each pair. */
interface Draw {
  prompts: Float64Array;
  wins: Float64Array;
  losses: Float64Array;
}

/**
 * Games for the Bayesian bootstrap (Rubin 1981) over prompts: a weight from Gamma(1) for each prompt, the same for all its games.
 * Half a win and half a loss are made up for each pair that has met, with weights from Gamma(1/2): for two contestants without
 * ties this is Jeffreys' prior, and one that has won all its games gets an interval with a width. Contestants that nothing connects
 * are connected by made-up games alone.
 */
export function gameTable(games: Games, contestants: number): GameTable {
  const { pairs: met, pairOf } = pairsOf(games);
  const pairs = [...met, ...bridges(met, contestants)];
  const prompts = games.prompt.reduce((most, prompt) => Math.max(most, prompt), -1) + 1;
  const weigh = games.style === null ? perPair(games, pairs, pairOf) : perGame({ ...games, style: games.style }, pairs);
  const none = new Float64Array(pairs.length);
  return {
    played: () => weigh({ prompts: new Float64Array(prompts).fill(1), wins: none, losses: none }),
    resampled: (random) =>
      weigh({
        prompts: new Float64Array(prompts).map(() => exponential(random)),
        wins: none.map(() => halfGamma(random)),
        losses: none.map(() => halfGamma(random)),
      }),
  };
}

/** Without style all games of a pair are one with a weight, which takes a fit to no time. */
function perPair({ a, preference, prompt }: Games, pairs: readonly Pair[], pairOf: Int32Array) {
  const sides = sidesOf(pairs);
  return ({ prompts, wins, losses }: Draw): WeightedGames => {
    const won = wins.slice();
    const weight = wins.map((value, pair) => value + (losses[pair] as number));
    for (let game = 0; game < a.length; game++) {
      const pair = pairOf[game] as number;
      const times = prompts[prompt[game] as number] as number;
      const share = preference[game] as number;
      weight[pair] = (weight[pair] as number) + times;
      won[pair] = (won[pair] as number) + times * (a[game] === sides.a[pair] ? share : 1 - share);
    }
    return { ...sides, weight, preference: won.map((value, pair) => shareOf(value, weight[pair] as number)), style: null };
  };
}

function perGame(games: Games & { style: Float64Array }, pairs: readonly Pair[]) {
  const sides = sidesOf(pairs);
  const both = {
    a: Int32Array.from([...games.a, ...sides.a]),
    b: Int32Array.from([...games.b, ...sides.b]),
    style: Float64Array.from([...games.style, ...new Float64Array(pairs.length * STYLE_FEATURES)]),
  };
  const played = games.preference.length;
  return ({ prompts, wins, losses }: Draw): WeightedGames => {
    const preference = new Float64Array(played + pairs.length);
    const weight = new Float64Array(played + pairs.length);
    preference.set(games.preference);
    for (let game = 0; game < played; game++) weight[game] = prompts[games.prompt[game] as number] as number;
    for (let pair = 0; pair < pairs.length; pair++) {
      weight[played + pair] = (wins[pair] as number) + (losses[pair] as number);
      preference[played + pair] = shareOf(wins[pair] as number, weight[played + pair] as number);
    }
    return { ...both, preference, weight };
  };
}

function sidesOf(pairs: readonly Pair[]): { a: Int32Array; b: Int32Array } {
  return { a: Int32Array.from(pairs, ([one]) => one), b: Int32Array.from(pairs, ([, other]) => other) };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0.5 : part / whole;
}
