import candidates from './candidates.md';
import critic from './critic.md';
import criticTools from './critic-tools.md';
import { render } from './render.js';

/**
 * What the critic is told before the conversation: the same for every run, so that providers can cache it.
 * @param tools whether it is given tools
 */
export function criticInstructions(tools = false): string {
  return tools ? `${render(critic, {})}\n\n${render(criticTools, {})}` : render(critic, {});
}

/** What a final answer is like, in the words of the last instruction. */
const FINAL_ANSWER =
  'directly to the user, in the language and exactly the format that the conversation demands, without a word about candidates';

/**
 * The candidates and the format rule once more, for the end of the last user turn.
 * @param acts whether the reader may call tools instead of answering
 */
export function candidatesBlock(variables: { count: string; nonce: string; candidates: string }, acts = false): string {
  return render(candidates, { ...variables, task: `${nextStep(acts)}: ${FINAL_ANSWER}.` });
}

/** Up to what a final answer is like. */
export function nextStep(acts: boolean): string {
  return acts
    ? 'Now take the next step for the request above: make the tool calls that are right, or, where none is needed, write the final answer'
    : 'Now write the final answer to the request above';
}
