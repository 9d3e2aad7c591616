import { NOTHING_TO_ADD } from '../core/reply-marks.js';
import { dataBlock } from './data.js';
import refineMerge from './refine-merge.md';
import refineReview from './refine-review.md';
import { render } from './render.js';

/** What a reviewer of an answer is told before the conversation. */
export function reviewInstructions(): string {
  return render(refineReview, { mark: NOTHING_TO_ADD });
}

/** What the critic is told that puts reviews into an answer. */
export function reviewMergeInstructions(): string {
  return render(refineMerge, {});
}

/** The fenced answer, for the end of the last user turn. */
export function reviewBlock(variables: { nonce: string; data: string }): string {
  const task = `Now write down what is to be corrected or added, not the whole answer, whatever role you have; or reply ${NOTHING_TO_ADD}.`;
  return dataBlock({ what: 'The draft of an answer to the request above,', ...variables, task });
}

/** The fenced answer and its reviews, for the end of the last user turn. */
export function reviewMergeBlock(variables: { nonce: string; data: string }): string {
  const task =
    'Now write the final answer to the request above: directly to the user, in the language and exactly the format that the conversation demands, without a word about candidates or reviews.';
  return dataBlock({ what: 'The answer to the request above and its reviews,', ...variables, task });
}
