import type { RunResult, RunStatus, Warning } from '../../core/run.js';
import type { ToolCall, WireToolCall } from '../../core/tool.js';
import type { Usage } from '../../core/usage.js';
import { proposalsText } from '../../observe/proposals-text.js';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter';

/** What mom tells of a run beside its answer: the field `mom`. */
export interface MomData {
  run: string;
  status: RunStatus;
  /** Null when it is not wholly known. */
  cost_usd: number | null;
  /** Summed over all calls. */
  usage: Usage;
  warnings?: Warning[];
}

/** @param early warnings of what was known before the run */
export function momData(result: RunResult, early: readonly Warning[], clean: (text: string) => string): MomData {
  const warnings = [...early, ...result.warnings].map(({ code, message }) => ({ code, message: clean(message) }));
  const { id, status, usage } = result;
  return { run: id, status, cost_usd: wholeCost(result), usage, ...(warnings.length > 0 ? { warnings } : {}) };
}

/** Where nothing was merged the proposals are the answer, each under a heading with its model. Null beside tool calls alone. */
export function answerText({ answer, tool_calls, proposals, answer_source }: RunResult): string | null {
  if (tool_calls.length > 0) return answer || null;
  return answer ?? (answer_source === null ? proposalsText(proposals) : '');
}

/** Providers have words of their own for a good end; clients know few. @param usesFunctions the client is of the older form */
export function finishReason({ finish_reason, tool_calls }: RunResult, usesFunctions: boolean): FinishReason {
  if (tool_calls.length > 0) return usesFunctions ? 'function_call' : 'tool_calls';
  return finish_reason === 'length' || finish_reason === 'content_filter' ? finish_reason : 'stop';
}

/** What an answer wants called, in the form that its client understands. */
export function callsOfMessage(calls: readonly ToolCall[], usesFunctions: boolean) {
  const [first] = calls;
  if (!first) return {};
  return usesFunctions ? { function_call: wireToolCall(first).function } : { tool_calls: calls.map(wireToolCall) };
}

export function wireToolCall({ id, name, arguments: json }: ToolCall): WireToolCall {
  return { id, type: 'function', function: { name, arguments: json } };
}

/** True when the run has an answer, whole or degraded. */
export function hasAnswer({ status }: RunResult): boolean {
  return status === 'complete' || status === 'degraded';
}

/** US dollars of a run; null as soon as the price of one call is not known: what the others cost would pass for the whole. */
export function wholeCost({ cost_usd, cost_source }: RunResult): number | null {
  return cost_source === 'partial' ? null : cost_usd;
}

/** US dollars without the notation with an exponent. */
export function usdText(usd: number | null): string {
  return usd === null ? 'unknown' : usd.toFixed(10).replace(/\.?0+$/, '');
}
