import type { StoredRun } from '../../../core/history.js';
import { answer } from './answer.js';
import { question } from './conversation.js';
import { costs } from './costs.js';
import { facts } from './facts.js';
import { type Html, html, visible } from './html.js';
import { createMarkdown } from './markdown.js';
import { notices } from './notices.js';
import { prompts } from './prompts.js';
import { proposals } from './proposals.js';
import { STYLE } from './style.js';
import { timeline } from './timeline.js';
import { STATUS_SIGNS } from './words.js';

/** Nothing is loaded and nothing runs, whatever stands on the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A run as one HTML page that needs nothing beside it. */
export async function runPage(run: StoredRun): Promise<string> {
  const toHtml = await createMarkdown();
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title(run)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${head(run)}${notices(run)}${run.content ? question(run) : null}${answer(run, toHtml)}${timeline(run)}${proposals(run, toHtml)}${costs(
  run,
)}${prompts(run)}</main>
<footer><p>Made by <code>mom logs show ${run.summary.id} --html</code></p></footer>
</body>
</html>
`;
  return visible(page.markup);
}

function title({ summary }: StoredRun): string {
  return `${summary.question ?? summary.id} · mom`;
}

function head(run: StoredRun): Html {
  const { started_at } = run.summary;
  const { status } = run.result;
  return html`<header class="run">
<h1>mom <time datetime="${started_at}">${utcText(started_at)}</time></h1>
<p class="status is-${status}">${STATUS_SIGNS[status]} ${status}</p>
${facts(run)}</header>
`;
}

/** A page may be read anywhere: `2026-01-31 08:15:00 UTC`. */
function utcText(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
