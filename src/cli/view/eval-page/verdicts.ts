import { EVAL_KINDS } from '../../../core/eval/prompt.js';
import type { EvalReport, Finding, VerdictReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import { count, FINDING_SIGNS, FINDING_WORDS, named } from './words.js';

const ROLES: Readonly<Record<VerdictReport['against_role'], string>> = {
  best_single: 'the best single model',
  sampled: 'one model sampled at equal cost',
  baseline: 'the baseline',
};

/** The answer to the question, before everything else. */
export function verdicts({ verdicts: all }: EvalReport): Html {
  const isOfMixtures = all.every(({ against_role }) => against_role !== 'baseline');
  return html`<section class="verdicts" aria-labelledby="verdict">
<h2 id="verdict">${isOfMixtures ? 'Is the mixture worth it?' : 'Who is better?'}</h2>
${
  all.length === 0
    ? html`<p class="sentence">There is no verdict, which takes a mixture and a single model; the table below compares the contestants.</p>
`
    : all.map(verdict)
}</section>
`;
}

function verdict(one: VerdictReport): Html {
  const { finding, sentence, contestant, against, prompts_needed } = one;
  // The sentences of the other findings say it.
  const needed = finding === 'not_worse' ? prompts_needed : null;
  return html`<article class="verdict is-${finding}">
<p class="finding">${badge(finding)} <span class="pair">${named(contestant)} against ${named(against)} (${ROLES[one.against_role]})</span></p>
<p class="sentence" lang="" dir="auto">${sentence}</p>
${kinds(one)}${
  needed === null
    ? null
    : html`<p class="note">A difference of the size found here needs about ${count(needed)} prompts to be shown with a power of 80 %.</p>
`
}</article>
`;
}

function kinds({ kinds: byKind }: VerdictReport): Html | null {
  const known = EVAL_KINDS.flatMap((kind) => {
    const finding = byKind[kind];
    return finding === undefined ? [] : [{ kind, finding }];
  });
  if (known.length === 0) return null;
  return html`<ul class="kinds">${known.map(({ kind, finding }) => html`<li>${kind}: ${badge(finding)}</li>`)}</ul>
`;
}

function badge(finding: Finding): Html {
  return html`<strong class="badge is-${finding}"><span aria-hidden="true">${FINDING_SIGNS[finding]}</span> ${FINDING_WORDS[finding]}</strong>`;
}
