import type { Message } from '../../src/core/message.js';
import type { RunResult } from '../../src/core/run.js';
import type { ToolCall, ToolDefinition, ToolOffer } from '../../src/core/tool.js';

function tool(name: string, description: string, argument: string): ToolDefinition {
  const parameters = { type: 'object', properties: { [argument]: { type: 'string' } }, required: [argument] };
  return { type: 'function', function: { name, description, parameters } };
}

export const TOOLS: readonly ToolDefinition[] = [
  tool('read_file', 'Reads a file.', 'path'),
  tool('edit_file', 'Writes a file anew.', 'text'),
];

/** Tools as a coding agent offers them. */
export const OFFER: ToolOffer = { tools: TOOLS, choice: undefined, parallel: undefined };

export function toolCall(id: string, name = 'read_file', args: unknown = { path: 'a.txt' }): ToolCall {
  return { id, name, arguments: typeof args === 'string' ? args : JSON.stringify(args) };
}

/** The turns that an agent adds to its conversation when an answer has come: the answer, and what each tool has said. */
export function turnsAfter({ answer, tool_calls }: RunResult, resultOf: (call: ToolCall) => Message['content']): Message[] {
  const calls = tool_calls.map(({ id, name, arguments: args }) => ({ id, type: 'function' as const, function: { name, arguments: args } }));
  const results = tool_calls.map((call): Message => ({ role: 'tool', tool_call_id: call.id, content: resultOf(call) }));
  return [{ role: 'assistant', content: answer, ...(calls.length > 0 ? { tool_calls: calls } : {}) }, ...results];
}
