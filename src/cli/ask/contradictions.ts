import type { AskFlags } from '../commands/ask-flags.js';
import { usageError } from '../usage.js';

/** Flags that make no sense together, or without each other, and what to do about it. */
interface Contradiction {
  holds: boolean;
  message: string;
  hint: string;
}

/** Looked at before anything is opened, read or asked. @throws MomError `usage` for the first contradiction */
export function refuseContradictions(flags: AskFlags, prompt: readonly string[]): void {
  const found = contradictions(flags, prompt).find(({ holds }) => holds);
  if (found) throw usageError(found.message, found.hint);
}

function contradictions(flags: AskFlags, prompt: readonly string[]): Contradiction[] {
  return [...ofAsking(flags), ...ofHistory(flags, prompt), ...ofExtracting(flags), ...ofOutput(flags)];
}

const ONE_OF_THEM = 'leave one of them out';

function together(one: string, other: string, holds: boolean, hint = ONE_OF_THEM): Contradiction {
  return { holds, message: `${one} and ${other} cannot be used together`, hint };
}

function ofAsking({ refresh, cache, explainRoute, dryRun, param, template }: AskFlags): Contradiction[] {
  return [
    together('--refresh', '--no-cache', refresh === true && !cache),
    together('--explain-route', '--dry-run', explainRoute === true && dryRun === true),
    {
      holds: param !== undefined && template === undefined,
      message: '--param fills in a template, and none is named',
      hint: 'name it with --template (mom templates list shows what there is), or leave --param out',
    },
  ];
}

function ofHistory(flags: AskFlags, prompt: readonly string[]): Contradiction[] {
  const ways = [
    ...(flags.continue ? ['--continue'] : []),
    ...(flags.from === undefined ? [] : ['--from']),
    ...(flags.resume === undefined ? [] : ['--resume']),
  ];
  const [one = '', other = ''] = ways;
  const question = questionPart(flags, prompt);
  return [
    together(one, other, ways.length > 1, 'a run goes on with one other run: leave one of them out'),
    {
      holds: flags.resume !== undefined && question !== null,
      message: `--resume asks the question of an earlier run: ${question} has no place there`,
      hint: `leave ${question} out, or go on with that conversation: mom ask --from ${flags.resume} "..."`,
    },
    together('--open', '--no-log', flags.open === true && !flags.log, 'the page is made from the run that is kept: leave one of them out'),
  ];
}

/** What of a command line is the question or a part of it; null where nothing is. */
function questionPart({ file, attach, template, system, stdin }: AskFlags, prompt: readonly string[]): string | null {
  if (prompt.some((word) => word.trim() !== '')) return 'a question';
  if (file !== undefined) return '--file';
  if (attach !== undefined) return '--attach';
  if (template !== undefined) return '--template';
  if (system !== undefined) return '--system';
  return stdin === true ? '--stdin' : null;
}

function ofExtracting(flags: AskFlags): Contradiction[] {
  const { extract, json, format = 'text', showProposals, lang, first, all } = flags;
  const isExtracting = extract === true;
  const chooses = lang !== undefined ? '--lang' : first ? '--first' : all ? '--all' : null;
  return [
    together('--extract', '--json', isExtracting && json === true, '--json holds the whole answer: leave one of them out'),
    together(
      '--extract',
      `--format ${format}`,
      isExtracting && format !== 'text',
      `${format} holds the whole answer: leave one of them out`,
    ),
    together('--extract', '--show-proposals', isExtracting && showProposals === true),
    together('--first', '--all', first === true && all === true),
    {
      holds: chooses !== null && !isExtracting,
      message: `${chooses} chooses among code blocks, and none are asked for`,
      hint: 'add -x (--extract) to print code blocks only',
    },
  ];
}

function ofOutput(flags: AskFlags): Contradiction[] {
  const { json, format, raw, render, quiet, verbose } = flags;
  const plain = withoutMarkdown(flags);
  return [
    together('--json', `--format ${format}`, json === true && format !== undefined && format !== 'json'),
    together('-q', '-v', quiet === true && verbose === true),
    together('--raw', '--render', raw === true && render === true),
    together(`${plain}`, '--render', plain !== null && render === true, 'what it prints is no Markdown: leave one of them out'),
  ];
}

/** What makes that something else than Markdown is printed; null where nothing does. */
function withoutMarkdown({ json, format = 'text', extract, schema }: AskFlags): string | null {
  if (json) return '--json';
  if (format !== 'text') return `--format ${format}`;
  if (extract) return '--extract';
  return schema === undefined ? null : '--schema';
}
