/** How a provider's wire differs: OpenRouter (cost in usage, error chunks in the stream) or plain OpenAI. */
export type Dialect = 'openrouter' | 'openai';

/** An OpenAI-compatible endpoint. */
export interface Provider {
  name: string;
  dialect: Dialect;
  /** With `/v1` or what stands in its place; no trailing slash. */
  baseUrl: string;
  /** Null: none is sent. */
  apiKey: string | null;
  /** False for local servers: no key is no error there. */
  needsKey: boolean;
  headers: Record<string, string>;
  extraBody: Record<string, unknown>;
  privacy: Privacy;
  /** OpenRouter: send HTTP-Referer and X-OpenRouter-Title. */
  attribution: boolean;
}

/** OpenRouter's routing by data policy. */
export interface Privacy {
  zdr?: boolean | undefined;
  data_collection?: 'allow' | 'deny' | undefined;
}

/** Sampling parameters of one call; undefined ones are not sent. */
export interface SamplingParams {
  temperature?: number | undefined;
  top_p?: number | undefined;
  seed?: number | undefined;
  max_tokens?: number | undefined;
  stop?: string | string[] | undefined;
  frequency_penalty?: number | undefined;
  presence_penalty?: number | undefined;
  reasoning_effort?: string | undefined;
  /** Ask for the probabilities of the answer's tokens. */
  logprobs?: boolean | undefined;
}

const FAMILY_TABLE: readonly [RegExp, string][] = [
  [/(^|\/)(gpt-?3|text-davinci)/i, 'gpt-3'],
  [/(^|\/)(gpt-?4|chatgpt-4)/i, 'gpt-4'],
  [/mixtral/i, 'mixtral'],
  [/(^|\/)(gpt|chatgpt|o\d)/i, 'openai'],
  [/claude/i, 'anthropic'],
  [/(gemini|gemma)/i, 'google'],
  [/(mistral|codestral|ministral|devstral)/i, 'mistral'],
  [/llama/i, 'meta'],
  [/(qwen|qwq)/i, 'qwen'],
  [/deepseek/i, 'deepseek'],
  [/grok/i, 'x-ai'],
  [/kimi/i, 'moonshotai'],
  [/(^|\/)glm/i, 'z-ai'],
  [/(^|\/)phi/i, 'microsoft'],
  [/command/i, 'cohere'],
];

/**
 * The family of a model id when the config does not say: a small table, else the vendor in the id without `~`.
 * Two models of one family tend to err alike, so they count as one voice.
 */
export function familyOf(model: string): string {
  const id = model.replace(/^~/, '');
  for (const [pattern, family] of FAMILY_TABLE) if (pattern.test(id)) return family;
  const slash = id.indexOf('/');
  return slash > 0 ? id.slice(0, slash) : id;
}
