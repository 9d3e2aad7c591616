import type { EvalReport } from '../../../core/eval/report.js';
import { type Html, html, visible } from '../page/html.js';
import { recommendations, warnings } from './advice.js';
import { contestants } from './contestants.js';
import { facts, utcText } from './facts.js';
import { judges } from './judges.js';
import { kinds } from './kinds.js';
import { latency } from './latency.js';
import { length } from './length.js';
import { losses } from './losses.js';
import { matrix } from './matrix.js';
import { methods } from './methods.js';
import { notices } from './notices.js';
import { picture } from './picture.js';
import { contents, type Section, sectionHtml } from './section.js';
import { STYLE } from './style.js';
import { verdicts } from './verdicts.js';

/** Nothing is loaded and nothing runs, whatever stands on the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** An evaluation as one HTML page that needs nothing beside it. */
export async function evalPage(report: EvalReport): Promise<string> {
  const sections = sectionsOf(report);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${report.verdicts[0]?.sentence ?? report.id} · mom eval</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${head(report)}${verdicts(report)}${notices(report)}${facts(report)}${contents(sections)}${sections.map(sectionHtml)}</main>
<footer><p>Made by <code>mom eval show ${report.id} -o DIR</code></p></footer>
</body>
</html>
`;
  return visible(page.markup);
}

function head({ started_at }: EvalReport): Html {
  return html`<header class="run">
<h1>mom eval <time datetime="${started_at}">${utcText(started_at)}</time></h1>
</header>
`;
}

/** In the order in which they are read; what has no data has no section. */
function sectionsOf(report: EvalReport): Section[] {
  return [
    contestants(report),
    picture(report),
    matrix(report),
    length(report),
    latency(report),
    kinds(report),
    judges(report),
    losses(report),
    recommendations(report),
    warnings(report),
    methods(report),
  ].filter((section) => section !== null);
}
