import { MomError } from '../core/error.js';

/** Wrong usage: exit status 2. */
export function usageError(message: string, hint: string): MomError {
  return new MomError('usage', message, { hint });
}

/** The line with which these arguments would have been understood. */
export function correctedLine(argv: readonly string[]): string {
  return ['mom', 'ask', ...argv].map(quoted).join(' ');
}

/** A word as a shell reads it again. */
export function quoted(argument: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(argument)) return argument;
  if (!/["$`\\!]/.test(argument)) return `"${argument}"`;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
