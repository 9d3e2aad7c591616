import { existsSync } from 'node:fs';
import type { RunResult } from '../../core/run.js';

/** Where what came of a run is kept to be asked for again. */
export interface Keeping {
  /** Of a run whose texts are kept; null where nothing can be had again. */
  journal: string | null;
  sandbox: boolean;
}

/** What a run that the user stopped has left behind; null where nothing is kept. */
export function keptOfCancelled(result: RunResult, keeping: Keeping): string | null {
  if (!isThere(keeping)) return null;
  return `${hasAnswers(result) ? 'the finished proposals are kept' : 'the question is kept'}: ${resumeLine(result, keeping)}`;
}

/** How to get at the answers of a failed run, or at one that broke off or has not the form; null where there are none, or nothing is kept. */
export function keptOfFailed(result: RunResult, keeping: Keeping): string | null {
  if (!isThere(keeping)) return null;
  const { id, answer, error } = result;
  if (hasAnswers(result))
    return `what the models answered is kept: mom logs show ${id} --proposals shows it, ${resumeLine(result, keeping)} pays only for what is missing`;
  return answer !== null || error?.code === 'schema_mismatch' ? `what came of the answer is kept: mom logs show ${id}` : null;
}

/** A journal that could not be written has been told of. */
function isThere({ journal }: Keeping): boolean {
  return journal !== null && existsSync(journal);
}

function hasAnswers({ proposals }: RunResult): boolean {
  return proposals.some(({ status }) => status === 'answered');
}

function resumeLine({ id }: RunResult, { sandbox }: Keeping): string {
  return `mom ask${sandbox ? ' --sandbox' : ''} --resume ${id}`;
}
