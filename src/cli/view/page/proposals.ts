import type { StoredRun } from '../../../core/history.js';
import type { CallRecord } from '../../../core/run.js';
import { isFirstAnswer, levelOf } from '../../../observe/level.js';
import { type Html, html } from './html.js';
import type { ToHtml } from './markdown.js';
import { callCost, callTime, callTokens, readAndWritten, STATE_SIGNS, STATE_WORDS, stateOf } from './words.js';

/** Each model's answer beside the others; those of later layers and rounds below, under their own headings. */
export function proposals(run: StoredRun, toHtml: ToHtml): Html | null {
  const all = run.result.proposals;
  if (all.length === 0) return null;
  const levels = [...new Set(all.map(level))];
  return html`<section aria-labelledby="proposals">
<h2 id="proposals">Proposals</h2>
${levels.map(
  (name) => html`${
    name === ''
      ? null
      : html`<h3>${name}</h3>
`
  }<div class="proposals">
${all.filter((proposal) => level(proposal) === name).map((proposal) => card(proposal, run, toHtml))}</div>
`,
)}</section>
`;
}

/** `Layer 2`; nothing for first answers. */
function level(proposal: CallRecord): string {
  const name = isFirstAnswer(proposal) ? null : levelOf(proposal);
  return name === null ? '' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function card(proposal: CallRecord, run: StoredRun, toHtml: ToHtml): Html {
  const { id, model, family, role } = proposal;
  const state = stateOf(proposal);
  const isAnswer = run.result.answer_source === `proposal:${id}`;
  return html`<article class="proposal is-${state}">
<header><h4>${model}</h4>
<p>${id} · family ${family}${role === null ? null : html` · ${role}`}</p>
<p><span class="state">${STATE_SIGNS[state]} ${STATE_WORDS[state]}</span>${isAnswer ? html` <span class="chosen">★ the answer</span>` : null}</p>
${measures(proposal, run.origin.sandbox)}</header>
${trouble(proposal)}${text(proposal, toHtml)}</article>
`;
}

function measures(proposal: CallRecord, isSandbox: boolean): Html | null {
  if (proposal.status === 'skipped') return null;
  const facts: [string, string][] = [
    ['first token', callTime(proposal, proposal.first_token_ms)],
    ['took', callTime(proposal, proposal.duration_ms)],
    ['tokens', readAndWritten(callTokens(proposal, 'input_tokens'), callTokens(proposal, 'output_tokens'))],
    ['cost', callCost(proposal, isSandbox)],
  ];
  return html`<dl class="measures">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

function trouble({ error }: CallRecord): Html | null {
  return error === null
    ? null
    : html`<p class="trouble" lang="" dir="auto">${error.message}</p>
`;
}

/** Also the part of an answer that broke or was cut. */
function text(proposal: CallRecord, toHtml: ToHtml): Html | null {
  if (proposal.text === null || proposal.text.trim() === '') return null;
  const partial =
    proposal.status === 'answered'
      ? null
      : html`<p class="note">As far as it came:</p>
`;
  return html`${partial}<div class="text" lang="" dir="auto">${toHtml(proposal.text)}</div>
`;
}
