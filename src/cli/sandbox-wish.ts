import { join } from 'node:path';
import type { CliContext } from './context.js';

/** Said wherever `--sandbox` stands in for the providers. */
export const SANDBOX_NOTE = 'sandbox: built-in simulated and recorded models, no network';

/** The recorded answers that ship with mom. */
export function shippedRecording(packageRoot: string): string {
  return join(packageRoot, 'recorded', 'gsm8k.jsonl');
}

/** What `--sandbox` and `--seed` want; null without the first. */
export function sandboxWish({ sandbox, seed }: { sandbox?: boolean; seed?: number }, { packageRoot }: Pick<CliContext, 'packageRoot'>) {
  return sandbox ? { recorded: [shippedRecording(packageRoot)], ...(seed === undefined ? {} : { seed }) } : null;
}
