import candidates from './candidates.md';
import critic from './critic.md';
import { render } from './render.js';

/** What the critic is told before the conversation: the same for every run, so that providers can cache it. */
export function criticInstructions(): string {
  return render(critic, {});
}

/** The candidates and the format rule once more, for the end of the last user turn. */
export function candidatesBlock(variables: { count: string; nonce: string; candidates: string }): string {
  return render(candidates, variables);
}
