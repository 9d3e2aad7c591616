import { groups, sentence, usageLine } from '../src/cli/help.js';
import { COMMANDS } from '../src/cli/spec/commands.js';
import type { CommandSpec, OptionSpec } from '../src/cli/spec/option-spec.js';
import { someText } from '../src/cli/spec/values.js';

/** docs/cli.md: every command and option, from what parses them. */
export function cliReference(): string {
  return [
    '# Commands and options',
    '',
    'Made from the program by `npm run docs`; do not edit. No option takes an optional value; those marked `(repeat)` may be given',
    'several times. `mom --version` prints the version, `--help` after any command its help. Exit codes: [how mom fails](how-it-fails.md).',
    '',
    ...COMMANDS.flatMap(command),
  ].join('\n');
}

function command(spec: CommandSpec): string[] {
  const lines = [`## mom ${spec.name}`, '', sentence(spec.summary), '', '```', usageLine(spec).replace('Usage: ', ''), '```', ''];
  if (spec.options.length > 0) lines.push('| option | meaning | value |', '|---|---|---|');
  for (const [, options] of groups(spec.options)) lines.push(...options.map(row));
  if (spec.options.length > 0) lines.push('');
  if (spec.examples) lines.push('```sh', ...spec.examples, '```', '');
  return lines;
}

function row(option: OptionSpec): string {
  const repeated = option.repeat && !option.help.includes('(repeat') ? ' (repeat)' : '';
  const cells = [`\`${option.flags}\``, `${option.help}${repeated}`, option.value === someText ? 'text' : (option.value?.accepts ?? '')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
