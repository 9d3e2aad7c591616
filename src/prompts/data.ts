import data from './data.md';
import { render } from './render.js';

/** Texts of models for the end of the last user turn: what they are, the fenced texts, and what to do with them. */
export function dataBlock(variables: { what: string; nonce: string; data: string; task: string }): string {
  return render(data, variables);
}
