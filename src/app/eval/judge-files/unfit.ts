import type { EvalSettings } from '../../../config/eval.js';
import type { Warning } from '../../../core/run.js';
import type { Given } from '../../../eval/reading/given-table.js';
import { UnfitReferences } from '../opening/unfit.js';
import { planOf } from '../plan.js';
import { kindOf } from '../prompts/kind.js';
import { scoredBy } from '../running/scorer.js';

/** The references of these files that tell nothing, as `mom eval` counts them; no command checks what files hold. */
export function unfitReferences({ prompts }: Given, settings: EvalSettings): Warning[] {
  const plan = { ...planOf({}, settings, null), check: null };
  const unfit = new UnfitReferences();
  for (const { id, kind, messages: asked, reference } of prompts) {
    const messages = asked ?? [];
    const prompt = { id, messages, reference, kind: kind ?? kindOf(messages), answer_file: null };
    unfit.note(prompt, plan, scoredBy(prompt, plan));
  }
  return unfit.warnings(plan);
}
