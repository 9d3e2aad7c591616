import { familyOf } from '../core/model.js';
import { type Behaviour, parseItems, plainBehaviour } from './items.js';
import type { Recordings } from './recorded.js';
import { type ChatRequest, lastUserText } from './request.js';
import { findTask } from './task.js';

/** Who answers a request: a behaviour under a resolved name, or a refusal by status. */
export type Resolution = { behaviour: Behaviour; resolvedModel: string; recordedText: string | null } | { status: number; message: string };

/** Which recorded system stands in for a family; families not named here are spread over all systems. */
const STAND_INS: Readonly<Record<string, number>> = {
  openai: 0,
  'gpt-4': 0,
  anthropic: 1,
  google: 2,
  'x-ai': 3,
  deepseek: 4,
  qwen: 5,
  meta: 5,
};
const PREFERRED = [
  'gpt-4-1106-preview',
  'mistralai/Mixtral-8x7B-Instruct-v0.1',
  'gpt3-175b_verification',
  'gpt3-6b_verification',
  'gpt3-175b_finetuning',
  'gpt3-6b_finetuning',
];
const WELL_FORMED = /^~?[\w.-]+([/:@][\w.:@+-]+)*$/;

/** Finds out who answers a request, from its model id and, for ids of real models, from what is asked. */
export function resolveModel(request: ChatRequest, recordings: Recordings): Resolution {
  const { model } = request;
  if (model.startsWith('sandbox/')) {
    const behaviour = parseItems(model.slice('sandbox/'.length));
    return behaviour === null ? unknownModel(model) : { behaviour, resolvedModel: model, recordedText: null };
  }
  if (model.startsWith('recorded/')) return resolveRecorded(request, recordings);
  if (model.startsWith('missing/') || !WELL_FORMED.test(model)) return unknownModel(model);
  return resolveStandIn(request, recordings);
}

/** OpenRouter's refusal of a model id it does not know. */
function unknownModel(model: string): Resolution {
  return { status: 400, message: `${model} is not a valid model ID` };
}

function resolveRecorded({ model, messages }: ChatRequest, recordings: Recordings): Resolution {
  const system = model.slice('recorded/'.length);
  if (!recordings.systems.includes(system)) return unknownModel(model);
  const text = recordings.questions.get(lastUserText(messages).trim())?.get(system);
  if (text !== undefined) return { behaviour: free('text'), resolvedModel: model, recordedText: text };
  const count = recordings.questions.size;
  return { status: 404, message: `${model} has no recorded answer: the last user message is none of its ${count} recorded questions` };
}

/** Ids of real models: a critic where a prompt of mom's own asks for one, a recorded answer to a recorded question, else plainly simulated text. */
function resolveStandIn({ model, messages }: ChatRequest, recordings: Recordings): Resolution {
  const text = lastUserText(messages);
  if (findTask(messages) !== null) return { behaviour: free('critic'), resolvedModel: 'sandbox/critic', recordedText: null };
  const answers = recordings.questions.get(text.trim());
  if (answers === undefined) return { behaviour: free('text'), resolvedModel: `simulated/${model.replace(/^~/, '')}`, recordedText: null };
  const systems = [...PREFERRED.filter((name) => answers.has(name)), ...[...answers.keys()].filter((name) => !PREFERRED.includes(name))];
  const family = familyOf(model);
  const system = systems[(STAND_INS[family] ?? hashText(family)) % systems.length] ?? '';
  return { behaviour: free('text'), resolvedModel: `recorded/${system}`, recordedText: answers.get(system) ?? '' };
}

/** What stands in for real models, or was recorded from them, costs nothing here. */
function free(persona: 'text' | 'critic'): Behaviour {
  return { ...plainBehaviour(persona), in: 0, out: 0 };
}

/** The 32-bit FNV-1a hash. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
