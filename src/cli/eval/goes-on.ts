import { isKeptSet } from '../../app/eval/kept-sets.js';
import { quoted } from '../usage.js';
import type { EvalFlags } from './flags.js';

/** The line that goes on with this evaluation: only what is not kept with it is said again. Null where nothing is kept. */
export function goesOnLine({ log, sandbox, set = [] }: EvalFlags): string | null {
  if (!log) return null;
  const words = [...set.filter((each) => !isKeptSet(each)).flatMap((each) => ['--set', each]), ...(sandbox ? ['--sandbox'] : [])];
  return ['mom eval --resume', ...words.map(quoted)].join(' ');
}
