import * as v from 'valibot';
import { STRATEGIES } from '../core/mixture.js';

/** The only definition of every option: types, validation, JSON Schema and docs/config.md are made from it. */

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

function about<const S extends v.GenericSchema>(schema: S, text: string) {
  return v.optional(v.pipe(schema, v.description(text)));
}

const text = v.pipe(v.string('text'), v.nonEmpty('text that is not empty'));
const duration = v.union(
  [v.pipe(v.string(), v.regex(/^\s*(?:0|\d+(?:\.\d+)?\s*(?:ms|s|m|h))\s*$/)), v.literal(0)],
  'a duration with a unit, such as 500ms, 30s, 4m or 1h',
);
const count = (least: number) =>
  v.pipe(
    v.number(`a whole number from ${least}`),
    v.integer(`a whole number from ${least}`),
    v.minValue(least, `a whole number from ${least}`),
  );
const between = (low: number, high: number) => {
  const message = `a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
};
const flag = v.boolean('true or false');
const grace = v.union([v.literal('auto'), duration], 'auto, or a duration such as 10s');
const dollars = v.pipe(v.number('US dollars, a number from 0'), v.minValue(0, 'US dollars, a number from 0'));
const anyMap = v.record(v.string(), v.unknown(), 'a map');

const sampling = {
  temperature: about(between(0, 2), 'Sampling temperature.'),
  top_p: about(between(0, 1), 'Nucleus sampling.'),
  seed: about(count(0), 'Sampling seed, where the provider knows one.'),
  max_tokens: about(count(1), 'Longest answer in tokens.'),
  reasoning_effort: about(v.picklist(EFFORTS, `one of ${EFFORTS.join(', ')}`), 'How much a reasoning model thinks.'),
};

const privacy = v.strictObject({
  zdr: about(flag, 'OpenRouter: only providers that keep nothing.'),
  data_collection: about(v.picklist(['allow', 'deny'], 'allow or deny'), 'OpenRouter: whether providers that store prompts may be used.'),
});

const timeouts = v.strictObject({
  connect: about(duration, 'Until the connection stands.'),
  first_event: about(duration, 'Until the first sign of progress; reasoning counts.'),
  idle: about(duration, 'Between two signs of progress.'),
  call: about(duration, 'One call with its retries.'),
  run: about(duration, 'The whole run; has an effect at the top level and in a mixture.'),
});

const memberTimeouts = v.strictObject(v.omit(timeouts, ['run']).entries);

const role = v.union([text, v.strictObject({ text })], 'the name of a role, or { text: ... }');

const memberObject = v.strictObject({
  model: v.pipe(text, v.description('Model id, or provider:id.')),
  provider: about(text, 'Name of the provider, when the model id does not say it.'),
  family: about(text, 'Models of one family count as one voice; by default taken from the id.'),
  role: about(role, 'A standard role (analytical, creative, practical, critical), one of `roles`, or { text }.'),
  required: about(flag, 'Wait for this proposer until its own limit, whatever the quorum says.'),
  ...sampling,
  extra_body: about(anyMap, 'Sent along in the body of the request. Guarded in project files.'),
  privacy: about(privacy, 'Routing by data policy.'),
  timeouts: about(memberTimeouts, 'Time limits of this model.'),
  context: about(count(1), 'Context of the model in tokens.'),
});

const member = v.union([text, memberObject], 'a model id, or a map with model: ...');
const members = v.pipe(v.array(member, 'a list of models'), v.minLength(1, 'a list of at least one model'));

const mixture = v.strictObject({
  proposers: about(members, 'The models that answer on their own; the same id twice is a second sample.'),
  critic: about(
    v.union([member, members], 'a model, or a list of models in order of preference'),
    'The model that merges the answers; in a list the next ones are fallbacks.',
  ),
  single: about(member, 'The model of strategy `single`; by default the first critic.'),
  strategy: about(v.picklist(STRATEGIES, `one of ${STRATEGIES.join(', ')}`), 'How proposals become an answer.'),
  quorum: about(
    count(1),
    'Usable proposals after which the rest is waited for no longer than `grace`. Default: all but one of three or more, else all.',
  ),
  min_answers: about(count(1), 'Usable proposals that are needed.'),
  grace: about(grace, 'How long to wait for the rest after the quorum.'),
  role: about(role, 'Role of every proposer that has none of its own.'),
  retries: about(count(0), 'Retries of one call.'),
  max_cost: about(dollars, 'Cap of a run in US dollars; models without a known price do not pass it.'),
  timeouts: about(timeouts, 'Time limits.'),
  ...sampling,
});

const provider = v.strictObject({
  base_url: about(text, 'Address of the OpenAI-compatible endpoint, with /v1. Guarded in project files.'),
  api_key: about(text, 'Key, best as "${VARIABLE}". Guarded in project files.'),
  needs_key: about(flag, 'false: a missing key is no error. Default: true for the hosted providers mom knows.'),
  dialect: about(
    v.picklist(['openrouter', 'openai'], 'openrouter or openai'),
    'How the wire differs. Default: openai, except for the provider openrouter.',
  ),
  headers: about(v.record(v.string(), v.string('text'), 'a map'), 'Extra headers. Guarded in project files.'),
  extra_body: about(anyMap, 'Sent along in the body of every request. Guarded in project files.'),
  privacy: about(privacy, 'Routing by data policy.'),
  attribution: about(flag, 'OpenRouter: tell it that the request comes from mom.'),
});

export const configSchema = v.strictObject({
  $schema: about(v.string('text'), 'Address of this schema, for editors.'),
  mixture: about(text, 'Name of the mixture that is used when none is asked for.'),
  mixtures: about(v.record(v.string(), mixture, 'a map of mixtures'), 'Mixtures by name.'),
  providers: about(
    v.record(v.string(), provider, 'a map of providers'),
    'Providers by name. A name that mom knows gets what is not set here from mom.',
  ),
  roles: about(v.record(v.string(), text, 'a map of texts'), 'Your own roles by name: system texts for proposers.'),
  timeouts: about(timeouts, 'Time limits, for every mixture that sets no others.'),
  retries: about(count(0), 'Retries of one call, for every mixture that sets no others.'),
  grace: about(grace, 'Wait after the quorum, for every mixture that sets no other.'),
  max_cost: about(dollars, 'Cap of a run in US dollars, for every mixture that sets no other.'),
  log: about(flag, 'Keep a journal of every run.'),
  debug_requests: about(flag, 'Write a readable trace of every run.'),
  debug_dir: about(text, 'Folder of these traces; a path in a file counts from the folder of that file.'),
});

export type Config = v.InferOutput<typeof configSchema>;
export type MixtureConfig = v.InferOutput<typeof mixture>;
export type MemberConfig = v.InferOutput<typeof member>;
export type MemberObject = v.InferOutput<typeof memberObject>;
export type ProviderConfig = v.InferOutput<typeof provider>;
export type RoleConfig = v.InferOutput<typeof role>;
export type TimeoutsConfig = v.InferOutput<typeof timeouts>;
