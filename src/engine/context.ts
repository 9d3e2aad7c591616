import type { Catalog } from '../core/catalog.js';
import type { Clock } from '../core/clock.js';
import type { MomError } from '../core/error.js';
import type { ModelClient } from '../core/model-client.js';
import type { Plan } from '../core/plan.js';
import type { Random } from '../core/random.js';
import type { RunRequest } from '../core/run.js';
import type { Bills } from './call/bills.js';
import type { FormatChecker } from './format/checker.js';
import type { Purse } from './money/purse.js';
import type { Recorder } from './recorder.js';
import type { AnswerOutlet } from './synthesis/answer-writer.js';

/** Everything the stages of one run share. */
export interface RunContext {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly client: ModelClient;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly bills: Bills;
  readonly purse: Purse;
  readonly writer: AnswerOutlet;
  /** Tells whether a text has the form that was asked for; null: any will do. */
  readonly format: FormatChecker | null;
  readonly catalog: Catalog;
  readonly random: Random;
  /** A new unguessable word each time. */
  readonly drawNonce: () => string;
  /** Aborts when the run is over for whatever reason; the reason is a MomError. */
  readonly signal: AbortSignal;
}

/** Why the run was stopped from outside, null while it goes on. */
export function stopReason(ctx: RunContext): MomError | null {
  return ctx.signal.aborted ? (ctx.signal.reason as MomError) : null;
}

/** True when the user, or a client that went away, ended the run; a deadline is not that. */
export function isCancelled(ctx: RunContext): boolean {
  return stopReason(ctx)?.code === 'cancelled';
}
