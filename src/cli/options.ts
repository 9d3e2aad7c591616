import { LAYERS, REFINE_ROUNDS } from '../core/limits.js';
import { STRATEGIES } from '../core/mixture.js';
import { CONFIG_FILE, type CommandSpec, GROUPS, JSON_OUT, SET } from './option-spec.js';
import { KEYS, SERVE } from './serve/options.js';
import { dollars, duration, durationOrAuto, numberBetween, oneOf, someText, wholeBetween, wholeNumber } from './values.js';

const { input, models, waiting, output, more } = GROUPS;

export const ASK: CommandSpec = {
  name: 'ask',
  args: '[prompt...]',
  summary: 'ask several models at once and print one merged answer',
  options: [
    { flags: '-s, --system <text>', help: 'system prompt, or @FILE', group: input, short: true, value: someText },
    {
      flags: '-f, --file <path>',
      help: 'add a file, folder, glob, URL, or - for stdin (repeat)',
      group: input,
      short: true,
      repeat: true,
      value: someText,
    },
    {
      flags: '-a, --attach <image>',
      help: 'add an image: PNG, JPEG, WebP or GIF (repeat)',
      group: input,
      short: true,
      repeat: true,
      value: someText,
    },
    { flags: '--stdin', help: 'wait for stdin, however long it takes', group: input },
    { flags: '--no-stdin', help: 'ignore stdin', group: input },
    {
      flags: '-m, --model <id>',
      help: "ask this model instead of the mixture's proposers (repeat)",
      group: models,
      short: true,
      repeat: true,
      value: someText,
    },
    {
      flags: '--critic <id>',
      help: 'model that merges the answers (repeat = fallbacks)',
      group: models,
      short: true,
      repeat: true,
      value: someText,
    },
    { flags: '--no-critic', help: "print each model's answer under a heading, merge nothing", group: models },
    { flags: '--mixture <name>', help: 'mixture of the configuration', group: models, short: true, value: someText },
    { flags: '--strategy <name>', help: `how answers become one: ${STRATEGIES.join(', ')}`, group: models, value: oneOf(...STRATEGIES) },
    { flags: '--temperature <n>', help: 'sampling temperature of every call', group: models, value: numberBetween(0, 2) },
    { flags: '--max-tokens <n>', help: 'longest answer in tokens', group: models, value: wholeNumber(1) },
    {
      flags: '--reasoning-effort <effort>',
      help: 'none, minimal, low, medium, high or xhigh, where a model knows it',
      group: models,
      value: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
    },
    {
      flags: '--role <name>',
      help: 'role of the proposers: analytical, creative, practical, critical or your own',
      group: models,
      value: someText,
    },
    { flags: '--verify', help: 'check the answer by questions that another family answers without seeing it', group: models },
    {
      flags: '--refine <n>',
      help: 'rounds in which the models supplement and correct the answer',
      group: models,
      value: wholeBetween(0, REFINE_ROUNDS.max),
    },
    { flags: '--layers <n>', help: 'layers of strategy deep', group: models, value: wholeBetween(LAYERS.min, LAYERS.max) },
    { flags: '--explain-route', help: 'say which strategy would be used and why; ask nobody', group: models },
    SET,
    {
      flags: '--quorum <n>',
      help: 'usable answers after which the rest is waited for no longer than --grace',
      group: waiting,
      value: wholeNumber(1),
    },
    { flags: '--min-answers <n>', help: 'usable answers that are needed', group: waiting, value: wholeNumber(1) },
    {
      flags: '--grace <duration>',
      help: 'wait for the rest after the quorum: auto, or such as 10s',
      group: waiting,
      value: durationOrAuto,
    },
    { flags: '--timeout <duration>', help: 'limit of the whole run', group: waiting, value: duration },
    { flags: '--model-timeout <duration>', help: 'limit of one call with its retries', group: waiting, value: duration },
    { flags: '--retries <n>', help: 'retries of one call', group: waiting, value: wholeNumber(0) },
    { flags: '--strict', help: 'exit with 3 when the answer is degraded', group: waiting },
    {
      flags: '--max-cost <usd>',
      help: 'cap of the run in US dollars; 0: free models only',
      group: waiting,
      short: true,
      value: dollars,
    },
    { flags: '-n, --dry-run', help: 'show what would be called, who would see it and what it would cost; call nothing', group: waiting },
    { flags: '--json', help: 'print one JSON object, whatever happens', group: output, short: true },
    { flags: '--format <format>', help: "text, json, or jsonl for the run's events", group: output, value: oneOf('text', 'json', 'jsonl') },
    { flags: '-o, --output <file>', help: 'write the answer to a file', group: output, short: true, value: someText },
    { flags: '--show-proposals', help: "print each model's answer before the merged one", group: output },
    { flags: '--color <when>', help: 'auto, always or never', group: output, value: oneOf('auto', 'always', 'never') },
    { flags: '-q, --quiet', help: 'nothing on stderr but errors', group: output, short: true },
    { flags: '-v, --verbose', help: 'tell on stderr what happens', group: output },
    { flags: '--no-cache', help: 'neither use nor keep stored answers', group: more },
    { flags: '--refresh', help: 'ask anew and replace the stored answer', group: more },
    { flags: '--no-log', help: 'keep no journal of the run', group: more },
    { flags: '--sandbox', help: 'use built-in simulated and recorded models: no key, no network', group: more, short: true },
    { flags: '--seed <n>', help: 'seed of everything drawn by chance', group: more, value: wholeNumber(0) },
    { ...CONFIG_FILE },
    { flags: '--debug-requests', help: 'write a readable trace of the run to ./debug-requests/', group: more },
    { flags: '--debug-dir <dir>', help: 'write that trace to another folder', group: more, value: someText },
    { flags: '--record <file>', help: 'keep the traffic with the providers for mom sandbox --replay', group: more, value: someText },
  ],
  examples: ['mom ask "Why is the sky blue?"', 'git diff | mom ask "Review this change."', 'mom ask --sandbox'],
};

const INIT: CommandSpec = {
  name: 'init',
  summary: 'write a commented mom.config.yaml',
  options: [
    { flags: '--project', help: 'write it into the working directory instead of your config folder', group: more },
    { flags: '--force', help: 'replace the file that is there', group: more },
  ],
};

const CONFIG: readonly CommandSpec[] = [
  { name: 'config', summary: 'look at, check and trust the configuration', options: [], parent: true },
  {
    name: 'config show',
    summary: 'print the configuration in force, without secrets',
    options: [{ flags: '--origin', help: 'say where each value comes from', group: output }, JSON_OUT, SET, CONFIG_FILE],
  },
  { name: 'config where', summary: 'print the files that are looked at', options: [JSON_OUT, CONFIG_FILE] },
  { name: 'config validate', args: '[file]', summary: 'check a configuration', options: [JSON_OUT] },
  { name: 'config schema', summary: 'print the JSON Schema of the configuration', options: [] },
  {
    name: 'config trust',
    args: '[file]',
    summary: 'trust a project file as it is now',
    options: [{ flags: '--revoke', help: 'trust it no longer', group: more }],
  },
];

const SANDBOX: CommandSpec = {
  name: 'sandbox',
  summary: 'start the built-in simulated provider on loopback',
  options: [
    { flags: '--port <n>', help: 'port; 0 picks one', group: more, value: wholeNumber(0) },
    {
      flags: '--recorded <file>',
      help: 'recorded answers to serve as recorded/<system> (repeat)',
      group: more,
      repeat: true,
      value: someText,
    },
    { flags: '--replay <file>', help: 'traffic kept with mom ask --record', group: more, value: someText },
    { flags: '--seed <n>', help: 'seed of everything drawn by chance', group: more, value: wholeNumber(0) },
  ],
};

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [ASK, SERVE, INIT, ...KEYS, ...CONFIG, SANDBOX];
