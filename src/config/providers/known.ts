import type { Dialect } from '../../core/model.js';

export interface KnownProvider {
  baseUrl: string;
  dialect: Dialect;
  /** Variables that may hold its key, in order of preference. Their value goes to `host` only. */
  keyVariables: readonly string[];
  /** Null for local servers, which need no key. */
  host: string | null;
}

/** The provider of a model id without a prefix. */
export const DEFAULT_PROVIDER = 'openrouter';

/** The providers that have a name in mom. */
export const KNOWN_PROVIDERS: Readonly<Record<string, KnownProvider>> = {
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    dialect: 'openrouter',
    keyVariables: ['OPENROUTER_API_KEY'],
    host: 'openrouter.ai',
  },
  openai: { baseUrl: 'https://api.openai.com/v1', dialect: 'openai', keyVariables: ['OPENAI_API_KEY'], host: 'api.openai.com' },
  anthropic: { baseUrl: 'https://api.anthropic.com/v1', dialect: 'openai', keyVariables: ['ANTHROPIC_API_KEY'], host: 'api.anthropic.com' },
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    dialect: 'openai',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    host: 'generativelanguage.googleapis.com',
  },
  ollama: { baseUrl: 'http://127.0.0.1:11434/v1', dialect: 'openai', keyVariables: [], host: null },
  lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1', dialect: 'openai', keyVariables: [], host: null },
};

/** The variables whose key may go to this address; none for a host that mom does not know, or without TLS. */
export function keyVariablesFor(url: URL): readonly string[] {
  if (url.protocol !== 'https:') return [];
  for (const known of Object.values(KNOWN_PROVIDERS)) {
    if (known.host !== null && (url.hostname === known.host || url.hostname.endsWith(`.${known.host}`))) return known.keyVariables;
  }
  return [];
}
