import type { CliContext } from '../context.js';

export type ColorWhen = 'auto' | 'always' | 'never';

/** Whether stderr gets colours. */
export function usesColor(context: CliContext, when: ColorWhen): boolean {
  if (when !== 'auto') return when === 'always';
  if (context.env.NO_COLOR) return false;
  return Boolean(context.env.FORCE_COLOR) || (context.stderrIsTTY && context.env.TERM !== 'dumb');
}
