import { randomUUID } from 'node:crypto';
import { REQUEST_ID_LENGTH } from './limits.js';

/** The client's own id when it is a harmless word, else a new one. */
export function requestId(own: string | undefined): string {
  const isHarmless = own !== undefined && own.length <= REQUEST_ID_LENGTH && /^[\w.:~-]+$/.test(own);
  return isHarmless ? own : `req_${randomUUID().replaceAll('-', '')}`;
}
