/**
 * What the statistics of an evaluation take: 10,000 judgements of five contestants against a baseline, scored and fitted.
 * Prints one JSON object: step -> milliseconds, median of some rounds.
 */
import { seededRandom } from '../../src/core/random.js';
import { type Games, ratings, styleDifferences } from '../../src/eval/statistics/bradley-terry.js';
import { promptDifficulty } from '../../src/eval/statistics/difficulty.js';
import { lengthControlled } from '../../src/eval/statistics/length-control.js';
import { pairedDifference } from '../../src/eval/statistics/paired.js';
import { boardLine } from '../../src/eval/statistics/win-rate.js';

const CONTESTANTS = 5;
const PROMPTS = 2_000;
const ROUNDS = 7;
const RESAMPLES = { ratings: 250, paired: 1_000 } as const;

const random = seededRandom(7);

/** A text's style, as made up as the rest. */
const style = () => ({
  length: 200 + Math.floor(2_000 * random()),
  headings: Math.floor(4 * random()),
  list_items: Math.floor(9 * random()),
  bold: Math.floor(6 * random()),
});

/** Every judgement has its own preference, as log probabilities give them: nothing can be counted together. */
const judgements = Array.from({ length: CONTESTANTS * PROMPTS }, (_, i) => ({
  contestant: 1 + Math.floor(i / PROMPTS),
  prompt: i % PROMPTS,
  preference: random(),
  own: style(),
  other: style(),
}));

const of = (contestant: number) => judgements.filter((judgement) => judgement.contestant === contestant);
const everybody = Array.from({ length: CONTESTANTS }, (_, i) => of(i + 1));
const preferences = everybody.map((own) => Float64Array.from(own, ({ preference }) => preference));
const differences = preferences.map((own) => own.map((preference) => 2 * preference - 1));

function played(): Games {
  return {
    a: Int32Array.from(judgements, ({ contestant }) => contestant),
    b: new Int32Array(judgements.length),
    preference: Float64Array.from(judgements, ({ preference }) => preference),
    prompt: Int32Array.from(judgements, ({ prompt }) => prompt),
    style: styleDifferences(judgements.map(({ own, other }) => ({ a: own, b: other }))),
  };
}

function lengthControl(own: (typeof everybody)[number], contestant: number) {
  const rows = {
    preference: preferences[contestant] ?? new Float64Array(),
    length: Float64Array.from(own, (judgement) => judgement.own.length),
    baseline_length: Float64Array.from(own, (judgement) => judgement.other.length),
    difficulty: promptDifficulty(preferences, contestant),
  };
  return lengthControlled(rows, null);
}

const rate = (styled: boolean) => ratings(played(), { contestants: CONTESTANTS + 1, resamples: RESAMPLES.ratings, seed: 1, styled });

const steps: Record<string, () => unknown> = {
  win_rate: () => preferences.map(boardLine),
  length_control: () => everybody.map(lengthControl),
  ratings: () => rate(false),
  ratings_styled: () => rate(true),
  paired_bootstrap: () => differences.map((own) => pairedDifference(own, { resamples: RESAMPLES.paired, seed: 1 })),
};

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const taken = Object.fromEntries([...Object.keys(steps), 'all'].map((step): [string, number[]] => [step, []]));
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now();
  for (const [step, run] of Object.entries(steps)) {
    const before = performance.now();
    run();
    taken[step]?.push(performance.now() - before);
  }
  taken.all?.push(performance.now() - start);
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(taken).map(([step, times]) => [step, Math.round(median(times) * 10) / 10]))));
