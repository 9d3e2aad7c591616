import { PRICE_LIST } from '../core/limits.js';
import type { Provider } from '../core/model.js';
import { isRecord } from '../core/record.js';
import type { WireDialect } from './dialects/dialect.js';
import { cleanText, readComplaint } from './failing/errors.js';
import { type JsonContext, jsonCall } from './http/json-call.js';

/** What a provider says of the key it is asked with; `leftUsd`: what may still be spent with it, null where nothing limits it. */
export type KeyState = { state: 'accepted'; leftUsd: number | null } | { state: 'refused'; message: string } | { state: 'unknown' };

/**
 * Asks a provider for its word on the key, where it has one: OpenRouter tells its models to anybody, so a list says
 * nothing of a key. Never throws.
 */
export async function checkKey(context: JsonContext, provider: Provider, dialect: WireDialect, signal: AbortSignal): Promise<KeyState> {
  if (dialect.keyPath === null || provider.apiKey === null) return { state: 'unknown' };
  try {
    const request = { provider, dialect, about: 'its word on the key', path: dialect.keyPath, body: null, limit: PRICE_LIST.wait, signal };
    const { status, value } = await jsonCall(context, request);
    if (status === 401 || status === 403) {
      const said = readComplaint(value, status)?.message;
      return { state: 'refused', message: said === undefined ? '' : cleanText(said, provider) };
    }
    const data = status === 200 && isRecord(value) && isRecord(value.data) ? value.data : null;
    if (data === null) return { state: 'unknown' };
    return { state: 'accepted', leftUsd: typeof data.limit_remaining === 'number' ? data.limit_remaining : null };
  } catch {
    // Whether the provider can be reached is told by its list.
    return { state: 'unknown' };
  }
}
