import type { CliContext } from '../context.js';

export type ColorWhen = 'auto' | 'always' | 'never';

/** Whether a stream gets colours; `isTerminal` is about that stream. */
export function usesColor(context: CliContext, when: ColorWhen, isTerminal = context.stderrIsTTY): boolean {
  if (when !== 'auto') return when === 'always';
  if (context.env.NO_COLOR) return false;
  return Boolean(context.env.FORCE_COLOR) || (isTerminal && context.env.TERM !== 'dumb');
}
