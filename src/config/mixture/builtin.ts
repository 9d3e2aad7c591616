import type { Config, MixtureConfig } from '../schema/schema.js';

/** Every model id that mom brings along. OpenRouter's `~…-latest` ids always name the newest model of their line. */
const GPT = '~openai/gpt-latest';
const GPT_MINI = '~openai/gpt-mini-latest';
const SONNET = '~anthropic/claude-sonnet-latest';
const OPUS = '~anthropic/claude-opus-latest';
const GEMINI_PRO = '~google/gemini-pro-latest';
const GEMINI_FLASH = '~google/gemini-flash-latest';

export const BUILT_IN: Config & { mixtures: Record<string, MixtureConfig> } = {
  mixture: 'default',
  mixtures: {
    default: { proposers: [GPT, SONNET, GEMINI_PRO], critic: [OPUS, GPT] },
    fast: { proposers: [GPT_MINI, GEMINI_FLASH], critic: [SONNET, GEMINI_FLASH] },
    best: { proposers: [GPT, OPUS, GEMINI_PRO], critic: [OPUS, GPT] },
  },
  grace: 'auto',
  log: true,
  debug_requests: false,
};

/** Mixtures whose models depend on what is there: local servers, and the keys in the environment. */
export const MADE_MIXTURES = ['local', 'self'] as const;

export interface VendorModels {
  /** Sampled several times, and a voice beside other vendors. */
  main: string;
  critic: string;
  cheap: string;
}

/** What the default mixtures are made from without OpenRouter: ids of each vendor's own endpoint, in order of preference. */
export const VENDOR_MODELS: Readonly<Record<string, VendorModels>> = {
  openrouter: { main: OPUS, critic: OPUS, cheap: SONNET },
  anthropic: { main: 'claude-sonnet-4-6', critic: 'claude-opus-4-8', cheap: 'claude-haiku-4-5' },
  openai: { main: 'gpt-5.4', critic: 'gpt-5.5', cheap: 'gpt-5.4-mini' },
  google: { main: 'gemini-pro-latest', critic: 'gemini-pro-latest', cheap: 'gemini-flash-latest' },
};
