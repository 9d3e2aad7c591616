import { CHARS_PER_TOKEN } from '../core/limits.js';

const LONG_TEXT = 65_536;
const LONG_TEXT_PIECES = 256;

/** A text cut into what the sandbox counts as tokens: words with the space before them. A long text comes in few big pieces. */
export function splitTokens(text: string): string[] {
  if (text.length <= LONG_TEXT) return text.match(/\s*\S+|\s+$/g) ?? [];
  const size = Math.ceil(text.length / LONG_TEXT_PIECES);
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += size) pieces.push(text.slice(start, start + size));
  return pieces;
}

/** A rough count of tokens, for prompts. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARS_PER_TOKEN);
}
