import type { AskFlags } from '../commands/ask-flags.js';
import type { CliContext } from '../context.js';
import { usageError } from '../usage.js';
import { usesColor } from '../view/color.js';

/** How Markdown is shown. */
export interface Rendering {
  color: boolean;
  /** Columns of the terminal at this moment; 0 when it does not know. */
  columns: () => number;
  /** Whether proposals may stand side by side: on a terminal. */
  isTerminal: boolean;
}

/** Null: text goes out as it is. @throws MomError `usage` */
export function renderingOf({ raw, render, color = 'auto' }: AskFlags, context: CliContext): Rendering | null {
  if (raw && render) throw usageError('--raw and --render cannot be used together', 'leave one of them out');
  const { stdout, env } = context;
  const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb';
  if (raw || !(render || isTerminal)) return null;
  const columns = () => (stdout as Partial<NodeJS.WriteStream>).columns ?? 0;
  return { color: usesColor(context, color, isTerminal), columns, isTerminal };
}
