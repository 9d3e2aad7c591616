import type { RunResult } from '../../core/run.js';
import type { CliContext } from '../context.js';
import { closingLine } from './closing-line.js';
import { type ColorWhen, usesColor } from './color.js';
import { sanitize } from './sanitize.js';

/** What mom says on stderr. */
export class Messages {
  #context: CliContext;
  #quiet: boolean;
  #color: ColorWhen;

  constructor(context: CliContext, options: { quiet: boolean; color: ColorWhen }) {
    this.#context = context;
    this.#quiet = options.quiet;
    this.#color = options.color;
  }

  error(text: string): void {
    this.#write(sanitize(text));
  }

  warn(text: string): void {
    if (!this.#quiet) this.#write(`mom: warning: ${sanitize(text)}\n`);
  }

  note(text: string): void {
    if (!this.#quiet) this.#write(`mom: ${sanitize(text)}\n`);
  }

  /** Only for a terminal. */
  closing(result: RunResult): void {
    if (this.#quiet || !this.#context.stderrIsTTY) return;
    const line = closingLine(result);
    this.#write(usesColor(this.#context, this.#color) ? `\u001b[2m${line}\u001b[22m\n` : `${line}\n`);
  }

  #write(text: string): void {
    this.#context.stderr.write(text);
  }
}

/** What a command says that has no --quiet and no --color. */
export function messagesOf(context: CliContext): Messages {
  return new Messages(context, { quiet: false, color: 'auto' });
}
