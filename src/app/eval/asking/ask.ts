import { errorInfo, isMomError, MomError } from '../../../core/error.js';
import type { EvalAnswer } from '../../../core/eval/records.js';
import type { EventSink } from '../../../core/event.js';
import type { RunRequest, RunResult } from '../../../core/run.js';
import type { Engine } from '../../../engine/index.js';

export interface Asker {
  engine: Pick<Engine, 'run'>;
  /** An id that no other run has. */
  newId: () => string;
  recordersOf: (runId: string) => readonly EventSink[];
}

/** One run of one contestant. A failure is an answer too. */
export async function ask(
  { engine, newId, recordersOf }: Asker,
  request: RunRequest,
): Promise<{ answer: EvalAnswer; result: RunResult | null }> {
  const id = newId();
  const started = performance.now();
  const firstToken = new FirstToken();
  const recorders = recordersOf(id);
  try {
    const result = await engine.run(request, [firstToken, ...recorders], id);
    return { answer: toAnswer(result, firstToken.at), result };
  } catch (error) {
    // A request that the mixture can't take is its failure, as it would be the user's.
    if (!isMomError(error) || error.code === 'bug') throw error;
    return { answer: refused(error, id, Math.round(performance.now() - started)), result: null };
  } finally {
    await Promise.allSettled(recorders.map(async (recorder) => recorder.close?.()));
  }
}

/** When the first text of the answer came, in milliseconds. */
class FirstToken implements EventSink {
  at: number | null = null;

  handle(event: Parameters<EventSink['handle']>[0]): void {
    if (this.at === null && event.type === 'answer.delta') this.at = event.t_ms;
  }
}

/** An answer that broke off is none; proposals without one that merges them are none either. */
function toAnswer(result: RunResult, first: number | null): EvalAnswer {
  const { id, answer, error, calls, cost_usd, cost_source, duration_ms } = result;
  const failure = error ?? (answer === null ? errorInfo(NO_ANSWER) : null);
  return {
    status: failure === null ? 'answered' : 'failed',
    text: failure === null ? answer : null,
    error: failure && { code: failure.code, message: failure.message },
    run: id,
    calls: calls.length,
    cost_usd,
    cost_source,
    first_token_ms: failure === null ? first : null,
    duration_ms,
    answered_at: new Date().toISOString(),
  };
}

const NO_ANSWER = new MomError('no_answer', 'it has several proposals and nobody who makes one answer of them');

function refused({ code, message }: MomError, run: string, duration: number): EvalAnswer {
  return {
    status: 'failed',
    text: null,
    error: { code, message },
    run,
    calls: 0,
    cost_usd: 0,
    cost_source: 'reported',
    first_token_ms: null,
    duration_ms: duration,
    answered_at: new Date().toISOString(),
  };
}

/** Ids with a time in seconds and little chance: among thousands of runs two may meet. */
export function distinctIds(draw: () => string): () => string {
  let second = '';
  const drawn = new Set<string>();
  return () => {
    let id = draw();
    while (drawn.has(id)) id = draw();
    const stamp = id.slice(0, STAMP);
    if (stamp !== second) drawn.clear();
    second = stamp;
    drawn.add(id);
    return id;
  };
}

/** Characters of date and time at the beginning of a run's id. */
const STAMP = 15;
