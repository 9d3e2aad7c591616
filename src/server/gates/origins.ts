import { ApiError } from '../errors.js';
import { PREFLIGHT_AGE } from '../limits.js';

/** What a page may read of an answer, beside what browsers always show. */
const EXPOSED = 'x-request-id, x-mom-run, x-mom-status, x-mom-cost-usd, retry-after, x-should-retry';

/** Names of header fields, as a preflight lists them. */
const FIELDS = /^[a-z0-9-]+(\s*,\s*[a-z0-9-]+)*$/i;

/**
 * Web pages ask only where their origin is named; programs send none.
 * @returns header fields for the answer
 * @throws ApiError 403
 */
export function checkOrigin(origin: string | undefined, named: readonly string[]): Record<string, string> {
  if (origin === undefined) return named.length > 0 ? { vary: 'origin' } : {};
  if (origin === 'null' || !named.includes(origin)) {
    throw new ApiError('forbidden', `web pages of ${JSON.stringify(origin.slice(0, 200))} may not use this gateway`, {
      hint: origin === 'null' ? 'open the page from a server of its own' : 'name the origin in serve.cors_origins',
    });
  }
  return { vary: 'origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
}

/** The answer to a browser that asks whether a page may ask; its origin has been let in. */
export function preflight(header: (name: string) => string | undefined, allow: string): Record<string, string> {
  const fields = header('access-control-request-headers') ?? '';
  return {
    'access-control-allow-methods': allow,
    ...(FIELDS.test(fields) && { 'access-control-allow-headers': fields }),
    ...(header('access-control-request-private-network') === 'true' && { 'access-control-allow-private-network': 'true' }),
    'access-control-max-age': String(PREFLIGHT_AGE),
  };
}
