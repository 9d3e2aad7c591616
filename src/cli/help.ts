import { COMMANDS } from './spec/commands.js';
import type { CommandSpec, OptionSpec } from './spec/option-spec.js';

const HELP: OptionSpec = { flags: '-h, --help', help: 'show this help', group: 'More', short: true };
const HELP_ALL: OptionSpec = { flags: '--help-all', help: 'show every option', group: 'More', short: true };

/** The help of `mom` itself. */
export function rootHelp(): string {
  const commands = COMMANDS.filter((command) => !command.name.includes(' '));
  return [
    'Usage: mom <command> [options]',
    '',
    'Ask several language models the same question at once and get one merged answer.',
    '',
    'Commands:',
    ...columns(commands.map((command) => [[command.name, command.args].filter(Boolean).join(' '), command.summary])),
    '',
    'Options:',
    ...columns([
      ['-V, --version', 'show the version'],
      ['-h, --help', 'show this help'],
    ]),
    '',
    'Try: mom ask --sandbox          (no key, no network)',
    '     mom ask --help-all         (every option)',
    '',
  ].join('\n');
}

/** The help of one command; the short one leaves out what is seldom needed. */
export function commandHelp(spec: CommandSpec, all: boolean): string {
  const hasMore = spec.options.some((option) => option.short) && spec.options.some((option) => !option.short);
  const lines = [usageLine(spec), '', sentence(spec.summary), ''];
  const children = COMMANDS.filter((command) => command.name.startsWith(`${spec.name} `));
  if (children.length > 0) {
    lines.push('Commands:', ...columns(children.map((child) => [[child.name, child.args].filter(Boolean).join(' '), child.summary])), '');
  }
  if (all) for (const [group, options] of groups([...spec.options, HELP])) lines.push(`${group}:`, ...optionColumns(options), '');
  else {
    const shown = hasMore ? [...spec.options.filter((option) => option.short), HELP, HELP_ALL] : [...spec.options, HELP];
    lines.push('Options:', ...optionColumns(shown), '');
  }
  if (spec.examples) lines.push('Examples:', ...spec.examples.map((example) => `  ${example}`), '');
  return lines.join('\n');
}

export function usageLine(spec: CommandSpec): string {
  return `Usage: ${['mom', spec.name, spec.parent ? '<command>' : '[options]', spec.args].filter(Boolean).join(' ')}`;
}

/** The options under their headings, in order of first appearance. */
export function groups(options: readonly OptionSpec[]): [string, OptionSpec[]][] {
  const byGroup = new Map<string, OptionSpec[]>();
  for (const option of options) byGroup.set(option.group, [...(byGroup.get(option.group) ?? []), option]);
  return [...byGroup];
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function optionColumns(options: readonly OptionSpec[]): string[] {
  return columns(options.map((option) => [option.flags.startsWith('--') ? `    ${option.flags}` : option.flags, option.help]));
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
