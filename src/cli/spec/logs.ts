import { type CommandSpec, GROUPS, JSON_OUT } from './option-spec.js';
import { oneOf, someText, timeAgo, wholeNumber } from './values.js';

const { history, output, more } = GROUPS;

const SINCE = {
  flags: '--since <when>',
  help: 'only from then on: 90m, 24h, 7d, 4w, or a date such as 2026-01-31',
  group: history,
  value: timeAgo,
} as const;

export const LOGS: readonly CommandSpec[] = [
  {
    name: 'logs',
    summary: 'list what was asked, newest first',
    options: [
      { flags: '-n, --limit <n>', help: 'at most so many (default 20)', group: history, value: wholeNumber(1) },
      { flags: '--mixture <name>', help: 'only of this mixture', group: history, value: someText, completes: 'mixture' },
      { flags: '--model <id>', help: 'only where this model was asked', group: history, value: someText, completes: 'model' },
      SINCE,
      {
        flags: '--status <status>',
        help: 'only complete, degraded, failed or cancelled ones',
        group: history,
        value: oneOf('complete', 'degraded', 'failed', 'cancelled'),
      },
      { flags: '--search <words>', help: 'only where all these words stand in question or answer', group: history, value: someText },
      { flags: '--evals', help: 'runs of evaluations too', group: history },
      JSON_OUT,
    ],
    tooMany: 'mom logs show ID shows one run, mom logs --search WORDS finds some; mom logs --help shows what else there is',
    examples: ['mom logs --search "race condition"', 'mom logs show --proposals', 'mom logs prune --older-than 90d'],
  },
  {
    name: 'logs show',
    args: '[id]',
    completes: 'run',
    summary: 'show a run: its question and answer; without an id the last one',
    options: [
      { flags: '--proposals', help: "each model's answer too", group: output },
      { flags: '--critic-prompt', help: 'what the critic was sent', group: output },
      { flags: '--html', help: 'a page of its own: timeline, proposals, answer, cost', group: output },
      { flags: '-o, --output <file>', help: 'write it to a file', group: output, value: someText, completes: 'file' },
      JSON_OUT,
      { flags: '--raw', help: 'print Markdown as it is, on a terminal too', group: output },
      { flags: '--color <when>', help: 'auto, always or never', group: output, value: oneOf('auto', 'always', 'never') },
    ],
  },
  { name: 'logs path', summary: 'print where the store is', options: [] },
  {
    name: 'logs prune',
    summary: 'forget old runs and evaluations',
    options: [
      { flags: '--older-than <age>', help: 'such as 90d, or a date', group: more, value: timeAgo },
      { flags: '-n, --dry-run', help: 'say how many there are; forget none', group: more },
    ],
  },
  {
    name: 'logs export',
    summary: 'print whole runs, one a line',
    options: [{ flags: '--jsonl', help: 'as JSON Lines (the only format, and the default)', group: output }, SINCE],
  },
  { name: 'logs import', summary: 'take in the journals of runs that are over; other commands do it by the way', options: [] },
];

export const COST: CommandSpec = {
  name: 'cost',
  summary: 'say what was spent, from the prices of each call',
  options: [
    {
      flags: '--by <group>',
      help: 'day (UTC), model, mixture or client (default day)',
      group: history,
      value: oneOf('day', 'model', 'mixture', 'client'),
    },
    SINCE,
    JSON_OUT,
    { flags: '--csv', help: 'print CSV', group: output },
  ],
  examples: ['mom cost --since 30d', 'mom cost --by model --csv'],
};
