import type { Settings } from '../../../config/wishes.js';
import { MomError } from '../../../core/error.js';
import type { EvalStore, StoredEvaluation } from '../../../core/eval/store.js';
import type { EvaluationOptions } from '../evaluation.js';
import { openEvalStore } from '../open-store.js';

export interface Stores {
  answers: EvalStore;
  /** What is only priced is no evaluation that could be gone on with: its prompts are forgotten. */
  prompts: EvalStore;
  /** Nothing is kept beyond the command. */
  passing: boolean;
  close(): void;
}

/** Texts stand in the store, so who wants none kept keeps nothing of an evaluation. */
export async function openStores({ env, home, forget, planOnly, prompts, onNote }: EvaluationOptions, settings: Settings): Promise<Stores> {
  const passing = forget || settings.log !== 'full';
  const answers = await openEvalStore({ env, home, forget: passing, onNote });
  const others = planOnly && prompts !== null ? await openEvalStore({ env, home, forget: true, onNote }) : answers;
  if (!forget && settings.log === 'numbers') {
    onNote({ code: 'evaluation_not_kept', message: 'log.content is off: this evaluation is not kept, and --resume will not find it' });
  }
  return {
    answers,
    prompts: others,
    passing,
    close() {
      if (others !== answers) others.close();
      answers.close();
    },
  };
}

/** The evaluation to go on with. @throws MomError `no_input` where there is none */
export function latestOf(store: EvalStore, sandbox: boolean): StoredEvaluation {
  const kept = store.latest(sandbox);
  if (kept !== null) return kept;
  throw new MomError('no_input', 'no evaluation is kept that could be gone on with', {
    hint: sandbox ? 'mom eval --sandbox begins one' : 'mom eval prompts.jsonl begins one',
  });
}
