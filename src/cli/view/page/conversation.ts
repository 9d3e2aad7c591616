import type { StoredRun } from '../../../core/history.js';
import type { Message } from '../../../core/message.js';
import { messageSections } from '../history/run-sections.js';
import { type Html, html } from './html.js';

/** More messages are counted, not named. */
const MOST_ROLES = 4;

/** What was asked: the last turn in full, what stands before it folded. */
export function question({ messages }: StoredRun): Html | null {
  if (messages.length === 0) return null;
  const before = messages.slice(0, -1);
  return html`<section aria-labelledby="question">
<h2 id="question">Question</h2>
${before.length === 0 ? null : folded(`Before it: ${rolesOf(before)}`, before)}${turns(messages.slice(-1), false)}</section>
`;
}

/** `system`, `system, user, assistant`, `12 messages` */
function rolesOf(messages: readonly Message[]): string {
  return messages.length > MOST_ROLES ? `${messages.length} messages` : messages.map(({ role }) => role).join(', ');
}

/** Messages to the letter, folded. */
export function folded(summary: string, messages: readonly Message[]): Html {
  return html`<details><summary>${summary}</summary>
${turns(messages, true)}</details>
`;
}

function turns(messages: readonly Message[], withRoles: boolean): Html {
  const sections = messageSections(messages);
  return html`${sections.map(
    ({ heading, body }) => html`${
      withRoles
        ? html`<h4>${heading}</h4>
`
        : null
    }<pre class="turn" lang="" dir="auto" tabindex="0">
${body}</pre>
`,
  )}`;
}
