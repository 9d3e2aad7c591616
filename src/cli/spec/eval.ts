import { EXTRACTORS } from '../../core/extract/rule.js';
import { CHECK_TIMEOUT, EVAL as LIMITS, SELF_SAMPLES } from '../../core/limits.js';
import { STRATEGIES } from '../../core/mixture.js';
import { CONFIG_FILE, type CommandSpec, GROUPS, JSON_OUT, type OptionSpec, SET } from './option-spec.js';
import { dollars, duration, numberBetween, oneOf, someText, timeAgo, wholeBetween, wholeNumber } from './values.js';

const { input, models, scoring, waiting, output, more } = GROUPS;

const JUDGE: OptionSpec = {
  flags: '--judge <id>',
  help: 'model that compares answers where nothing else tells which is right (repeat)',
  group: scoring,
  short: true,
  repeat: true,
  value: someText,
  completes: 'model',
};

const MAX_COST: OptionSpec = {
  flags: '--max-cost <usd>',
  help: 'cap of the whole evaluation; what is there by then is reported',
  group: waiting,
  short: true,
  value: dollars,
};

const CONCURRENCY: OptionSpec = {
  flags: '--concurrency <n>',
  help: `runs under way at once (default ${LIMITS.concurrency})`,
  group: waiting,
  value: wholeBetween(1, 256),
};

const DRY_RUN: OptionSpec = { flags: '-n, --dry-run', help: 'show what it would ask and cost; ask nobody', group: waiting, short: true };

const OUTPUT: OptionSpec = {
  flags: '-o, --output <dir>',
  help: 'write report.html, report.json, answers and judgements into this folder',
  group: output,
  short: true,
  value: someText,
  completes: 'file',
};

/** The texts are written by the command that has made them. */
const SHOWN_OUTPUT: OptionSpec = { ...OUTPUT, help: 'write report.html and report.json into this folder' };

const IMPORTED: OptionSpec = { ...OUTPUT, help: 'write prompts, answers and preferences into this folder (default imported-<format>)' };

const QUIET: OptionSpec = { flags: '-q, --quiet', help: 'no progress, no notes', group: output };

const OPEN: OptionSpec = { flags: '--open', help: 'show the report in the browser', group: output };

const SANDBOX: OptionSpec = {
  flags: '--sandbox',
  help: 'ask built-in simulated and recorded models, no network',
  group: more,
  short: true,
};

const RECORDED: OptionSpec = {
  flags: '--recorded <file>',
  help: 'with --sandbox: recorded answers that recorded/<system> replays (repeat)',
  group: more,
  repeat: true,
  value: someText,
  completes: 'file',
};

const SEED: OptionSpec = { flags: '--seed <n>', help: 'seed of everything that is drawn by chance', group: more, value: wholeNumber(0) };

const MARGIN: OptionSpec = {
  flags: '--margin <points>',
  help: `a contestant that is worse by no more than this is not worse (default ${LIMITS.margin})`,
  group: scoring,
  value: numberBetween(0, 100),
};

export const EVAL: readonly CommandSpec[] = [
  {
    name: 'eval',
    args: '[prompts]',
    completes: 'file',
    summary: 'measure on your own prompts whether a mixture is worth it',
    options: [
      { flags: '--from-logs', help: 'take the prompts from the history', group: input, short: true },
      { flags: '--since <when>', help: 'with --from-logs: only from then on: 24h, 30d, or a date', group: input, value: timeAgo },
      { flags: '--sample <n>', help: 'only so many of the prompts, drawn by the seed', group: input, value: wholeNumber(1) },
      {
        flags: '--mixture <name>',
        help: 'mixture, or mixture:strategy, that takes part (repeat)',
        group: models,
        short: true,
        repeat: true,
        value: someText,
        completes: 'mixture',
      },
      {
        flags: '-m, --model <id>',
        help: 'model that takes part on its own (repeat)',
        group: models,
        short: true,
        repeat: true,
        value: someText,
        completes: 'model',
      },
      {
        flags: '--strategy <name>',
        help: 'strategy for the mixtures that name none (repeat)',
        group: models,
        repeat: true,
        value: oneOf(...STRATEGIES),
      },
      { flags: '--no-members', help: "leave out the mixtures' models alone", group: models },
      { flags: '--no-sampled', help: 'leave out the best single model sampled at equal cost', group: models },
      {
        flags: '--samples <k>',
        help: 'sample it so often, whatever it costs',
        group: models,
        value: wholeBetween(LIMITS.minSamples, SELF_SAMPLES.max),
      },
      SET,
      JUDGE,
      {
        flags: '--baseline <name>',
        help: 'contestant that judges compare the others with (default the first mixture)',
        group: scoring,
        value: someText,
        completes: 'mixture',
      },
      {
        flags: '--extract <kind>',
        help: 'how a final answer is found: number, choice, yes_no, json or short (default by the question)',
        group: scoring,
        value: oneOf(...EXTRACTORS),
      },
      {
        flags: '--check <command>',
        help: 'command that ends with 0 where an answer is right; runs in a copy of a folder',
        group: scoring,
        value: someText,
      },
      {
        flags: '--check-folder <dir>',
        help: 'folder that --check gets a copy of (default the working directory)',
        group: scoring,
        value: someText,
        completes: 'file',
      },
      { flags: '--check-timeout <dur>', help: `limit of one check (default ${CHECK_TIMEOUT / 1_000}s)`, group: scoring, value: duration },
      MARGIN,
      MAX_COST,
      CONCURRENCY,
      DRY_RUN,
      { flags: '--resume', help: 'go on with the latest evaluation; what it asked is not asked again', group: waiting, short: true },
      { flags: '--refresh', help: 'ask again what was asked before', group: waiting },
      OUTPUT,
      JSON_OUT,
      OPEN,
      QUIET,
      { flags: '--apply', help: 'write what is recommended into your configuration', group: output, short: true },
      SANDBOX,
      RECORDED,
      SEED,
      CONFIG_FILE,
      { flags: '--no-log', help: 'keep nothing of it', group: more },
    ],
    tooMany: 'put the prompts into one file; mom eval judge compares files of answers',
    examples: [
      'mom eval --sandbox',
      'mom eval prompts.jsonl --judge openai/gpt-5 --max-cost 5 -o report',
      'mom eval --from-logs --since 30d --sample 50 --judge openai/gpt-5',
      'mom eval --resume --judge google/gemini-2.5-pro',
    ],
  },
  {
    name: 'eval judge',
    args: '<files...>',
    completes: 'file',
    summary: 'score answers or preferences that are there; asks no contestant',
    options: [
      JUDGE,
      { flags: '--baseline <name>', help: 'contestant that the others are compared with', group: scoring, value: someText },
      {
        flags: '--difficulty <file>',
        help: "difficulties of AlpacaEval's instructions, for its length-controlled win rate",
        group: scoring,
        value: someText,
        completes: 'file',
      },
      MARGIN,
      MAX_COST,
      CONCURRENCY,
      DRY_RUN,
      OUTPUT,
      JSON_OUT,
      { flags: '--csv', help: "print CSV with the columns of AlpacaEval's board", group: output },
      OPEN,
      QUIET,
      SANDBOX,
      SEED,
      CONFIG_FILE,
      { flags: '--no-log', help: 'keep nothing of it', group: more },
    ],
    examples: ['mom eval judge ours.jsonl theirs.jsonl --judge openai/gpt-5', 'mom eval judge preferences.jsonl.gz --csv'],
  },
  {
    name: 'eval import',
    args: '<format> <dir>',
    completes: 'file',
    words: ['alpaca', 'arena', 'mt-bench'],
    summary: 'read the files of another evaluation: alpaca, arena or mt-bench',
    options: [IMPORTED, JSON_OUT],
    examples: ['mom eval import alpaca alpaca_eval/results -o imported', 'mom eval judge imported'],
  },
  {
    name: 'eval show',
    args: '[id]',
    summary: 'show the report of an evaluation again; without an id of the last one',
    options: [SHOWN_OUTPUT, JSON_OUT, OPEN, { ...SANDBOX, help: 'the last one in the sandbox' }],
  },
];
