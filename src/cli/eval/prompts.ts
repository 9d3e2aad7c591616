import { resolve } from 'node:path';
import type { PromptSource } from '../../app/eval/evaluation.js';
import type { CliContext } from '../context.js';
import { shippedRecording } from '../sandbox-wish.js';
import type { EvalFlags } from './flags.js';
import { type Spool, spoolStdin } from './spool.js';

/** Where the prompts are, and what must be done with them at the end. */
export interface Prompts {
  /** Null: those of the latest evaluation. */
  source: PromptSource | null;
  /** Standard input, where they came from there. */
  spool: Spool | null;
}

/** Standard input is read whole, as the prompts are read more than once. @throws MomError `no_input`, `output_failed`, or why `signal` was aborted */
export async function findPrompts(flags: EvalFlags, named: string | null, context: CliContext, signal: AbortSignal): Promise<Prompts> {
  const sample = flags.sample ?? null;
  const file = (path: string): PromptSource => ({ from: 'file', path, sample });
  if (flags.resume) return { source: null, spool: null };
  if (flags.fromLogs) return { source: { from: 'logs', since: flags.since ?? null, sample }, spool: null };
  if (named === '-') {
    const spool = await spoolStdin(context, signal);
    return { source: file(spool.path), spool };
  }
  return { source: file(named === null ? shippedRecording(context.packageRoot) : resolve(context.cwd, named)), spool: null };
}
