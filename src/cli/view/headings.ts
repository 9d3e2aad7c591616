export { proposalsText } from '../../observe/proposals-text.js';

/** The heading of the merged answer below the proposals. */
export const ANSWER_HEADING = '## Answer\n\n';
