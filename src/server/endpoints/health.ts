import type { Context } from 'hono';
import { MomError } from '../../core/error.js';
import { createRedactor } from '../../observe/redact.js';
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
  const { service } = c.get('scope').lease;
  const reason = isStopping ? new MomError('overloaded', 'mom is stopping') : await service.unready();
  if (reason === null) return answerJson({ status: 'ready' });
  return answerJson({ status: 'not ready', ...errorBody(reason, createRedactor(service.secrets).clean) }, 503, {
    'retry-after': String(COME_BACK.stopping / 1_000),
  });
}
