import type { Message } from '../core/message.js';
import { isRecord } from '../core/record.js';
import type { WireToolCall } from '../core/tool.js';

/** What a scripted model does when the client calls it once: it says something, calls tools, or both. */
export interface TurnStep {
  say: string;
  calls: readonly ScriptedCall[];
}

export interface ScriptedCall {
  name: string;
  /** JSON, or what a test wants in its place. */
  arguments: string;
}

/** The steps of a script, from `[{say?, calls?: [{name, arguments?}]}]` as JSON; null when it is malformed. */
export function parseTurns(json: string): TurnStep[] | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // A malformed script makes the item malformed, which the caller reports as an unknown model.
    return null;
  }
  if (!Array.isArray(value) || value.length === 0) return null;
  const steps = value.map(stepOf);
  return steps.every((step) => step !== null) ? steps : null;
}

function stepOf(value: unknown): TurnStep | null {
  if (!isRecord(value)) return null;
  const { say = '', calls = [], ...others } = value;
  if (typeof say !== 'string' || !Array.isArray(calls) || Object.keys(others).length > 0) return null;
  const scripted = calls.map(callOf);
  return scripted.every((call) => call !== null) ? { say, calls: scripted } : null;
}

function callOf(value: unknown): ScriptedCall | null {
  if (!isRecord(value) || typeof value.name !== 'string') return null;
  const { name, arguments: given = {} } = value;
  if (typeof given === 'string') return { name, arguments: given };
  return isRecord(given) ? { name, arguments: JSON.stringify(given) } : null;
}

/** The step that a conversation has come to: one further for each round of tool results since the user spoke; null after the last. */
export function currentStep(steps: readonly TurnStep[], messages: readonly Message[]): TurnStep | null {
  return steps[countToolRounds(messages)] ?? null;
}

/**
 * How many rounds of tool results stand behind the user's last words. A user turn right behind a tool result, as some
 * clients add for images and reminders, belongs to that result.
 */
function countToolRounds(messages: readonly Message[]): number {
  const start = messages.findLastIndex(({ role }, index) => role === 'user' && messages[index - 1]?.role !== 'tool');
  return messages.filter(({ role }, index) => index > start && role === 'tool' && messages[index - 1]?.role !== 'tool').length;
}

/** The calls as they go out, each with an id that no earlier call of the conversation has. */
export function numberCalls(calls: readonly ScriptedCall[], messages: readonly Message[]): WireToolCall[] {
  const before = messages.reduce((sum, { tool_calls }) => sum + (tool_calls?.length ?? 0), 0);
  return calls.map((call, index) => ({ id: `call_sandbox_${before + index + 1}`, type: 'function', function: { ...call } }));
}
