import { COMMANDS } from '../spec/commands.js';
import type { CommandSpec, Completes, OptionSpec } from '../spec/option-spec.js';

/** One word that may stand where the cursor is, and what it means. */
export interface Candidate {
  text: string;
  about: string;
}

/** What may stand where the cursor is: these words, or the name of a file. */
export type Offer = { kind: 'words'; words: Candidate[] } | { kind: 'files' };

/** Where names come from that are not part of the program. */
export type NameSource = (kind: Exclude<Completes, 'file'>, begun: string) => Promise<Candidate[]>;

const FILES: Offer = { kind: 'files' };

/**
 * What may follow.
 * @param before the whole words after `mom`
 * @param begun the word under the cursor, up to it
 */
export async function offerFor(before: readonly string[], begun: string, names: NameSource): Promise<Offer> {
  const { command, rest } = commandOf(before);
  const named = async (kind: Completes | undefined, start: string): Promise<Offer> =>
    kind === 'file' ? FILES : wordsOf(kind === undefined ? [] : await names(kind, start), start);
  const argument = async (): Promise<Offer> => withWords(command?.words ?? [], begun, await named(command?.completes, begun));
  if (rest.includes('--')) return argument();
  const [flag, value] = splitAssignment(begun);
  const options = command?.options ?? [];
  if (value !== null) return prefixed(await offerOfValue(optionNamed(options, flag), value, named), `${flag}=`);
  const awaited = optionNamed(options, rest.at(-1) ?? '');
  if (awaited?.value) return offerOfValue(awaited, begun, named);
  if (begun.startsWith('-')) return wordsOf(flagsOf(options, rest), begun);
  const children = rest.length === 0 ? childrenOf(command) : [];
  // `mom eval` takes a file as well as the name of a command below it.
  const isChild = children.some(({ text }) => text.startsWith(begun)) || command?.completes === undefined;
  return children.length > 0 && isChild ? wordsOf(children, begun) : argument();
}

/** The command that the first words name, and what follows it. */
function commandOf(words: readonly string[]): { command: CommandSpec | null; rest: readonly string[] } {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = words.length >= length && COMMANDS.find((spec) => spec.name === name);
    if (command) return { command, rest: words.slice(length) };
  }
  return { command: null, rest: words };
}

function childrenOf(command: CommandSpec | null): Candidate[] {
  const above = command === null ? '' : `${command.name} `;
  return COMMANDS.filter(({ name }) => name.startsWith(above) && !name.slice(above.length).includes(' ')).map(({ name, summary }) => ({
    text: name.slice(above.length),
    about: summary,
  }));
}

function spellings({ flags }: OptionSpec): string[] {
  return flags.split(/[ ,]+/).filter((part) => part.startsWith('-'));
}

function optionNamed(options: readonly OptionSpec[], flag: string): OptionSpec | undefined {
  return options.find((option) => spellings(option).includes(flag));
}

/** `--mixture=fa` is a flag and the beginning of its value. */
function splitAssignment(word: string): [string, string | null] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at === -1 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
}

async function offerOfValue(
  option: OptionSpec | undefined,
  begun: string,
  named: (kind: Completes | undefined, begun: string) => Promise<Offer>,
): Promise<Offer> {
  if (!option?.value) return wordsOf([], begun);
  const { names } = option.value;
  return names
    ? wordsOf(
        names.map((text) => ({ text, about: '' })),
        begun,
      )
    : named(option.completes, begun);
}

/** Options that may still be given: those that can't be repeated once. */
function flagsOf(options: readonly OptionSpec[], given: readonly string[]): Candidate[] {
  const left = options.filter((option) => option.repeat || !spellings(option).some((flag) => given.includes(flag)));
  const help = { text: '--help', about: 'show this help' };
  return [...left.flatMap((option) => spellings(option).map((text) => ({ text, about: option.help }))), help];
}

function wordsOf(candidates: readonly Candidate[], begun: string): Offer {
  return { kind: 'words', words: candidates.filter(({ text }) => text.startsWith(begun)) };
}

function withWords(words: readonly string[], begun: string, offer: Offer): Offer {
  if (offer.kind === 'files') return offer;
  const more = words.filter((text) => text.startsWith(begun)).map((text) => ({ text, about: '' }));
  return { kind: 'words', words: [...offer.words, ...more] };
}

function prefixed(offer: Offer, prefix: string): Offer {
  if (offer.kind === 'files') return offer;
  return { kind: 'words', words: offer.words.map(({ text, about }) => ({ text: prefix + text, about })) };
}
