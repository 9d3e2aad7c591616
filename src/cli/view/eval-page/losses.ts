import type { EvalReport, LossReport } from '../../../core/eval/report.js';
import { escapeHtml, type Html, html } from '../page/html.js';
import type { Section } from './section.js';
import { count, named } from './words.js';

/** Characters from which a text is folded, and lines. */
const FOLDED = { characters: 700, lines: 14 } as const;

/** Characters of one text; and bytes of markup of all, beyond which only the beginning of a text is shown. */
const SHOWN = { piece: 6_000, page: 120_000, beginning: 300 } as const;

/** Where the first mixture lost most clearly, side by side. Its texts are of models and the user: nothing of them is markup. */
export function losses({ losses: all }: EvalReport): Section | null {
  if (all.length === 0) return null;
  const clip = createClip();
  return {
    id: 'losses',
    title: 'Worst losses',
    body: html`${all.map((loss) => article(loss, clip))}`,
  };
}

function article(loss: LossReport, clip: Clip): Html {
  const { prompt, kind, question, reference, reason, loser, winner } = loss;
  return html`<article class="loss">
<h3><bdi>${prompt}</bdi> <span class="kind">${kind}</span></h3>
<h4>Question</h4>
${text(question, clip)}${
  reference === null
    ? null
    : html`<h4>Reference</h4>
${text(reference, clip)}`
}<div class="sides">
${side('▼ lost:', 'loser', loser, clip)}${side('▲ won:', 'winner', winner, clip)}</div>
${
  reason === null
    ? null
    : html`<h4>Why, in the judge's words</h4>
${text(reason, clip)}`
}</article>
`;
}

function side(word: string, who: string, { name, text: answer }: LossReport['loser'], clip: Clip): Html {
  return html`<div class="side ${who}">
<h4>${word} ${named(name)}</h4>
${
  answer === null
    ? html`<p class="note">✕ It failed: there is no answer.</p>
`
    : text(answer, clip)
}</div>
`;
}

function text(whole: string, clip: Clip): Html {
  const { shown, left } = clip(whole);
  const rest =
    left === 0
      ? null
      : html`<p class="note">… and ${count(left)} more characters, which <code>-o</code> writes into the folder's files.</p>
`;
  const block = html`<pre class="turn" lang="" dir="auto" tabindex="0">
${shown}</pre>
${rest}`;
  if (shown.length <= FOLDED.characters && shown.split('\n').length <= FOLDED.lines) return block;
  return html`<details><summary>${count([...whole].length)} characters</summary>
${block}</details>
`;
}

/** As much of a text as the page has room for, and how many characters that leaves out. */
type Clip = (text: string) => { shown: string; left: number };

function createClip(): Clip {
  let room: number = SHOWN.page;
  return (whole) => {
    const characters = [...whole];
    let kept = characters.slice(0, SHOWN.piece).join('');
    if (sizeOf(kept) > room) kept = characters.slice(0, SHOWN.beginning).join('');
    room -= sizeOf(kept);
    return { shown: kept, left: characters.length - [...kept].length };
  };
}

function sizeOf(text: string): number {
  return Buffer.byteLength(escapeHtml(text));
}
