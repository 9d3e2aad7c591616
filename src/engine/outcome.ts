import { type ErrorInfo, errorInfo, exitCode, MomError } from '../core/error.js';
import type { AnswerSource, CallRecord, RunStatus } from '../core/run.js';
import type { ToolCall } from '../core/tool.js';
import type { RunContext } from './context.js';
import type { Panel } from './panel/propose.js';

/** How a strategy ended. */
export interface Outcome {
  status: RunStatus;
  answer: string | null;
  /** What the answer wants called. */
  tool_calls: readonly ToolCall[];
  answer_source: AnswerSource | null;
  finish_reason: string | null;
  error: ErrorInfo | null;
}

/** An answer went out. `asPlanned` is false for a fallback of any kind. */
export function answered(record: CallRecord, source: AnswerSource, asPlanned: boolean): Outcome {
  const complete = asPlanned && record.finish_reason !== 'length';
  return {
    status: complete ? 'complete' : 'degraded',
    answer: record.tool_calls.length > 0 && record.text?.trim() === '' ? null : record.text,
    tool_calls: record.tool_calls,
    answer_source: source,
    finish_reason: record.finish_reason,
    error: null,
  };
}

/** No answer, or one that broke off after its first visible character: `partial` is what went out of it. */
export function failed(error: MomError, partial: string | null = null, source: AnswerSource | null = null): Outcome {
  const status = error.code === 'cancelled' ? 'cancelled' : 'failed';
  return {
    status,
    answer: partial,
    tool_calls: [],
    answer_source: partial === null ? null : source,
    finish_reason: null,
    error: errorInfo(error),
  };
}

/** True when at least the quorum answered, and every required proposer did. */
export function panelIsWhole(ctx: RunContext, panel: Panel): boolean {
  const usable = new Set(panel.usable.map((record) => record.id));
  return panel.usable.length >= ctx.plan.mixture.quorum && ctx.plan.proposers.every((member) => !member.required || usable.has(member.id));
}

/**
 * Why nobody answered: the shared cause where all calls failed for one, which gives the exit status, else `no_answer`.
 * The message carries what each provider said.
 */
export function nobodyAnswered(calls: readonly CallRecord[]): MomError {
  const errors = calls.flatMap((call) => (call.error ? [{ call, error: call.error }] : []));
  const [first] = errors;
  if (!first) return new MomError('no_answer', 'no model answered', { hint: 'try again' });
  if (errors.length === 1) return asError(first.error.code, first.error.message, first.error.hint);
  const shared = errors.every(({ error }) => exitCode(error.code) === exitCode(first.error.code));
  const reasons = [...new Set(errors.map(({ call, error }) => mentions(error.message, call.model)))].join('; ');
  const message = `no answer: all ${errors.length} calls failed: ${reasons}`;
  return shared
    ? asError(first.error.code, message, first.error.hint)
    : asError('no_answer', message, 'the models failed for different reasons: look at each one above');
}

function mentions(message: string, model: string): string {
  return message.includes(model) ? message : `${model}: ${message}`;
}

function asError(code: MomError['code'], message: string, hint: string | null): MomError {
  return new MomError(code, message, hint === null ? {} : { hint });
}
