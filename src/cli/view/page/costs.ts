import type { StoredRun } from '../../../core/history.js';
import type { CallRecord } from '../../../core/run.js';
import { allCalls } from '../history/run-calls.js';
import { formatCount, totalCost } from '../price.js';
import { timeText } from '../words.js';
import { type Html, html } from './html.js';
import { callCost, callTime, callTokens, NOTHING, STATE_SIGNS, STATE_WORDS, stateOf, sumTokens } from './words.js';

/** A row for each call with its times, tokens and price, and their sum. */
export function costs(run: StoredRun): Html | null {
  const calls = allCalls(run.result);
  if (calls.length === 0) return null;
  const { duration_ms } = run.result;
  return html`<section aria-labelledby="costs">
<h2 id="costs">Calls and cost</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="costs">
<table class="calls">
<thead><tr><th scope="col">call</th><th scope="col">model</th><th scope="col">status</th><th scope="col">asked at</th><th scope="col">first token</th><th scope="col">took</th><th scope="col">read</th><th scope="col">written</th><th scope="col">cost</th></tr></thead>
<tbody>
${calls.map((call) => row(call, run))}</tbody>
<tfoot><tr><th scope="row" colspan="5">Sum</th><td>${timeText(duration_ms)}</td><td>${sumTokens(run.result, 'input_tokens')}</td><td>${sumTokens(run.result, 'output_tokens')}</td><td>${sumText(run)}</td></tr></tfoot>
</table>
</div>
<p class="note">Read and written are tokens.${hidden(run)}</p>
</section>
`;
}

/** What all calls have cost and who says so, in words. */
export function sumText({ origin, result }: StoredRun): string {
  return origin.sandbox ? 'nothing, simulated' : totalCost(result);
}

function row(call: CallRecord, { origin, started }: StoredRun): Html {
  const state = stateOf(call);
  const start = started[call.id];
  return html`<tr class="is-${state}"><th scope="row">${call.id}<small>${call.kind}</small></th><td>${call.model}${resolved(call)}</td><td>${STATE_SIGNS[state]} ${STATE_WORDS[state]}${detail(call)}</td><td>${start === undefined ? NOTHING : callTime(call, start)}</td><td>${callTime(call, call.first_token_ms)}</td><td>${callTime(call, call.duration_ms)}</td><td>${callTokens(call, 'input_tokens')}</td><td>${callTokens(call, 'output_tokens')}</td><td>${callCost(call, origin.sandbox)}</td></tr>
`;
}

function resolved({ model, resolved_model }: CallRecord): Html | null {
  return resolved_model === null || resolved_model === model ? null : html`<small>answered as ${resolved_model}</small>`;
}

function detail({ error, attempts }: CallRecord): Html | null {
  const facts = [...(error === null ? [] : [error.code]), ...(attempts > 1 ? [`${attempts} attempts`] : [])];
  return facts.length === 0 ? null : html`<small>${facts.join(', ')}</small>`;
}

function hidden({ result: { usage } }: StoredRun): string {
  const parts = [
    ...(usage.reasoning_tokens > 0 ? [`${formatCount(usage.reasoning_tokens)} of those written are reasoning`] : []),
    ...(usage.cached_input_tokens > 0 ? [`${formatCount(usage.cached_input_tokens)} of those read came from a provider's cache`] : []),
  ];
  return parts.length === 0 ? '' : ` ${parts.join('; ')}.`;
}
