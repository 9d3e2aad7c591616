import type { Context } from 'hono';
import { ApiError } from '../errors.js';

/** A path that nobody knows, with what its client most likely got wrong. */
export function nothingHere(c: Context): never {
  throw new ApiError('not_found', 'there is nothing at this path', { hint: hintFor(c.req.path) });
}

function hintFor(path: string): string {
  if (/\/(chat\/completions|embeddings|models)$/.test(path)) return 'the base URL ends with /v1, which must stand in it once';
  if (/\/(responses|messages|completions)$/.test(path)) return 'mom speaks the chat completions API: set the client to that';
  return 'what can be asked is under /v1, such as /v1/models';
}
