import { errorResponse, errorStatus } from '../errors.js';
import { answerText, callsOfMessage, finishReason, momData, usdText, wholeCost } from './answer.js';
import type { LiveRun, RunReader } from './live-run.js';
import { departure, finishReading, type Reading, runError, wasPaid } from './reading.js';
import { chatUsage } from './usage.js';

/** Waits for the outcome, then gives one status and one body. */
export async function answerWhole(reading: Reading): Promise<Response> {
  const { scope, live } = reading;
  await untilOver(live, scope.signal);
  if (live.isAbandoned) await live.over;
  const left = scope.signal.aborted && (live.isAbandoned || !live.isOver);
  const error = left ? departure(scope.signal) : runError(live);
  const response = error === null ? completion(reading) : refusal(reading, error);
  finishReading(reading, response.status, error);
  return response;
}

/** Until the run has ended, or the client has gone. */
function untilOver(live: LiveRun, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const reader: RunReader = { notify: () => live.isOver && done() };
    const done = () => {
      signal.removeEventListener('abort', done);
      live.leave(reader);
      resolve();
    };
    live.join(reader);
    signal.addEventListener('abort', done, { once: true });
    if (live.isOver || signal.aborted) done();
  });
}

function completion({ scope, request, live }: Reading): Response {
  const { result, target, kept, clean } = live;
  if (!result) throw new Error('an answer needs a result');
  const { usesFunctions } = request;
  const message = { role: 'assistant', content: answerText(result), ...callsOfMessage(result.tool_calls, usesFunctions) };
  const body = {
    id: `chatcmpl-${live.id}`,
    object: 'chat.completion',
    created: live.created,
    model: request.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(result, usesFunctions) }],
    usage: chatUsage(result, request.messages, kept),
    mom: momData(result, target.warnings, clean),
  };
  const headers = { 'content-type': 'application/json', 'x-request-id': scope.id, ...runHeaders(live) };
  return new Response(JSON.stringify(body), { status: 200, headers });
}

function refusal({ scope, live }: Reading, error: NonNullable<ReturnType<typeof runError>>): Response {
  const options = { requestId: scope.id, headers: runHeaders(live), clean: live.clean };
  // A client that has gone reads nothing: its status is for the log.
  return errorResponse(error, { ...options, spent: wasPaid(live) && errorStatus(error) !== 499 });
}

function runHeaders({ id, result }: LiveRun): Record<string, string> {
  if (!result) return { 'x-mom-run': id };
  return { 'x-mom-run': id, 'x-mom-status': result.status, 'x-mom-cost-usd': usdText(wholeCost(result)) };
}
