import type { StoredRun } from '../../../core/history.js';
import type { CallRecord } from '../../../core/run.js';
import { folded } from './conversation.js';
import { type Html, html } from './html.js';

/** What critics, judges and the others who are no proposers were sent and said, folded. */
export function prompts(run: StoredRun): Html | null {
  const calls = run.result.calls.filter(({ kind }) => kind !== 'proposer');
  const parts = calls.flatMap((call) => [sent(call, run), said(call, run)].filter((part) => part !== null));
  if (parts.length === 0) return null;
  return html`<section aria-labelledby="prompts">
<h2 id="prompts">Between proposals and answer</h2>
${parts}</section>
`;
}

function sent(call: CallRecord, { prompts: all, messages }: StoredRun): Html | null {
  const prompt = all[call.id] ?? messages;
  return prompt.length === 0 ? null : folded(`What the ${call.kind} was sent (${call.id}, ${call.model})`, prompt);
}

/** Unless it stands on the page already as the answer. */
function said({ id, kind, model, text, error }: CallRecord, { result }: StoredRun): Html | null {
  if (text === null || text.trim() === '' || text === result.answer) return null;
  const end = error === null ? '' : `, ${error.code}`;
  return folded(`What the ${kind} said (${id}, ${model}${end})`, [{ role: 'assistant', content: text }]);
}
