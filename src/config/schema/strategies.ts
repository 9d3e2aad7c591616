import * as v from 'valibot';
import { EXTRACTORS } from '../../core/extract/rule.js';
import { LAYERS, MAX_CHECK_QUESTIONS, REFINE_ROUNDS } from '../../core/limits.js';
import { ROUTES } from '../../core/mixture.js';
import { member, members } from './member.js';
import { about, between, count, flag, oneOfText, text, wholeBetween } from './parts.js';

/** How each strategy of a mixture works in detail. */

const regex = v.pipe(
  text,
  v.description('A regular expression: the first group of its last match is the answer, without a group the whole match.'),
  v.check((pattern) => isRegex(pattern), 'a regular expression'),
);

const extract = v.union(
  [oneOfText(['auto', ...EXTRACTORS]), v.strictObject({ regex })],
  `auto, ${EXTRACTORS.join(', ')}, or { regex: ... }`,
);

export const vote = v.strictObject({
  start: about(count(1), 'Proposers that start together; the others are asked only if needed. Default: the fewest that can settle it.'),
  extract: about(extract, 'What is compared: by default the question decides.'),
});

export const select = v.strictObject({
  second_look: about(flag, 'The judge looks again at the candidates in reversed order, against position bias.'),
});

export const tiers = v.pipe(v.array(members, 'a list of tiers'), v.minLength(2, 'a list of at least two tiers, each a list of models'));

export const cascade = v.strictObject({
  confidence: about(
    between(0, 1),
    'An answer whose tokens are at least this probable (geometric mean) ends the cascade, where the provider gives log probabilities.',
  ),
});

const layerCount = wholeBetween(LAYERS.min, LAYERS.max);
export const layers = v.union(
  [
    layerCount,
    v.strictObject({
      count: about(layerCount, `Layers from the proposers to the final synthesis. Default: ${LAYERS.default}.`),
      carry: about(
        oneOfText(['full', 'gaps']),
        'What goes on from the second layer: all text, or consensus, disagreements and gaps. Default: gaps.',
      ),
      aggregators: about(members, 'Who works in the middle layers, each with a role or prompt of its own. Default: the proposers.'),
    }),
  ],
  `a number from ${LAYERS.min} to ${LAYERS.max}, or a map with count, carry and aggregators`,
);

export const refine = v.union(
  [flag, wholeBetween(0, REFINE_ROUNDS.max)],
  `true (${REFINE_ROUNDS.default} rounds), false, or a number up to ${REFINE_ROUNDS.max}`,
);

export const verify = v.union(
  [
    flag,
    v.strictObject({
      questions: about(wholeBetween(1, MAX_CHECK_QUESTIONS), `Check questions at most. Default: ${MAX_CHECK_QUESTIONS}.`),
      model: about(member, 'Who answers them. Default: a model of the mixture of another family than the writer.'),
      show: about(
        oneOfText(['repaired', 'draft']),
        'What a stream shows: the repaired text only, or the draft with a correction at its end. Default: repaired.',
      ),
    }),
  ],
  'true, false, or a map with questions, model and show',
);

const FOUND: Readonly<Record<(typeof ROUTES)[number], string>> = {
  simple: 'short questions of fact, translations, greetings',
  medium: 'what is neither simple nor complex',
  complex: 'long or many-sided requests; without a strategy of its own it works as `deep`',
  code: 'programs',
  writing: 'texts for people to read',
  analysis: 'data, tables and documents',
  math: 'calculations and proofs',
  other: 'what no other route takes',
};

export const auto = v.strictObject({
  classifier: about(member, 'A cheap model that is asked where the rules cannot decide. Default: nobody is.'),
  ...(Object.fromEntries(ROUTES.map((name) => [name, about(text, `Mixture for ${FOUND[name]}.`)])) as Record<
    (typeof ROUTES)[number],
    ReturnType<typeof about<typeof text>>
  >),
});

function isRegex(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
