import type { Env } from '../../config/wishes.js';
import { MomError } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import type { StoredEvaluation } from '../../core/eval/store.js';
import type { Warning } from '../../core/run.js';
import { readEvalStore } from './open-store.js';

interface Wanted {
  env: Env;
  home: string;
  /** The beginning of an id; null: the latest one. */
  id: string | null;
  sandbox: boolean;
  onNote: (note: Warning) => void;
}

/**
 * The report of an evaluation that is kept.
 * @throws MomError `no_input` where there is none, `usage` where the id could mean several, `store_failed`
 */
export async function readEvaluation({ env, home, id, sandbox, onNote }: Wanted): Promise<EvalReport> {
  const kept = await readEvalStore({ env, home, onNote }, (store): StoredEvaluation | null =>
    id === null ? store.latest(sandbox) : store.find(id),
  );
  const flag = sandbox ? ' --sandbox' : '';
  if (kept === null) throw new MomError('no_input', 'no evaluation is kept yet', { hint: `mom eval${flag || ' prompts.jsonl'} makes one` });
  if (kept.report !== null) return kept.report;
  throw new MomError('no_input', `evaluation ${kept.id} has no report yet`, {
    hint: `mom eval${flag} --resume goes on with the latest one`,
  });
}
