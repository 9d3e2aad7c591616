import type { StoredRun } from '../../../core/history.js';
import type { CallRecord } from '../../../core/run.js';
import { allCalls } from '../history/run-calls.js';
import { timeText } from '../words.js';
import { type Html, html } from './html.js';
import { legend, PATTERNS } from './legend.js';
import { type Scale, timeScale } from './scale.js';
import { type CallState, STATE_SIGNS, STATE_WORDS, stateOf } from './words.js';

/** Pixels: a row has its words above its bar. */
const ROW = 42;
const WORDS_AT = 14;
const BAR_AT = 21;
const BAR = 12;
const AXIS = 22;

/** A name in the picture has so many characters; the whole one stands in the table of costs. */
const LONGEST_NAME = 42;

interface Row {
  call: CallRecord;
  state: CallState;
  /** Milliseconds since the run began; null for a call that was not made in this run. */
  start: number | null;
  end: number;
  first: number | null;
}

/** A picture of who was asked when: a bar a call, from its start to its end. */
export function timeline(run: StoredRun): Html | null {
  const rows = allCalls(run.result).map((call) => rowOf(call, run));
  if (rows.length === 0) return null;
  const scale = timeScale(Math.max(run.result.duration_ms, ...rows.map(({ end }) => end)));
  const bottom = rows.length * ROW;
  return html`<section aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
<figure>
<svg class="timeline" role="img" aria-labelledby="timeline-title timeline-rows" width="100%" height="${bottom + AXIS}">
<title id="timeline-title">Calls over time, in seconds since the run began</title>
<desc id="timeline-rows">${rows.map((row) => `${sentence(row)}. `)}</desc>
${PATTERNS}
${grid(scale, bottom)}
${rows.map((row, n) => drawn(row, n * ROW, scale))}
</svg>
<figcaption>${legend(
    rows.map(({ state }) => state),
    rows.some(({ first }) => first !== null),
  )}</figcaption>
</figure>
</section>
`;
}

function rowOf(call: CallRecord, { started }: StoredRun): Row {
  const state = stateOf(call);
  const start = state === 'kept' || state === 'skipped' ? null : (started[call.id] ?? null);
  const first = start === null || call.first_token_ms === null ? null : start + call.first_token_ms;
  return { call, state, start, end: (start ?? 0) + (start === null ? 0 : (call.duration_ms ?? 0)), first };
}

function grid(scale: Scale, bottom: number): Html {
  const lines = scale.ticks.map(({ ms, label, anchor }) => {
    const x = scale.at(ms);
    return html`<line x1="${x}" x2="${x}" y1="0" y2="${bottom}"/><text x="${x}" y="${bottom + 16}" text-anchor="${anchor}">${label}</text>`;
  });
  return html`<g class="grid" aria-hidden="true">${lines}</g>`;
}

function drawn(row: Row, top: number, scale: Scale): Html {
  const { call, state } = row;
  return html`<g class="call kind-${call.kind} is-${state}"><title>${sentence(row)}</title>
<text class="name" x="0" y="${top + WORDS_AT}">${shortName(call)}</text>
<text class="end" x="100%" y="${top + WORDS_AT}" text-anchor="end">${STATE_SIGNS[state]} ${outcome(row)}</text>
${bars(row, top + BAR_AT, scale)}${marks(row, top + BAR_AT, scale)}</g>
`;
}

function bars({ state, start, end, first }: Row, y: number, scale: Scale): Html {
  if (start === null) return html`<rect class="none" x="${scale.at(0)}" y="${y}" width="28" height="${BAR}" rx="3"/>`;
  const bar = (from: number, to: number, name: string) =>
    html`<rect class="${name}" x="${scale.at(from)}" y="${y}" width="${scale.width(to - from)}" height="${BAR}"/>`;
  if (state !== 'answered' || first === null) return bar(start, end, 'writing');
  return html`${bar(start, first, 'waiting')}${bar(first, end, 'writing')}`;
}

/** In pixels around a place: the first token as a flag, the end of what failed or was cut as a sign. */
function marks({ state, start, end, first }: Row, y: number, scale: Scale): Html {
  const mark = (ms: number, name: string, path: string) =>
    html`<svg x="${scale.at(ms)}" y="${y}" overflow="visible"><path class="${name}" d="${path}"/></svg>`;
  return html`${first === null ? null : mark(first, 'first', 'M0 14V-3M-4 -4H4L0 2Z')}${
    start === null || (state !== 'failed' && state !== 'cut')
      ? null
      : mark(end, 'stop', state === 'failed' ? 'M-5 1L5 11M5 1L-5 11' : 'M-2 0V12M3 0V12')
  }`;
}

function shortName({ id, kind, model }: CallRecord): string {
  const name = [...`${kind === 'proposer' ? id : `${id} ${kind}`} · ${model}`];
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).join('')}…` : name.join('');
}

function outcome({ call, state, start }: Row): string {
  const time = start === null || call.duration_ms === null ? null : timeText(call.duration_ms);
  if (state === 'kept') return 'kept';
  return [...(state === 'answered' && time !== null ? [] : [STATE_WORDS[state]]), ...(time === null ? [] : [time])].join(', ');
}

function sentence({ call, state, start, first, end }: Row): string {
  const who = `${call.id}, ${call.kind} ${call.model}`;
  if (start === null) return `${who}: ${STATE_WORDS[state]}`;
  const seen = first === null ? '' : `, first token at ${timeText(first)}`;
  const reason = call.error === null ? '' : ` (${call.error.code})`;
  return `${who}: asked at ${timeText(start)}${seen}, ${STATE_WORDS[state]} at ${timeText(end)}${reason}`;
}
