import { NOTHING_TO_ADD } from '../core/reply-marks.js';
import { dataBlock } from './data.js';
import { criticInstructions, nextStep } from './index.js';
import layersAnswer from './layers-answer.md';
import layersFinal from './layers-final.md';
import layersNotes from './layers-notes.md';
import { render } from './render.js';
import { NO_TOOLS, type ToolUse } from './tools.js';

/** What a middle layer writes: notes, or a better answer. */
export type LayerTask = 'notes' | 'answer';

/** What an aggregator of a middle layer is told before the conversation. */
export function layerInstructions(task: LayerTask): string {
  return render(task === 'notes' ? layersNotes : layersAnswer, { mark: NOTHING_TO_ADD });
}

/**
 * What the critic is told that writes from one candidate and notes. With tools all its turns begin alike, also those
 * without notes: then the block tells of them.
 */
export function finalInstructions(use: ToolUse): string {
  return use.offered ? criticInstructions(true) : `${criticInstructions()}\n\n${render(layersFinal, {})}`;
}

const TASKS: Readonly<Record<LayerTask, string>> = {
  notes: `Now write the notes, not an answer to the request, whatever role you have; or reply ${NOTHING_TO_ADD}.`,
  answer: `Now write the better answer to the request above: directly to the user, in the language and exactly the format that the conversation demands, without a word about candidates; or reply ${NOTHING_TO_ADD}.`,
};
const FINAL_ANSWER =
  'directly to the user, in the language and exactly the format that the conversation demands, without a word about candidates or notes';

/** The fenced texts of the layer below, for the end of the last user turn. */
export function layerBlock(
  task: LayerTask | 'final',
  variables: { candidates: number; notes: number; nonce: string; data: string },
  use: ToolUse = NO_TOOLS,
): string {
  const { candidates, notes, nonce, data } = variables;
  const what = [counted(candidates, 'candidate'), ...(notes > 0 ? [counted(notes, 'reviewer’s notes', 'reviewers’ notes')] : [])].join(
    ' and ',
  );
  return dataBlock({
    what: `For the request above: ${what},`,
    nonce,
    data,
    task: task === 'final' ? finalTask(use) : TASKS[task],
  });
}

function finalTask({ offered, acts }: ToolUse): string {
  const task = `${nextStep(acts)}: ${FINAL_ANSWER}.`;
  return offered ? `${render(layersFinal, {})}\n\n${task}` : task;
}

function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
