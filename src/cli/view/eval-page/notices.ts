import type { EvalReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { count } from './words.js';

/** What a reader has to know before any number is believed. */
export function notices({ sandbox, partial, prompts }: EvalReport): Html {
  return html`${
    sandbox
      ? notice(
          'sandbox',
          '⚗ Sandbox',
          html`These are simulated and recorded models: their numbers say nothing about real models and real prices.`,
        )
      : null
  }${
    partial === null
      ? null
      : notice(
          'partial',
          '◐ Partial',
          html`Only ${count(prompts.complete)} of ${count(prompts.total)} prompts are complete: <span lang="" dir="auto">${partial.message}</span> (${partial.code})`,
        )
  }`;
}

function notice(kind: string, title: string, text: Html): Html {
  return html`<p class="notice ${kind}"><strong>${title}</strong> ${text}</p>
`;
}
