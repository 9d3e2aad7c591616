import { relative } from 'node:path';
import type { SandboxWish } from '../../app/sandbox-place.js';
import type { CliContext } from '../context.js';
import { shippedRecording } from '../sandbox-wish.js';
import { quoted } from '../usage.js';
import type { EvalFlags } from './flags.js';

/**
 * The line that goes on with this evaluation: what is not kept with it, which configuration and which recordings, is said
 * again. Null where nothing is kept.
 */
export function goesOnLine(flags: EvalFlags, sandbox: SandboxWish | null, context: CliContext): string | null {
  if (!flags.log) return null;
  const shipped = shippedRecording(context.packageRoot);
  const recorded = (sandbox?.recorded ?? []).filter((file) => file !== shipped).map((file) => shorter(file, context.cwd));
  const words = [
    ...(flags.config === undefined ? [] : ['--config', flags.config]),
    ...(flags.set ?? []).flatMap((set) => ['--set', set]),
    ...(sandbox === null ? [] : ['--sandbox']),
    ...recorded.flatMap((file) => ['--recorded', file]),
  ];
  return ['mom eval --resume', ...words.map(quoted)].join(' ');
}

function shorter(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
