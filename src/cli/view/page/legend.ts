import { type Html, html } from './html.js';
import type { CallState } from './words.js';

/** What bars are filled with that is told by more than a colour. */
export const PATTERNS: Html = html`<defs>
<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="failed-ground" width="6" height="6"/><rect class="failed-line" width="2.5" height="6"/></pattern>
<pattern id="striped" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="cut-ground" width="8" height="8"/><rect class="cut-line" width="4" height="8"/></pattern>
</defs>`;

/** What the signs of the picture mean, of those that stand in it. */
export function legend(states: readonly CallState[], hasFirst: boolean): Html {
  const has = (state: CallState) => states.includes(state);
  return html`<ul class="legend">
${has('answered') && hasFirst ? item(html`<rect class="waiting" y="2" width="26" height="10"/>`, 'waiting for the first token') : null}
${hasFirst ? item(html`<path class="first" d="M13 13V3M9 0H17L13 6Z"/>`, 'first token') : null}
${has('answered') ? item(html`<rect class="writing" y="2" width="26" height="10"/>`, 'writing') : null}
${has('failed') ? item(html`<rect class="writing is-failed" y="2" width="22" height="10"/><path class="stop" d="M17 2L27 12M27 2L17 12"/>`, 'failed') : null}
${has('cut') ? item(html`<rect class="writing is-cut" y="2" width="22" height="10"/><path class="stop" d="M20 1V13M25 1V13"/>`, 'cut') : null}
${has('kept') || has('skipped') ? item(html`<rect class="none" x="1" y="2" width="24" height="10" rx="3"/>`, notMade(has)) : null}
</ul>`;
}

function notMade(has: (state: CallState) => boolean): string {
  if (!has('skipped')) return 'kept from an earlier run';
  return has('kept') ? 'kept from an earlier run, or not asked' : 'not asked';
}

function item(sign: Html, words: string): Html {
  return html`<li><svg width="28" height="14" aria-hidden="true">${sign}</svg>${words}</li>`;
}
