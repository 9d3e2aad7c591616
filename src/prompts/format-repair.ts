import { dataBlock } from './data.js';
import formatRepair from './format-repair.md';
import { render } from './render.js';

/** What a model is told that brings an answer into form; `demand` is the form in words. */
export function formatInstructions({ demand, hasSchema }: { demand: string; hasSchema: boolean }): string {
  const data = hasSchema
    ? 'The answer, what a checker found wrong with it, and the JSON schema'
    : 'The answer and what a checker found wrong with it';
  return render(formatRepair, { demand, data });
}

/** The fenced answer, complaints and schema, for the end of the last user turn. */
export function formatBlock({ demand, ...variables }: { demand: string; nonce: string; data: string }): string {
  const task = `Now return the answer as ${demand}, and nothing else.`;
  return dataBlock({
    what: 'An answer to the request above that has not the form it must have, and what is wrong with it,',
    ...variables,
    task,
  });
}
