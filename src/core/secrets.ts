import { looksLikeKey } from './key-like.js';
import type { Provider } from './model.js';

/** Shorter ones are dummies such as `ollama`, which are also words of ordinary text. */
export const SHORTEST_SECRET = 8;

/** Other headers, such as an organisation or a title, are words that may stand in any answer. */
const SECRET_HEADER = /authorization|key|token|cookie|secret|password/i;
const SECRET_FIELD = /(?:authorization|key|token|secret|password)$/i;

/** What a provider is sent to show who asks: its key, headers, and fields of the body that look like one. */
export function providerSecrets({ apiKey, headers, extraBody }: Pick<Provider, 'apiKey' | 'headers' | 'extraBody'>): string[] {
  const sent = Object.entries(headers).flatMap(([name, value]) => (SECRET_HEADER.test(name) ? [value, ...credentialOf(value)] : []));
  return [...(apiKey ? [apiKey] : []), ...sent, ...secretFields(extraBody)].filter((secret) => secret.length >= SHORTEST_SECRET);
}

/** The forms in which a secret may come back: as it is, in JSON, in an address, in base64; the longest first. */
export function formsOf(secret: string): string[] {
  const whole = Buffer.from(secret).subarray(0, Buffer.byteLength(secret) - (Buffer.byteLength(secret) % 3));
  const forms = [secret, JSON.stringify(secret).slice(1, -1), encoded(secret), whole.toString('base64')];
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** `Bearer KEY` is also shown without its first word. */
function credentialOf(header: string): string[] {
  const [, credential] = /^\w+ +(\S+)$/.exec(header) ?? [];
  return credential === undefined ? [] : [credential];
}

function secretFields(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return SECRET_FIELD.test(name) && looksLikeKey(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => secretFields(item, Array.isArray(value) ? name : key));
}

/** Half of a pair has no place in an address. */
function encoded(secret: string): string {
  return encodeURIComponent(secret.replace(/\p{Cs}/gu, ''));
}
