import { WHY } from '../core/reply-marks.js';
import { chanceOf } from './chance.js';
import type { Behaviour } from './items.js';
import { qualityOf } from './simulated.js';
import type { Task } from './task.js';

/** What a simulated judge says, and how likely that was. */
export interface JudgeReply {
  text: string;
  probability: number | null;
}

/** Whose chance it is, and whether the probabilities of tokens are asked for. */
interface Asked {
  model: string;
  seed: number;
  tellsProbability: boolean;
}

/**
 * Compares two simulated texts by the quality that they are marked with: the first one wins with the probability
 * 1 / (1 + e^-(difference of the qualities + `first` + `long` * log2 of the ratio of the lengths)), as in Bradley and Terry 1952.
 * Where probabilities are told it says the likelier letter, else one that is drawn. Null for anything but a comparison.
 */
export function judgeReply(task: Task | null, behaviour: Behaviour, asked: Asked): JudgeReply | null {
  const [a, b] = task?.candidates ?? [];
  if (!task || !a || !b) return null;
  if (task.kind === 'why') return { text: whyText(qualityOf(a.text), qualityOf(b.text)), probability: null };
  if (task.kind !== 'compare') return null;
  const logit = qualityOf(a.text) - qualityOf(b.text) + (behaviour.first ?? 0) + (behaviour.long ?? 0) * lengthRatio(a.text, b.text);
  if (Math.abs(logit) < (behaviour.tie ?? 0)) return { text: 'T', probability: 1 };
  const share = 1 / (1 + Math.exp(-logit));
  const drawn = chanceOf(asked.seed, asked.model, a.text, b.text)();
  const first = asked.tellsProbability ? share >= 0.5 : drawn < share;
  return { text: first ? 'A' : 'B', probability: first ? share : 1 - share };
}

/** Base-2 logarithm of the ratio of two texts' lengths. */
function lengthRatio(a: string, b: string): number {
  return Math.log2((a.length + 1) / (b.length + 1));
}

function whyText(a: number, b: number): string {
  const [better, other] = [Math.max(a, b), Math.min(a, b)].map((quality) => quality.toFixed(3));
  return `${WHY} [simulated] The better answer is marked with the quality ${better}, the other one with ${other}.`;
}
