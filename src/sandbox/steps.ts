import type { Behaviour } from './items.js';
import type { Reply } from './reply.js';
import { type ToolStyle, toolDeltas } from './tool-deltas.js';

/** A text of more tokens comes in frames of several. */
const MAX_FRAMES = 4096;

/** What goes out in one frame of a stream. */
export interface Step {
  delta: Record<string, unknown>;
  /** The tokens of the answer's text, each as it is. */
  words: readonly string[];
  textTokens: number;
  reasoningTokens: number;
}

/** How the model sends its tool calls. */
export function toolStyleOf(behaviour: Behaviour): ToolStyle {
  return behaviour.toolstyle ?? (behaviour.turns === null ? 'whole' : 'fragments');
}

/** The frames before the one with the finish_reason, as far as the faults let them come: those count tokens, not frames. */
export function stepsOf(reply: Reply, behaviour: Behaviour): Step[] {
  const tools = toolSteps(reply, behaviour);
  const total = reply.reasoning.length + reply.pieces.length + tools.length;
  const stopAt = behaviour.stall ?? behaviour.err ?? (behaviour.badjson ? Math.floor(total / 2) : total);
  const reasoning = reply.reasoning.slice(0, stopAt);
  const pieces = reply.pieces.slice(0, stopAt - reasoning.length);
  return [...reasoningSteps(reasoning), ...textSteps(pieces, behaviour), ...tools.slice(0, stopAt - reasoning.length - pieces.length)];
}

function reasoningSteps(reasoning: readonly string[]): Step[] {
  return reasoning.map((text) => ({
    delta: { role: 'assistant', content: '', reasoning: text },
    words: [],
    textTokens: 0,
    reasoningTokens: 1,
  }));
}

function textSteps(pieces: readonly string[], behaviour: Behaviour): Step[] {
  const size = behaviour.longline === null ? Math.ceil(pieces.length / MAX_FRAMES) : pieces.length;
  const steps: Step[] = [];
  for (let start = 0; start < pieces.length; start += size) {
    const words = pieces.slice(start, start + size);
    const text = words.join('');
    const content = behaviour.badtype ? { not: text } : text;
    steps.push({ delta: { role: 'assistant', content }, words, textTokens: words.length, reasoningTokens: 0 });
  }
  return steps;
}

/** Whole calls come with the finish_reason instead. */
function toolSteps({ calls }: Reply, behaviour: Behaviour): Step[] {
  const style = toolStyleOf(behaviour);
  if (style === 'whole') return [];
  return toolDeltas(calls, style).map(({ tool_calls, tokens }) => ({
    delta: { role: 'assistant', content: null, tool_calls },
    words: [],
    textTokens: tokens,
    reasoningTokens: 0,
  }));
}
