import type { CallErrorInfo, ErrorInfo } from './error.js';
import type { Message } from './message.js';
import type { RunStrategy } from './mixture.js';
import type { AnswerSource, CallKind, CallRecord, RunResult, RunStatus, Warning } from './run.js';
import type { ToolCall } from './tool.js';

/** Who takes part, as told at the start of a run. */
export interface Participant {
  id: string;
  model: string;
  provider: string;
  family: string;
  role: string | null;
  required: boolean;
}

/** What happens in a run, in order. `t_ms` is milliseconds since its start. */
export type RunEventBody =
  | {
      type: 'run.start';
      /** ISO 8601. */
      started_at: string;
      mixture: string;
      strategy: RunStrategy;
      route_reason: string;
      seed: number;
      quorum: number;
      min_answers: number;
      proposers: Participant[];
      critics: Participant[];
      messages: readonly Message[];
    }
  /** The classifier has decided: what was said of strategy, mixture and participants at the start holds no longer. */
  | {
      type: 'route';
      mixture: string;
      strategy: RunStrategy;
      route_reason: string;
      quorum: number;
      min_answers: number;
      proposers: Participant[];
      critics: Participant[];
    }
  /** `messages` is what was sent; null for a proposer without a role, which gets the conversation as it is. */
  | {
      type: 'call.start';
      call: { id: string; kind: CallKind; layer: number } & Omit<Participant, 'id' | 'required'>;
      messages: readonly Message[] | null;
    }
  | { type: 'call.delta'; call_id: string; channel: 'text' | 'reasoning'; text: string }
  | { type: 'call.restart'; call_id: string; attempt: number; error: CallErrorInfo; delay_ms: number }
  | { type: 'call.end'; call: CallRecord }
  /** The price of a cut call, learnt later: the whole record again. */
  | { type: 'call.billed'; call: CallRecord }
  /** A call of an earlier run of the same request, used again: it was paid for then. */
  | { type: 'call.kept'; call: CallRecord }
  /** A member that was never asked. */
  | { type: 'call.skipped'; call: CallRecord }
  /** Enough proposals are there; the rest is waited for at most `grace_ms`. */
  | { type: 'quorum'; answered: number; waiting_for: string[]; grace_ms: number }
  /** The wait for proposals is over. */
  | { type: 'proposals'; answered: number; failed: number; cut: number }
  | { type: 'answer.start'; source: AnswerSource; model: string | null }
  | { type: 'answer.delta'; text: string }
  /** A tool that the answer wants called, whole; `index` counts from 0 without a gap. After all text. */
  | { type: 'answer.tool_call'; index: number; call: ToolCall }
  | { type: 'warning'; warning: Warning }
  | {
      type: 'outcome';
      status: RunStatus;
      answer: string | null;
      tool_calls: readonly ToolCall[];
      answer_source: AnswerSource | null;
      finish_reason: string | null;
      error: ErrorInfo | null;
    }
  | { type: 'run.end'; result: RunResult };

export type RunEvent = RunEventBody & { run_id: string; t_ms: number };

/** A reader of events. What it throws is caught and never breaks a run. */
export interface EventSink {
  handle(event: RunEvent): void;
  /** After `run.end`: write out what is left. */
  close?(): void | Promise<void>;
}
