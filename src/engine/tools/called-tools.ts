import { MomError } from '../../core/error.js';
import type { Message } from '../../core/message.js';
import { isRecord } from '../../core/record.js';
import type { CallRecord } from '../../core/run.js';
import { mayCallTools, type ToolCall, type ToolOffer } from '../../core/tool.js';

/** What a model said at the end of a call. */
type Said = Pick<CallRecord, 'model' | 'text' | 'tool_calls' | 'finish_reason'>;

/** The circumstances of a call. */
interface Circumstances {
  /** What the model may call; null: nothing. */
  offer: ToolOffer | null;
  conversation: readonly Message[];
  /** A new unguessable word in hex digits. */
  drawNonce: () => string;
}

/**
 * The tool calls of a whole answer as they go out: each with an id that is unique in the conversation, and arguments
 * that are a JSON object. Calls beside a text of a model that may call none are left out.
 * @returns a MomError `bad_response` where a call can't be carried out: then the answer is none
 */
export function toolsCalled(
  said: Said,
  { offer, conversation, drawNonce }: Circumstances,
): Pick<Said, 'tool_calls' | 'finish_reason'> | MomError {
  const { model, tool_calls: calls, text, finish_reason } = said;
  const [first] = calls;
  if (!first) return { tool_calls: [], finish_reason: finish_reason === 'tool_calls' ? 'stop' : finish_reason };
  if (!mayCallTools(offer)) {
    return (text ?? '').trim() === ''
      ? flaw(`${model} called ${named(first)}, but may call no tool`, 'ask again, or name another model')
      : { tool_calls: [], finish_reason: 'stop' };
  }
  for (const call of calls) {
    if (call.name.trim() === '') return flaw(`${model} called a tool without naming it`);
    if (!holdsObject(call.arguments)) return flaw(`${model} called ${named(call)} with arguments that are no JSON object`);
  }
  return { tool_calls: withIds(calls, idsIn(conversation), drawNonce), finish_reason: 'tool_calls' };
}

function flaw(message: string, hint = 'ask again, or name a critic that is better at calling tools'): MomError {
  return new MomError('bad_response', message, { hint });
}

function named({ name }: ToolCall): string {
  return `the tool '${name}'`;
}

/** No arguments at all count as an empty object. */
function holdsObject(json: string): boolean {
  if (json.trim() === '') return true;
  try {
    return isRecord(JSON.parse(json));
  } catch {
    return false;
  }
}

function idsIn(conversation: readonly Message[]): Set<string> {
  return new Set(conversation.flatMap(({ tool_calls }) => (tool_calls ?? []).map(({ id }) => id)));
}

/** A missing id, or one that is used already, gets a fresh one in its place. */
function withIds(calls: readonly ToolCall[], taken: Set<string>, drawNonce: () => string): ToolCall[] {
  return calls.map((call) => {
    const id = call.id !== '' && !taken.has(call.id) ? call.id : freshId(taken, drawNonce);
    taken.add(id);
    return { ...call, id, arguments: call.arguments.trim() === '' ? '{}' : call.arguments };
  });
}

function freshId(taken: ReadonlySet<string>, drawNonce: () => string): string {
  const base = `call_${drawNonce()}`;
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}${n}`;
  return id;
}
