import type { EvalReport } from '../../../core/eval/report.js';
import { type Html, html } from '../page/html.js';
import type { Section } from './section.js';

/** How the numbers were worked out, and who says that it is done so. */
export function methods(report: EvalReport): Section {
  return {
    id: 'methods',
    title: 'How it was computed',
    body: html`<dl class="methods">${entries(report).map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>
`,
  };
}

type Entry = readonly [term: string, text: Html];

function entries({ contestants, judges, agreement, margin }: EvalReport): Entry[] {
  const isJudged = contestants.some(({ board, rating }) => board !== null || rating !== null);
  return [
    ...(contestants.some(({ accuracy }) => accuracy !== null) ? RIGHT : []),
    [
      'Differences',
      html`On the prompts that both have an outcome for: mean and interval by the paired bootstrap in its Bayesian form (Rubin, 1981).`,
    ],
    [
      'Verdicts',
      html`Better and worse: the interval at 95 % excludes 0, and so does the test after Holm's correction for several verdicts (Holm, 1979). Not worse: the interval ends above −${margin} points. The best single model was chosen on the same prompts, which flatters it a little.`,
    ],
    ...(isJudged ? JUDGED : []),
    ...(judges.length > 0 && agreement.length > 0 ? AGREEMENT : []),
    [
      'Cost',
      html`Dollars per prompt, mean. The hull joins those contestants than which no other one, nor a mix of two, is as good at a lower price. An unknown price is never taken for 0.`,
    ],
  ];
}

const RIGHT: readonly Entry[] = [
  ['Right answers', html`The interval is Wilson's (Wilson, 1927). A failed answer counts as wrong.`],
  [
    'Two contestants with right and wrong answers',
    html`McNemar's exact test on the prompts that only one of them got right (McNemar, 1947).`,
  ],
];

const JUDGED: readonly Entry[] = [
  ['Win rate', html`The mean preference of blind judges over both orders; a tie is half a win.`],
  [
    'Length-controlled win rate',
    html`A logistic fit of the preference on contestant, length difference and difficulty of the prompt, with the length difference set to 0: AlpacaEval 2 (Dubois and others, 2024, arXiv 2404.04475).`,
  ],
  [
    'Ratings',
    html`Bradley and Terry's model (1952), with intervals by the bootstrap; style-controlled with length and Markdown as further terms, as Arena-Hard does (Li and others, 2024, arXiv 2406.11939).`,
  ],
];

const AGREEMENT: readonly Entry[] = [['Agreement', html`Kappa takes out what chance would give (Cohen, 1960).`]];
