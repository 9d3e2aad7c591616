import type { StoredRun } from '../../../core/history.js';
import { type Html, html } from './html.js';

/** What a reader has to know before the rest: simulated, without texts, what went wrong. */
export function notices(run: StoredRun): Html {
  const { warnings, error } = run.result;
  return html`${run.origin.sandbox ? simulated() : null}${run.content ? null : numbersOnly()}${
    error === null
      ? null
      : notice('error', '✕ Error', html`${error.message} (${error.code})${error.hint === null ? null : html`<br>${error.hint}`}`)
  }${warnings.map(({ message }) => notice('warning', '⚠ Warning', html`${message}`))}`;
}

function simulated(): Html {
  return notice('sandbox', '⚗ Sandbox', html`The models of this run are simulated or recorded; no model was asked, and nothing was paid.`);
}

function numbersOnly(): Html {
  return notice('numbers', 'ⓘ Numbers only', html`Question, prompts and answers of this run were not kept (log.content: false).`);
}

function notice(kind: string, title: string, text: Html): Html {
  return html`<p class="notice ${kind}"><strong>${title}</strong> <span lang="" dir="auto">${text}</span></p>
`;
}
