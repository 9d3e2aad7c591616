import { groups, sentence, usageLine } from '../src/cli/help.js';
import { COMMANDS } from '../src/cli/spec/commands.js';
import type { CommandSpec, OptionSpec } from '../src/cli/spec/option-spec.js';

/** man/mom.1, from what parses the command line: in the macros of man(7). */
export function manPage(): string {
  return [
    '.TH MOM 1 "" mom',
    '.SH NAME',
    'mom \\- ask several language models the same question at once and get one merged answer',
    '.SH SYNOPSIS',
    ...COMMANDS.filter(({ name }) => !name.includes(' ')).flatMap((spec, i) => [...(i === 0 ? [] : ['.br']), `.B ${roff(usageOf(spec))}`]),
    '.SH DESCRIPTION',
    'The answer goes to standard output and nothing else does. Every command takes',
    `.B ${roff('--help')}`,
    'and',
    `.BR ${roff('--help-all')} .`,
    'No option takes an optional value; an option that may be repeated says so.',
    '.SH COMMANDS',
    ...COMMANDS.flatMap(command),
    '.SH "EXIT STATUS"',
    ...EXITS.flatMap(([status, meaning]) => ['.TP', `.B ${status}`, roff(meaning)]),
    '.SH FILES',
    ...FILES.flatMap(([path, meaning]) => ['.TP', `.I ${roff(path)}`, roff(meaning)]),
    '',
  ].join('\n');
}

const EXITS: readonly (readonly [string, string])[] = [
  ['0', 'an answer'],
  ['1', 'a bug in mom'],
  ['2', 'wrong usage'],
  ['3', 'a degraded answer, with --strict'],
  ['4', 'a cost cap or budget, or no credit left'],
  ['65', 'input that cannot be used; no code block for -x'],
  ['66', 'no input; no such run'],
  ['69', 'no model answered'],
  ['74', 'output could not be written, or the store could not be used'],
  ['75', 'passing trouble: rate limit, timeout, overload'],
  ['76', 'the answer breaks the schema'],
  ['77', 'a key is missing or refused'],
  ['78', 'the configuration is wrong, or a model unknown'],
  ['130, 143', 'ended by a signal'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['$XDG_CONFIG_HOME/mom/mom.config.yaml', 'configuration of the user (by default below ~/.config)'],
  ['$XDG_CONFIG_HOME/mom/keys.json', 'keys of mom keys set'],
  ['$XDG_CONFIG_HOME/mom/templates/', 'templates for mom ask -t'],
  ['mom.config.yaml', 'configuration of a project'],
  ['$XDG_STATE_HOME/mom/mom.db', 'what was asked and answered (by default below ~/.local/state)'],
];

function command(spec: CommandSpec): string[] {
  const lines = [`.SS ${quoted(`mom ${spec.name}`)}`, roff(sentence(spec.summary)), '.PP', `.B ${roff(usageOf(spec))}`];
  for (const [, options] of groups(spec.options)) lines.push(...options.flatMap(option));
  if (spec.examples) lines.push('.PP', 'Examples:', '.PP', '.nf', ...spec.examples.map((example) => `    ${roff(example)}`), '.fi');
  return lines;
}

function option(spec: OptionSpec): string[] {
  return ['.TP', `.B ${roff(spec.flags)}`, roff(sentence(spec.help))];
}

function usageOf(spec: CommandSpec): string {
  return usageLine(spec).replace('Usage: ', '');
}

/** Text as text: a hyphen that can be copied, and no line that begins like a macro. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
}

function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '""')}"`;
}
