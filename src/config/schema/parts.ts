import * as v from 'valibot';

/** The pieces that options are made of. A message says what is wanted, so that it reads well after `must be`. */

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

export function about<const S extends v.GenericSchema>(schema: S, text: string) {
  return v.optional(v.pipe(schema, v.description(text)));
}

export const text = v.pipe(v.string('text'), v.nonEmpty('text that is not empty'));
const DURATION = 'a duration with a unit, such as 500ms, 30s, 4m or 1h';
export const span = v.pipe(v.string(DURATION), v.regex(/^\s*(?:0|\d+(?:\.\d+)?\s*(?:ms|s|m|h))\s*$/, DURATION));
export const duration = v.union([span, v.literal(0)], DURATION);
export const count = (least: number) =>
  v.pipe(
    v.number(`a whole number from ${least}`),
    v.integer(`a whole number from ${least}`),
    v.minValue(least, `a whole number from ${least}`),
  );
export const wholeBetween = (low: number, high: number) => {
  const message = `a whole number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(low, message), v.maxValue(high, message));
};
export const between = (low: number, high: number) => {
  const message = `a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
};
export const oneOfText = <const T extends readonly string[]>(names: T) => v.picklist(names, `one of ${names.join(', ')}`);
export const flag = v.boolean('true or false');
export const grace = v.union([v.literal('auto'), duration], 'auto, or a duration such as 10s');
export const dollars = v.pipe(v.number('US dollars, a number from 0'), v.minValue(0, 'US dollars, a number from 0'));
/** @param whose the runs that count, for the reference */
export const budget = (whose: string) =>
  v.strictObject({
    day: about(dollars, `US dollars a day (UTC), over all runs ${whose}.`),
    month: about(dollars, `US dollars a month (UTC), over all runs ${whose}.`),
  });
export const anyMap = v.record(v.string(), v.unknown(), 'a map');

export const sampling = {
  temperature: about(between(0, 2), 'Sampling temperature.'),
  top_p: about(between(0, 1), 'Nucleus sampling.'),
  seed: about(count(0), 'Sampling seed, where the provider knows one.'),
  max_tokens: about(count(1), 'Longest answer in tokens.'),
  reasoning_effort: about(oneOfText(EFFORTS), 'How much a reasoning model thinks.'),
};

export const privacy = v.strictObject({
  zdr: about(flag, 'OpenRouter: only providers that keep nothing.'),
  data_collection: about(v.picklist(['allow', 'deny'], 'allow or deny'), 'OpenRouter: whether providers that store prompts may be used.'),
});

export const timeouts = v.strictObject({
  connect: about(duration, 'Until the connection stands.'),
  first_event: about(duration, 'Until the first sign of progress; reasoning counts.'),
  idle: about(duration, 'Between two signs of progress.'),
  call: about(duration, 'One call with its retries.'),
  run: about(duration, 'The whole run; has an effect at the top level and in a mixture.'),
});

export const memberTimeouts = v.strictObject(v.omit(timeouts, ['run']).entries);
