import { PassThrough } from 'node:stream';
import { readInput } from '../../../src/cli/input/index.js';
import type { Input, InputOptions } from '../../../src/cli/input/types.js';

/** Reads input as on a terminal, so that standard input plays no part, with paths relative to `cwd`. */
export function readAt(
  cwd: string,
  options: Partial<InputOptions>,
  env: NodeJS.ProcessEnv = {},
  signal = new AbortController().signal,
): Promise<Input> {
  return readInput(
    { prompt: ['go'], files: [], attachments: [], stdin: 'ignore', ...options },
    { stdin: Object.assign(new PassThrough(), { isTTY: true }), cwd, env, signal, notice: () => {} },
  );
}

/** The text of the user's message. */
export function userText(input: Input): string {
  const content = input.messages.at(-1)?.content;
  if (typeof content !== 'string') throw new Error('the user message is no text');
  return content;
}
