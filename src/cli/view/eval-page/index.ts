import type { EvalReport } from '../../../core/eval/report.js';
import { documentOf } from '../page/document.js';
import { type Html, html } from '../page/html.js';
import { utcText } from '../page/words.js';
import { recommendations, warnings } from './advice.js';
import { contestants } from './contestants.js';
import { facts } from './facts.js';
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

/** An evaluation as one HTML page. */
export async function evalPage(report: EvalReport): Promise<string> {
  const sections = sectionsOf(report);
  return documentOf({
    title: `${report.verdicts[0]?.sentence ?? report.id} · mom eval`,
    style: STYLE,
    main: [head(report), verdicts(report), notices(report), facts(report), contents(sections), sections.map(sectionHtml)],
    madeBy: `mom eval show ${report.id} -o DIR`,
  });
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
