import { readBashLine } from '../completion/bash-line.js';
import { type Offer, offerFor } from '../completion/candidates.js';
import { nameSource } from '../completion/names.js';
import type { CliContext, Exit } from '../context.js';
import { SUCCESS } from '../context.js';
import { oneLine } from '../view/sanitize.js';

/**
 * `mom __complete SHELL ...`, which the scripts of `mom completion` call: a line that says `words` or `files`, then one
 * candidate a line, with a tab and its meaning behind it. Whatever is wrong, it is silent: a shell is no place for it.
 */
export async function run([shell, ...words]: readonly string[], context: CliContext): Promise<Exit> {
  try {
    const { before, begun, kept } = shell === 'bash' ? readBashLine(words[0] ?? '') : fromWords(words);
    const offer = await offerFor(before.slice(1), begun, nameSource(context));
    context.stdout.write(linesOf(offer, kept));
  } catch {
    // No candidates.
  }
  return SUCCESS;
}

/** zsh and fish hand over whole words, the one under the cursor last. */
function fromWords(words: readonly string[]) {
  return { before: words.slice(0, -1), begun: words.at(-1) ?? '', kept: 0 };
}

/** A name from a project's file or a provider's list goes onto the command line as it is: one that a shell would run is not offered. */
const PLAIN_WORD = /^[\p{L}\p{M}\p{N}_.:/~@%+=,-]+$/u;

function linesOf(offer: Offer, kept: number): string {
  if (offer.kind === 'files') return 'files\n';
  const words = offer.words.filter(({ text }) => PLAIN_WORD.test(text));
  const lines = words.map(({ text, about }) => `${oneLine(text).slice(kept)}\t${oneLine(about)}`);
  return `${['words', ...lines].join('\n')}\n`;
}
