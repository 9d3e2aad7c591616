import { BETTER, WHY } from '../core/reply-marks.js';
import instructions from './compare.md';
import answers from './compare-answers.md';
import { render } from './render.js';

/** What a judge of two answers is told before the conversation: the same for every look, so that providers can cache it. */
export function compareInstructions(): string {
  return render(instructions, {});
}

/** What one look is for: the letter, the letter once more after a reply that could not be read, or the reason. */
export type CompareTask = 'letter' | 'letter_again' | 'why';

/** The verdict is one character, so that the probability of its token is the probability of the verdict. */
const LETTER = `Do not answer the request. Which answer is better? Reply with one character and nothing else, ${BETTER}: A where answer A is better, B where answer B is better, T where it is a tie.`;

const TASKS: Readonly<Record<CompareTask, string>> = {
  letter: LETTER,
  letter_again: `${LETTER}\nAn earlier reply was not one of these characters and could not be used. No word, no explanation: the character alone.`,
  why: `Do not answer the request. Say in at most two sentences what makes the better of the two answers better, and what is wrong with the other one. Write of "the better answer" and "the other one", never of A and B. Reply in exactly this form and with nothing else:\n${WHY} your sentences`,
};

/**
 * The two answers and what is to be said of them, for the end of the last user turn.
 * @param data the fenced texts
 * @param better for `why`: the label of the answer that was found better; null where neither was
 */
export function compareBlock(
  variables: { nonce: string; data: string; hasReference: boolean; better: 'A' | 'B' | null },
  task: CompareTask,
): string {
  const { nonce, data, hasReference, better } = variables;
  const found = better === null ? '' : `Answer ${better} was found better. `;
  return render(answers, {
    nonce,
    data,
    reference: hasReference ? ' The right answer, as whoever asked gives it, stands before them as the reference.' : '',
    task: `${found}${TASKS[task]}`,
  });
}
