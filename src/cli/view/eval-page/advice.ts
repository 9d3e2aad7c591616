import type { EvalReport } from '../../../core/eval/report.js';
import { html } from '../page/html.js';
import type { Section } from './section.js';
import { named } from './words.js';

/** Whom to ask from now on. */
export function recommendations({ recommendations: all }: EvalReport): Section {
  return {
    id: 'recommendations',
    title: 'Recommendations',
    body:
      all.length === 0
        ? html`<p>None: what was found does not carry one.</p>
`
        : html`<ul>${all.map(
            ({ kind, contestant, why }) =>
              html`<li>${kind === null ? 'for everything else' : `for ${kind}`}: <strong>${named(contestant)}</strong> <span lang="" dir="auto">${why}</span></li>`,
          )}</ul>
<p class="note"><code>mom eval --apply</code> writes them into your configuration.</p>
`,
  };
}

/** What is to be known about the numbers. */
export function warnings({ warnings: all }: EvalReport): Section | null {
  if (all.length === 0) return null;
  return {
    id: 'warnings',
    title: 'Warnings',
    body: html`<ul class="warnings">${all.map(
      ({ code, message }) => html`<li>⚠ <span lang="" dir="auto">${message}</span> <code>${code}</code></li>`,
    )}</ul>
`,
  };
}
