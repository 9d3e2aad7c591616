import * as v from 'valibot';
import { SELF_SAMPLES } from '../../core/limits.js';
import { STRATEGIES } from '../../core/mixture.js';
import { evaluation } from './eval.js';
import { member, type memberObject, members, role } from './member.js';
import {
  about,
  anyMap,
  between,
  budget,
  count,
  dollars,
  duration,
  flag,
  grace,
  oneOfText,
  privacy,
  sampling,
  text,
  timeouts,
  wholeBetween,
} from './parts.js';
import { serve } from './serve.js';
import { auto, cascade, layers, refine, select, tiers, verify, vote } from './strategies.js';

/** The only definition of every option: types, validation, JSON Schema and docs/config.md are made from it and the parts it names. */

const mixture = v.strictObject({
  proposers: about(members, 'The models that answer on their own; the same id twice is a second sample.'),
  critic: about(
    v.union([member, members], 'a model, or a list of models in order of preference'),
    'The model that merges the answers; in a list the next ones are fallbacks.',
  ),
  single: about(member, 'The model of strategy `single`; by default the first critic.'),
  strategy: about(oneOfText(STRATEGIES), 'How proposals become an answer.'),
  samples: about(wholeBetween(2, SELF_SAMPLES.max), `Strategy self: samples of the one model. Default: ${SELF_SAMPLES.default}.`),
  vote: about(vote, 'Strategy vote.'),
  select: about(select, 'Strategy select.'),
  tiers: about(tiers, 'Strategy cascade: lists of models from cheap to strong. Default: the proposers, then the critic.'),
  cascade: about(cascade, 'Strategy cascade: when an answer is good enough.'),
  layers: about(layers, 'Strategy deep.'),
  auto: about(auto, 'Strategy auto: mixtures by kind of request.'),
  refine: about(refine, 'Rounds in which the proposers supplement and correct the answer.'),
  verify: about(verify, 'Check the answer by questions that another family answers without seeing it.'),
  quorum: about(
    count(1),
    'Usable proposals after which the rest is waited for no longer than `grace`. Default: all but one of three or more, else all.',
  ),
  min_answers: about(count(1), 'Usable proposals that are needed.'),
  grace: about(grace, 'How long to wait for the rest after the quorum.'),
  role: about(role, 'Role of every proposer that has none of its own.'),
  retries: about(count(0), 'Retries of one call.'),
  max_cost: about(dollars, 'Cap of a run in US dollars; models without a known price do not pass it. 0: free models only.'),
  expected_output: about(count(1), 'Output tokens that a call without max_tokens is expected to have at most. Default: 4000.'),
  allow_unknown_price: about(flag, 'Models without a known price pass the cap. Guarded in project files.'),
  timeouts: about(timeouts, 'Time limits.'),
  ...sampling,
});

const provider = v.pipe(
  v.strictObject({
    base_url: about(text, 'Address of the OpenAI-compatible endpoint, with /v1. Guarded in project files.'),
    api_key: about(text, 'Key, best as "${VARIABLE}". Guarded in project files.'),
    api_key_cmd: about(
      v.pipe(v.array(text, 'a list of texts: a program and its arguments'), v.nonEmpty('a list with a program in it')),
      'Program and arguments whose first line of output is the key; no shell, 30 s. In place of `api_key`. Guarded in project files.',
    ),
    needs_key: about(flag, 'false: a missing key is no error. Default: true for the hosted providers mom knows.'),
    dialect: about(
      v.picklist(['openrouter', 'openai'], 'openrouter or openai'),
      'How the wire differs. Default: openai, except for the provider openrouter.',
    ),
    headers: about(v.record(v.string(), v.string('text'), 'a map'), 'Extra headers. Guarded in project files.'),
    extra_body: about(
      anyMap,
      'Sent along in the body of every call; of it only `provider` (routing) with embeddings. Guarded in project files.',
    ),
    privacy: about(privacy, 'Routing by data policy.'),
    attribution: about(flag, 'OpenRouter: tell it that the request comes from mom.'),
  }),
  v.check(
    ({ api_key, api_key_cmd }) => api_key === undefined || api_key_cmd === undefined,
    'a provider with either api_key or api_key_cmd',
  ),
);

const perMillion = about(dollars, 'US dollars per million tokens.');

const price = v.strictObject({
  input: v.pipe(dollars, v.description('US dollars per million tokens.')),
  output: v.pipe(dollars, v.description('US dollars per million tokens.')),
  cached_input: perMillion,
  reasoning: perMillion,
  request: about(dollars, 'US dollars per call.'),
  image: about(dollars, 'US dollars per image.'),
});

const semantic = v.strictObject({
  model: v.pipe(text, v.description('Embedding model: an id, or provider:id. The question is sent to it.')),
  threshold: about(between(0, 1), 'Least cosine similarity of two questions that count as the same. Default: 0.92.'),
});

const cache = v.strictObject({
  ttl: about(duration, 'How long an answer is used again. Default: 24h.'),
  max_size: about(count(1), 'Answers that are kept at most; the oldest go first. Default: 10000.'),
  semantic: about(semantic, 'Also use the answer to a question that means the same. Off by default.'),
});

const log = v.strictObject({
  content: about(flag, 'false: keep numbers only, no question, prompt or answer. Guarded in project files where it is set. Default: true.'),
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
  allow_unknown_price: about(flag, 'Models without a known price pass a cap. Guarded in project files.'),
  budget: about(budget('of this user'), 'Caps over all runs.'),
  pricing: about(
    v.record(v.string(), price, 'a map of prices'),
    'Prices by model id, or provider:id, where the provider lists none or others. Guarded in project files.',
  ),
  cache: about(cache, 'Keep answers and give them again to the same question. Off unless it is configured.'),
  serve: about(serve, 'The gateway, `mom serve`.'),
  eval: about(evaluation, 'Evaluations, `mom eval`.'),
  log: about(v.union([flag, log], 'true, false, or a map with content:'), 'Keep every run on this machine, for `mom logs`. Default: true.'),
  debug_requests: about(flag, 'Write a readable trace of every run.'),
  debug_dir: about(text, 'Folder of these traces; a path in a file counts from the folder of that file.'),
});

export type Config = v.InferOutput<typeof configSchema>;
export type MixtureConfig = v.InferOutput<typeof mixture>;
export type MemberConfig = v.InferOutput<typeof member>;
export type MemberObject = v.InferOutput<typeof memberObject>;
export type ProviderConfig = v.InferOutput<typeof provider>;
export type RoleConfig = v.InferOutput<typeof role>;
export type PriceConfig = v.InferOutput<typeof price>;
export type TimeoutsConfig = v.InferOutput<typeof timeouts>;
