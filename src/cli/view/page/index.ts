import type { StoredRun } from '../../../core/history.js';
import { answer } from './answer.js';
import { question } from './conversation.js';
import { costs } from './costs.js';
import { documentOf } from './document.js';
import { facts } from './facts.js';
import { type Html, html } from './html.js';
import { createMarkdown } from './markdown.js';
import { notices } from './notices.js';
import { prompts } from './prompts.js';
import { proposals } from './proposals.js';
import { STYLE } from './style.js';
import { timeline } from './timeline.js';
import { STATUS_SIGNS, utcText } from './words.js';

/** A run as one HTML page. */
export async function runPage(run: StoredRun): Promise<string> {
  const toHtml = await createMarkdown();
  return documentOf({
    title: title(run),
    style: STYLE,
    main: [
      head(run),
      notices(run),
      run.content ? question(run) : null,
      answer(run, toHtml),
      timeline(run),
      proposals(run, toHtml),
      costs(run),
      prompts(run),
    ],
    madeBy: `mom logs show ${run.summary.id} --html`,
  });
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
