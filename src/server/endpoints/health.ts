import type { Context } from 'hono';
import { MomError } from '../../core/error.js';
import type { GatewayEnv } from '../context.js';
import { errorBody } from '../errors.js';
import { COME_BACK } from '../limits.js';
import { answerJson } from './json.js';

/** The process is there. */
export function health(): Response {
  return answerJson({ status: 'ok' });
}

/** Whether a request would be answered now; asks no provider. */
export async function readiness(c: Context<GatewayEnv>, isStopping: boolean): Promise<Response> {
  const reason = isStopping ? new MomError('overloaded', 'mom is stopping') : await c.get('scope').lease.service.unready();
  if (reason === null) return answerJson({ status: 'ready' });
  return answerJson({ status: 'not ready', ...errorBody(reason) }, 503, { 'retry-after': String(COME_BACK.stopping / 1_000) });
}
