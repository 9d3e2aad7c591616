import { assignment, someText, type ValueKind } from './values.js';

/** What the shell's completion offers where any text is taken. */
export type Completes = 'file' | 'mixture' | 'model' | 'provider' | 'template' | 'run';

/** One option. Help, parsing and docs/cli.md are made from these, so they can't differ. */
export interface OptionSpec {
  flags: string;
  help: string;
  /** Heading in the long help. */
  group: string;
  /** Shown in the short help too. */
  short?: true;
  repeat?: true;
  /** Left out for a switch. */
  value?: ValueKind;
  completes?: Completes;
}

export interface CommandSpec {
  /** With its parent: `config show`. */
  name: string;
  /** As after the name in the usage line. */
  args?: string;
  /** What completion offers for its arguments. */
  completes?: Completes;
  /** Words that completion offers for its arguments too. */
  words?: readonly string[];
  summary: string;
  /** What to do instead of giving it more arguments. */
  tooMany?: string;
  options: readonly OptionSpec[];
  examples?: readonly string[];
  /** Only groups other commands; one that does something itself has options of its own instead. */
  parent?: true;
}

/** Headings of the long help. */
export const GROUPS = {
  input: 'Input',
  models: 'Models',
  scoring: 'Scoring',
  access: 'Access',
  waiting: 'Waiting and money',
  history: 'History',
  output: 'Output',
  more: 'More',
} as const;

const { models, output, more } = GROUPS;

export const CONFIG_FILE: OptionSpec = {
  flags: '--config <file>',
  help: 'use this file instead of the project and user files; it is trusted',
  group: more,
  value: someText,
  completes: 'file',
};

export const SET: OptionSpec = {
  flags: '--set <path=value>',
  help: 'set any option of the configuration (repeat)',
  group: models,
  repeat: true,
  value: assignment,
};

export const JSON_OUT: OptionSpec = { flags: '--json', help: 'print JSON', group: output };
