import { type Check, ok, warn } from '../../app/doctor/check.js';
import type { CliContext } from '../context.js';
import { screenOf } from './screen.js';

/** What mom can show here: where its streams lead, colours, width, and how characters are written. */
export function terminalChecks(context: CliContext): Check[] {
  const { env } = context;
  const screen = screenOf(context);
  const where = [
    ['stdin', context.stdin.isTTY],
    ['stdout', context.stdout.isTTY],
    ['stderr', context.stderrIsTTY],
  ] as const;
  const off = where.filter(([, isTTY]) => !isTTY).map(([name]) => name);
  const streams = off.length === 0 ? 'a terminal' : `no terminal at ${off.join(', ')}`;
  const width = screen.columns === null ? '' : `, ${screen.columns} columns`;
  return [
    ok('terminal', `${streams}${width}, ${screen.color ? 'colours' : `no colours${whyPlain(context)}`}`),
    ...encodingChecks(context, env),
  ];
}

function whyPlain({ env, stdout }: CliContext): string {
  if (env.NO_COLOR) return ' (NO_COLOR)';
  return stdout.isTTY && env.TERM === 'dumb' ? ' (TERM=dumb)' : '';
}

/** In a pipe it is the reader's business. */
function encodingChecks({ stdout }: CliContext, env: CliContext['env']): Check[] {
  if (!stdout.isTTY || process.platform === 'win32' || process.platform === 'darwin') return [];
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (/utf-?8/i.test(locale)) return [ok('terminal', `the locale ${locale} writes UTF-8`)];
  const what = locale === '' ? 'no locale is set' : `the locale ${locale} does not write UTF-8`;
  return [warn('terminal', `${what}: other letters than English ones may look wrong`, 'export LANG=C.UTF-8')];
}
