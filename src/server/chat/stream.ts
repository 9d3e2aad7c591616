import type { Clock } from '../../core/clock.js';
import type { MomError } from '../../core/error.js';
import type { ToolCall } from '../../core/tool.js';
import { errorBody } from '../errors.js';
import { finishReason, type MomData, momData } from './answer.js';
import { AnswerStream } from './answer-stream.js';
import { DONE, Frames } from './frames.js';
import { departure, finishReading, type Reading, runError } from './reading.js';
import { chatUsage } from './usage.js';
import { answerWhole } from './whole.js';

/**
 * Streams the answer. As long as nobody was asked what goes wrong is an HTTP status; after that it is told in the stream.
 * @param heartbeat longest silence in milliseconds
 */
export async function answerStreamed(reading: Reading, clock: Clock, heartbeat: number): Promise<Response> {
  const { scope, live } = reading;
  const leave = holdSeat(reading);
  await begun(reading, clock, heartbeat);
  const refused = live.isOver && runError(live) !== null && live.characters === 0;
  if (refused || scope.signal.aborted) {
    leave();
    return answerWhole(reading);
  }
  scope.streams = true;
  const body = open(reading, clock, heartbeat);
  leave();
  return new Response(body, { status: 200, headers: { ...STREAM_HEADERS, 'x-request-id': scope.id, 'x-mom-run': live.id } });
}

/** `transfer-encoding` keeps the server from waiting for the end of a body that might be short. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
  'transfer-encoding': 'chunked',
} as const;

/** Nobody may end the run before this request reads it. */
function holdSeat({ live }: Reading): () => void {
  const seat = { notify: () => {} };
  live.join(seat);
  return () => live.leave(seat);
}

/** Until the first call has left, the run has ended, or the client has gone; a silence would be too long after `heartbeat`. */
function begun({ live, scope }: Reading, clock: Clock, heartbeat: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stopTimer();
      scope.signal.removeEventListener('abort', done);
      resolve();
    };
    const stopTimer = clock.after(heartbeat, done);
    scope.signal.addEventListener('abort', done, { once: true });
    if (scope.signal.aborted) done();
    else void live.begun.then(done);
  });
}

function open(reading: Reading, clock: Clock, heartbeat: number): ReadableStream<Uint8Array> {
  const { scope, request, live, startedMs } = reading;
  const frames = new Frames({ id: `chatcmpl-${live.id}`, created: live.created, model: request.model });
  let firstTokenMs: number | null = null;
  const shown = (frame: string) => {
    firstTokenMs ??= Math.round(clock.now() - startedMs);
    return frame;
  };
  const stream = new AnswerStream({
    live,
    clock,
    heartbeat,
    signal: scope.signal,
    first: () => frames.role(),
    text: (text) => shown(frames.text(text)),
    toolCall: (index) => {
      const call = live.toolCalls[index] as ToolCall;
      if (!request.usesFunctions) return shown(frames.toolCall(index, call));
      return index === 0 ? shown(frames.functionCall(call)) : '';
    },
    last: () => lastFrames(reading, frames),
    hangUp: () => reading.hangUp(),
    broken: (reason) => frames.error(errorBody(reason, live.clean), reason.code === 'bug' ? null : tellMom(reading)),
    onEnd: (cut) => void endReading(reading, cut, firstTokenMs),
  });
  return stream.body;
}

function lastFrames(reading: Reading, frames: Frames): string {
  const { live, request } = reading;
  const error = runError(live);
  const mom = tellMom(reading);
  if (error || !live.result || !mom) return frames.error(errorBody(error ?? departure(reading.scope.signal), live.clean), mom);
  const usage = request.includeUsage ? frames.usage(chatUsage(live.result, request.messages, live.kept)) : '';
  return `${frames.finish(finishReason(live.result, request.usesFunctions), mom)}${usage}${DONE}`;
}

function tellMom({ live: { result, target, clean } }: Reading): MomData | null {
  return result && momData(result, target.warnings, clean);
}

/** A run that nobody reads any more is waited for: then it is known what it cost. */
async function endReading(reading: Reading, cut: MomError | null, firstTokenMs: number | null): Promise<void> {
  const { live } = reading;
  if (live.isAbandoned) await live.over;
  finishReading(reading, 200, cut ?? runError(live), firstTokenMs);
}
