import { CHARS_PER_TOKEN } from '../core/limits.js';

const TOKEN = /\s{1,16}\S{0,16}|\S{1,16}/gu;

/** A text cut into what the sandbox counts as tokens: words with the space before them, very long ones in parts. */
export function splitTokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

/** A rough count of tokens, for prompts. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARS_PER_TOKEN);
}
