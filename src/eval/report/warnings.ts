import type { ContestantReport, EvalReport } from '../../core/eval/report.js';
import type { Warning } from '../../core/run.js';
import { LEVEL } from '../statistics/interval.js';
import { MIN_PROMPTS } from './findings/needs.js';
import type { JudgeFinding } from './judges.js';

/** Longer answers are often better ones: only from this share of the wins on is it worth a warning. */
const NOTABLE_LONGER = 0.6;

/** Share of a judge's looks that can't be read. */
const NOTABLE_UNREADABLE = 0.2;

/** What the numbers show that their reader has to know. */
export function warningsOf(
  prompts: EvalReport['prompts'],
  contestants: readonly ContestantReport[],
  judges: readonly JudgeFinding[],
  failures: readonly (string | null)[],
): Warning[] {
  const ofContestants = contestants.flatMap((contestant, index) => ofContestant(contestant, failures[index] ?? null));
  return [...ofPrompts(prompts), ...ofContestants, ...judges.flatMap(ofJudge)];
}

function ofPrompts({ by_reference, by_check, by_judge, unscored }: EvalReport['prompts']): Warning[] {
  const scored = by_reference + by_check + by_judge;
  const few = { code: 'few_prompts', message: `${prompts(scored)} with a result: fewer than ${MIN_PROMPTS} allow no verdict` };
  const left = {
    code: 'unscored',
    message: `${prompts(unscored)} not scored: no reference, check or judge has told who is right; what is not scored counts nowhere`,
  };
  return [...(scored < MIN_PROMPTS ? [few] : []), ...(unscored > 0 ? [left] : [])];
}

function ofContestant({ name, failed, n }: ContestantReport, why: string | null): Warning[] {
  if (failed === 0) return [];
  const message = `${name} failed on ${failed} of ${prompts(n)}; that counts as wrong, or as lost`;
  return [{ code: 'contestant_fails', message: why === null ? message : `${message}; most often: ${why}` }];
}

function ofJudge(judge: JudgeFinding): Warning[] {
  const { model, family, in_panel, longer_share, longer_p } = judge;
  const warnings = positionOf(judge);
  if (longer_share !== null && longer_share >= NOTABLE_LONGER && longer_p < LEVEL) {
    const share = `the longer answer won ${percent(longer_share)} of the pairs that ${model} decided`;
    warnings.push({ code: 'judge_length', message: `${share}: that may be merit or taste; length-controlled rates take it out` });
  }
  if (in_panel) {
    const message = `the judge ${model} is of ${family === null ? 'a family' : `the family ${family}`} that takes part: judges favour their own`;
    warnings.push({ code: 'judge_in_panel', message });
  }
  return [...warnings, ...troublesOf(judge)];
}

function troublesOf({ model, looks, unreadable, troubles: { refused, failed, failure } }: JudgeFinding): Warning[] {
  const warnings: Warning[] = [];
  if (failed > 0) {
    const message = `the judge ${model} failed on ${failed} of ${looks} looks, which count nowhere`;
    warnings.push({ code: 'judge_fails', message: failure === null ? message : `${message}; most recently: ${failure}` });
  }
  if (unreadable - failed > NOTABLE_UNREADABLE * looks) {
    const refusals = refused === 0 ? '' : ` (${refused} refused)`;
    const message = `${unreadable - failed} of ${looks} verdicts of the judge ${model} could not be read${refusals}; they count nowhere`;
    warnings.push({ code: 'judge_unreadable', message });
  }
  return warnings;
}

function positionOf({ model, position }: JudgeFinding): Warning[] {
  if (position === null || position.p >= LEVEL) return [];
  const { first_share } = position;
  const [place, share] = first_share >= 0.5 ? ['first', first_share] : ['last', 1 - first_share];
  const habit = `the judge ${model} prefers what it sees ${place}: ${percent(share)} of its decided looks`;
  return [{ code: 'judge_position', message: `${habit}; every pair was shown in both orders, and their mean corrects it` }];
}

function prompts(count: number): string {
  return `${count} ${count === 1 ? 'prompt' : 'prompts'}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
