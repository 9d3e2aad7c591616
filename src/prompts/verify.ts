import { CHECK_QUESTION, UNCHANGED } from '../core/reply-marks.js';
import { dataBlock } from './data.js';
import { render } from './render.js';
import verifyAnswer from './verify-answer.md';
import verifyCorrection from './verify-correction.md';
import verifyQuestions from './verify-questions.md';
import verifyRepair from './verify-repair.md';
import verifyWhole from './verify-whole.md';

/** What a draft that was contradicted is replaced by, or gets at its end. */
export type RepairForm = 'whole' | 'correction';

/** What the writer of check questions is told before the conversation. */
export function questionInstructions(count: number): string {
  return render(verifyQuestions, { count: String(count), mark: CHECK_QUESTION });
}

/** The fenced draft, for the end of the last user turn. */
export function questionBlock(variables: { count: number; nonce: string; data: string }): string {
  const { count, ...rest } = variables;
  const task = `Now write at most ${count} check questions, each in one line that begins with ${CHECK_QUESTION}`;
  return dataBlock({ what: 'The draft of an answer to the request above,', ...rest, task });
}

/** What is told to the model that answers a check question. */
export function checkInstructions(): string {
  return render(verifyAnswer, {});
}

/** The fenced check question, which is the whole user turn. */
export function checkBlock(variables: { nonce: string; data: string }): string {
  return dataBlock({ what: 'A question,', ...variables, task: 'Now answer this question in at most five sentences.' });
}

/** What the critic is told that compares the draft with the answers. */
export function repairInstructions(form: RepairForm): string {
  return `${render(verifyRepair, { mark: UNCHANGED })}\n\n${render(form === 'whole' ? verifyWhole : verifyCorrection, {})}`;
}

/** The fenced draft, questions and answers, for the end of the last user turn. */
export function repairBlock(form: RepairForm, variables: { nonce: string; data: string }): string {
  const otherwise =
    form === 'whole'
      ? 'else return the whole repaired answer, directly to the user and in exactly the format that the conversation demands.'
      : 'else write the correction only.';
  const task = `Now reply ${UNCHANGED} if no contradiction holds up, ${otherwise}`;
  return dataBlock({ what: 'The draft of an answer to the request above, check questions and their answers,', ...variables, task });
}
