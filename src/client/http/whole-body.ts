import { callError } from '../failing/errors.js';
import type { HttpResponse } from './transport.js';

/** Bytes of a body that is read whole: errors and answers that were not streamed. */
const MAX_WHOLE_BODY = 32 * 1024 * 1024;

/** @throws Error when the connection breaks, or the body is beyond all bounds. */
export async function readWhole(response: HttpResponse): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.length;
    if (size > MAX_WHOLE_BODY) throw callError('bad_response', `a provider sent a body of more than ${MAX_WHOLE_BODY} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
