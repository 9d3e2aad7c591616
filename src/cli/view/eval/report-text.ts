import type { EvalReport, Finding, VerdictReport } from '../../../core/eval/report.js';
import { oneLine } from '../sanitize.js';
import type { Screen } from '../screen.js';
import { type Style, styleOf } from '../style.js';
import { tableLines, wrapped } from '../table.js';
import { columnNotes, contestantsTable } from './contestants-table.js';
import { kindsTable } from './kinds-table.js';
import { adviceLines, judgeLines, sumLines } from './remarks.js';

/**
 * A report for reading: the verdict, who is how good at what price, by kind of prompt, and what to know about it.
 * @param goesOn the line with which a part becomes the whole; null where there is none
 */
export function reportText(report: EvalReport, { columns, color }: Screen, goesOn: string | null = null): string {
  const style = styleOf(color);
  const fitted = (line: string) => (columns === null ? [line] : wrapped(line, columns));
  const table = (made: ReturnType<typeof contestantsTable> | null) =>
    made === null ? [] : tableLines(made.columns, made.rows, { width: columns, head: style.dim });
  const painted = (lines: readonly string[], paint: (text: string) => string) => lines.flatMap(fitted).map(paint);
  const contestants = table(contestantsTable(report, style));
  const paragraphs = [
    painted(partialLines(report, goesOn), style.yellow),
    report.verdicts.flatMap((verdict) => painted([oneLine(verdict.sentence)], findingPaint(verdict, style))),
    contestants,
    table(kindsTable(report, style)),
    painted(judgeLines(report), same),
    painted(adviceLines(report), same),
    painted(
      report.warnings.map(({ message }) => `warning: ${oneLine(message)}`),
      style.yellow,
    ),
    painted([...columnNotes(contestants[0] ?? ''), ...sumLines(report)], style.dim),
  ];
  return `${paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function partialLines({ partial, prompts }: EvalReport, goesOn: string | null): string[] {
  if (partial === null) return [];
  const rest = goesOn === null ? '' : `; ${goesOn} goes on`;
  return [`not all of it: ${oneLine(partial.message)}; ${prompts.complete} of ${prompts.total} prompts are complete${rest}`];
}

const PAINTS: Readonly<Record<Finding, keyof Style>> = {
  better: 'green',
  not_worse: 'green',
  worse: 'red',
  not_shown: 'yellow',
  too_few: 'yellow',
};

function findingPaint({ finding }: VerdictReport, style: Style): (text: string) => string {
  return style[PAINTS[finding]];
}

function same(text: string): string {
  return text;
}
