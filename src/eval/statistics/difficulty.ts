import { mean, squaredDeviations } from './moments.js';

/** As many made-up comparisons with an ordinary result are added to each prompt's own: few comparisons say little. */
const PRIOR_COMPARISONS = 2;

/** Kept away from 0 and 1 by this much, where the logit has no end. */
const MARGIN = 0.01;

/**
 * How hard it is to beat the baseline on each prompt, for the length control of one contestant: higher is easier, mean 0, standard
 * deviation 1. AlpacaEval 2 fits its instruction difficulties over all systems of its board; here they come from how the other
 * contestants of the evaluation fare on the prompt, never from the contestant itself, whose own luck would explain its result:
 * the mean of their preferences (each less its own mean, so that who was compared does not matter) shrunk towards the ordinary,
 * as a logit.
 *
 * @param preferences by contestant, then by prompt: share of the win against the baseline from 0 to 1, NaN where not compared
 * @param contestant whose own preferences are left out
 * @returns null where there is no other contestant, or all prompts are alike
 */
export function promptDifficulty(preferences: readonly Float64Array[], contestant: number): Float64Array | null {
  const others = preferences.filter((_, i) => i !== contestant).map(withMean);
  const level = mean(Float64Array.from(others, (other) => other.mean));
  const prompts = preferences[contestant]?.length ?? 0;
  const logits = Float64Array.from({ length: prompts }, (_, prompt) => {
    const seen = others.filter(({ values }) => !Number.isNaN(values[prompt]));
    const excess = seen.reduce((sum, other) => sum + (other.values[prompt] as number) - other.mean, 0);
    const share = Math.min(1 - MARGIN, Math.max(MARGIN, level + excess / (seen.length + PRIOR_COMPARISONS)));
    return Math.log(share / (1 - share));
  });
  return standardised(logits);
}

function withMean(values: Float64Array): { values: Float64Array; mean: number } {
  return { values, mean: mean(values.filter((value) => !Number.isNaN(value))) };
}

function standardised(values: Float64Array): Float64Array | null {
  const deviation = Math.sqrt(squaredDeviations(values) / values.length);
  if (!(deviation > 0)) return null;
  const centre = mean(values);
  return values.map((value) => (value - centre) / deviation);
}
