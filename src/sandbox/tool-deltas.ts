import type { WireToolCall } from '../core/tool.js';
import { splitTokens } from './tokens.js';

/**
 * How providers send tool calls in a stream. `fragments`, OpenAI: id and name once, then the arguments piece by piece, each
 * call under its index. `whole`, Mistral: all calls complete in the chunk with the finish_reason. `noindex`: all complete in
 * one chunk, without an index. `gemini`: each complete in a chunk of its own, without an index, with a signature, and in
 * the end finish_reason `stop`.
 */
export const TOOL_STYLES = ['fragments', 'whole', 'noindex', 'gemini'] as const;
export type ToolStyle = (typeof TOOL_STYLES)[number];

/** One chunk's `tool_calls`, and how many tokens it is billed for. */
export interface ToolDelta {
  tool_calls: Record<string, unknown>[];
  tokens: number;
}

/** Characters of arguments in one fragment. */
const FRAGMENT_CHARACTERS = 12;

/** The chunks that carry tool calls, in the style of a provider. */
export function toolDeltas(calls: readonly WireToolCall[], style: ToolStyle): ToolDelta[] {
  if (calls.length === 0) return [];
  switch (style) {
    case 'fragments':
      return calls.flatMap(fragmentsOf);
    case 'whole':
      return [{ tool_calls: calls.map((call, index) => ({ index, ...call })), tokens: toolTokens(calls) }];
    case 'noindex':
      return [{ tool_calls: calls.map((call) => ({ ...call })), tokens: toolTokens(calls) }];
    case 'gemini':
      return calls.map((call) => ({ tool_calls: [signed(call)], tokens: toolTokens([call]) }));
  }
}

/** The calls as they stand in an answer that is not streamed. */
export function wholeCalls(calls: readonly WireToolCall[], style: ToolStyle): Record<string, unknown>[] {
  return calls.map((call) => (style === 'gemini' ? signed(call) : { ...call }));
}

/** What calls are billed for: their names and arguments. */
export function toolTokens(calls: readonly WireToolCall[]): number {
  return calls.reduce((sum, call) => sum + nameTokens(call) + argumentPieces(call).length, 0);
}

function fragmentsOf(call: WireToolCall, index: number): ToolDelta[] {
  const { id, type } = call;
  const { name } = call.function;
  const head = { tool_calls: [{ index, id, type, function: { name, arguments: '' } }], tokens: nameTokens(call) };
  const pieces = argumentPieces(call).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }], tokens: 1 }));
  return [head, ...pieces];
}

function argumentPieces(call: WireToolCall): string[] {
  return call.function.arguments.match(new RegExp(`.{1,${FRAGMENT_CHARACTERS}}`, 'gsu')) ?? [];
}

function nameTokens(call: WireToolCall): number {
  return splitTokens(call.function.name).length;
}

/** Google's mark of the thoughts behind a call, which it wants back with the call's result. */
function signed(call: WireToolCall): Record<string, unknown> {
  return { extra_content: { google: { thought_signature: `signature of ${call.id}` } }, ...call };
}
