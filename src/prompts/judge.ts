import { VERDICT } from '../core/reply-marks.js';
import instructions from './judge.md';
import candidates from './judge-candidates.md';
import { render } from './render.js';

/** What a judge is told before the conversation: the same for every run, so that providers can cache it. */
export function judgeInstructions(): string {
  return render(instructions, { verdict: VERDICT });
}

/** The candidates and the form of the verdict once more, for the end of the last user turn. */
export function judgeBlock(variables: { count: string; nonce: string; candidates: string; labels: string }): string {
  return render(candidates, { ...variables, verdict: VERDICT });
}
