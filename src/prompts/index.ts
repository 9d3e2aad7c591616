import candidates from './candidates.md';
import critic from './critic.md';
import { render } from './render.js';

/** What the critic is told, before the conversation. */
export function criticInstructions(variables: { nonce: string }): string {
  return render(critic, variables);
}

/** The candidates and the format rule once more, for the end of the last user turn. */
export function candidatesBlock(variables: { count: string; candidates: string }): string {
  return render(candidates, variables);
}
