import type { StoredRun } from '../../../core/history.js';
import { timeText } from '../words.js';
import { sumText } from './costs.js';
import { type Html, html } from './html.js';
import { readAndWritten, sumTokens } from './words.js';

type Fact = readonly [name: string, value: string];

/** What became of the run, at a glance. */
export function facts(run: StoredRun): Html {
  return html`<dl class="facts">${[...measured(run), ...origin(run)].map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>
`;
}

function measured(run: StoredRun): Fact[] {
  const { mixture, strategy, route_reason, duration_ms } = run.result;
  return [
    ['took', timeText(duration_ms)],
    ['cost', sumText(run)],
    ['tokens', readAndWritten(sumTokens(run.result, 'input_tokens'), sumTokens(run.result, 'output_tokens'))],
    ['mixture', `${mixture}, ${strategy} (${route_reason})`],
  ];
}

function origin({ summary, origin: { door, client, parent, link, conversation } }: StoredRun): Fact[] {
  return [
    ['asked through', door !== 'serve' ? `mom ${door}` : `mom serve, by ${client ?? 'a client without a name'}`],
    ...(parent === null ? [] : [[link === 'resumed' ? 'resumes' : 'goes on after', parent] as const]),
    ...(conversation === summary.id ? [] : [['conversation', conversation] as const]),
    ['run', summary.id],
  ];
}
