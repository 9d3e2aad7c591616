import { isMomError, MomError } from '../../core/error.js';
import type { RequestScope } from '../context.js';
import { errorReport, type TellableError } from '../errors.js';
import { modelNotFound } from '../model-name.js';
import { hasAnswer, wholeCost } from './answer.js';
import type { LiveRun } from './live-run.js';
import type { ChatRequest } from './request.js';

/** One request that reads a run: the one that started it, or one that joined it. */
export interface Reading {
  scope: RequestScope;
  request: ChatRequest;
  live: LiveRun;
  /** Another request has started the run, and pays for it. */
  joined: boolean;
  /** On the gateway's clock, in milliseconds. */
  startedMs: number;
  /** Closes the client's connection. */
  hangUp(): void;
}

/** Why a run has no answer, null when it has one. */
export function runError({ result, failure, target }: LiveRun): TellableError | null {
  if (result && hasAnswer(result)) return null;
  const error = failure ?? result?.error ?? new MomError('no_answer', 'the run ended without an answer', { hint: 'try again' });
  return error.code === 'model_unknown' && target.isPassedOn ? modelNotFound(error) : error;
}

/** True once calls were made that cost something, or whose price is not known. */
export function wasPaid({ result }: LiveRun): boolean {
  return result !== null && wholeCost(result) !== 0;
}

/** Why a request ends before its run: the gateway stops, or else its client has gone. */
export function departure(signal: AbortSignal): MomError {
  const { reason } = signal;
  return isMomError(reason) ? reason : new MomError('cancelled', 'the client went away');
}

/** Fills in what is known of the run, and tells that the request is over. @param status of the answer that was sent */
export function finishReading(reading: Reading, status: number, error: TellableError | null, firstTokenMs: number | null = null): void {
  const { scope, live, joined } = reading;
  const { result } = live;
  const { report } = scope;
  report.status = status;
  report.runId = live.id;
  report.mixture = result?.mixture ?? live.target.mixture.name;
  report.strategy = result?.strategy ?? null;
  report.runStatus = result?.status ?? null;
  // Who joins a run has asked nothing: the request that started it tells what it cost.
  report.usage = joined ? null : (result?.usage ?? null);
  report.costUsd = joined || result === null ? null : wholeCost(result);
  report.firstTokenMs = firstTokenMs;
  report.error = error && errorReport(error, live.clean);
  scope.finish();
}
