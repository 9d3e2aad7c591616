import type { StoredRun } from '../../../core/history.js';
import { writerOf } from '../history/run-calls.js';
import { answerBy } from '../words.js';
import { type Html, html } from './html.js';
import type { ToHtml } from './markdown.js';

/** What came of the run: rendered, and as it was written; of a run that failed as far as it came. */
export function answer(run: StoredRun, toHtml: ToHtml): Html {
  const { result } = run;
  const isWhole = result.status === 'complete' || result.status === 'degraded';
  const text = result.answer ?? '';
  const isEmpty = text.trim() === '' && result.tool_calls.length === 0;
  return html`<section aria-labelledby="answer" class="answer">
<h2 id="answer">${isWhole || isEmpty ? 'Answer' : 'Answer, broken off'}</h2>
${byline(run)}${
  isEmpty
    ? html`<p class="note">${reason(run)}</p>
`
    : null
}${text.trim() === '' ? null : written(text, run, toHtml)}${result.tool_calls.map(
  ({ name, arguments: args }) => html`<h4>Calls the tool ${name}</h4>
<pre class="turn" lang="" dir="auto" tabindex="0">
${args}</pre>
`,
)}</section>
`;
}

function byline({ result }: StoredRun): Html | null {
  if (result.answer_source === null) return null;
  return html`<p class="by">${answerBy(result.answer_source, writerOf(result))}</p>
`;
}

function reason({ content, result }: StoredRun): string {
  if (!content) return 'Its text was not kept.';
  const nobodyMerged = (result.status === 'complete' || result.status === 'degraded') && result.answer_source === null;
  return nobodyMerged ? 'Nobody was asked to merge the proposals.' : 'There is none.';
}

/** An answer in a form that programs read is no Markdown. */
function written(text: string, { origin }: StoredRun, toHtml: ToHtml): Html {
  const source = html`<pre class="turn" lang="" dir="auto" tabindex="0">
${text}</pre>
`;
  if (origin.format !== null) return source;
  return html`<div class="text" lang="" dir="auto">${toHtml(text)}</div>
<details><summary>As it was written</summary>
${source}</details>
`;
}
