import type { CliContext } from '../context.js';
import type { ColorWhen } from './color.js';

/** What stdout is to what a command shows. */
export interface Screen {
  /** Width of the terminal in columns; null where stdout is none: then nothing is cut, and texts keep every character. */
  columns: number | null;
  color: boolean;
  /** The terminal draws more than plain characters. */
  draws: boolean;
}

/** Columns of a terminal that does not tell. */
const USUAL_COLUMNS = 80;

export function screenOf({ stdout, env }: CliContext, when: ColorWhen = 'auto'): Screen {
  const { isTTY, columns }: { isTTY?: boolean; columns?: number } = stdout;
  const isSmart = env.TERM !== 'dumb';
  const wants = Boolean(env.FORCE_COLOR) || (Boolean(isTTY) && isSmart);
  return {
    columns: isTTY ? columns || USUAL_COLUMNS : null,
    color: when === 'auto' ? !env.NO_COLOR && wants : when === 'always',
    draws: Boolean(isTTY) && isSmart,
  };
}
