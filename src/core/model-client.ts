import type { AnswerFormat } from './answer-format.js';
import type { CallErrorInfo } from './error.js';
import type { Timeouts } from './limits.js';
import type { Message } from './message.js';
import type { Privacy, SamplingParams } from './model.js';
import type { ToolCall, ToolOffer } from './tool.js';
import type { Cost, Usage } from './usage.js';

/** The beginning of a prompt that a later call is likely to begin with too: worth a mark for the provider's prompt cache. */
export interface StablePrefix {
  /** Messages that belong to it. */
  messages: number;
  /** Characters of the last of them that belong to it, where its content is a text; null: all of it. */
  characters: number | null;
  /** Parts of the last of them that belong to it, where its content is a list; left out: all of them. */
  parts?: number;
}

/** One question to one model. */
export interface CallRequest {
  provider: string;
  model: string;
  messages: readonly Message[];
  params: SamplingParams;
  /** Tools that the model may call; null: none. */
  tools: ToolOffer | null;
  /** The form that its answer must have, told to the provider as well as it understands; null: any. */
  format: AnswerFormat | null;
  /** Null: no mark is set beside those that the client has set. */
  stable: StablePrefix | null;
  extraBody: Record<string, unknown>;
  privacy: Privacy;
  /** `run` is not looked at here. */
  timeouts: Timeouts;
  /** At most this many retries. */
  retries: number;
  /** A longer Retry-After than this (milliseconds) is not waited for; null: any that fits the call's limit. */
  maxRetryAfter: number | null;
  /** Asked before a retry once text has come: false when the text has been shown and can't be taken back. */
  canRestart: () => boolean;
  signal: AbortSignal;
}

/** What a call tells while it runs, in order. After `restart` everything before it is void. */
export type CallEvent =
  /** A request is about to leave; 1 for the first. */
  | { type: 'attempt'; attempt: number }
  /** The provider answered; its id of this generation, where it gives one. */
  | { type: 'open'; generationId: string | null }
  | { type: 'model'; resolvedModel: string }
  | { type: 'reasoning'; text: string }
  | { type: 'text'; text: string }
  /** More of a tool call that is being written: progress, and output that costs. */
  | { type: 'tool_delta'; text: string }
  /** A tool call, whole. They come in order after the text and before `finish`. */
  | { type: 'tool_call'; call: ToolCall }
  /** Natural logarithms of the probabilities of tokens of the text. */
  | { type: 'logprobs'; values: readonly number[] }
  | { type: 'usage'; usage: Usage; cost: Cost }
  /** An attempt failed, another follows after `delayMs`. */
  | { type: 'restart'; attempt: number; error: CallErrorInfo; delayMs: number }
  | { type: 'warning'; code: string; message: string }
  | { type: 'finish'; reason: string };

/** What a provider says afterwards of a call that was cut. */
export interface CallBill {
  usage: Usage;
  cost: Cost;
}

/** A text's place in the space of an embedding model. */
export interface Embedding {
  vector: readonly number[];
  usage: Usage;
  cost: Cost;
}

/**
 * The port to the providers. The iterator ends after `finish` (and `usage`, which may come after it), or throws a
 * MomError; a stream that ends without `finish` throws `stream_broken`. When `signal` aborts, it throws a MomError with
 * code `cancelled` and its connection is closed.
 */
export interface ModelClient {
  call(request: CallRequest): AsyncIterable<CallEvent>;
  /** The bill of a cut call, null where the provider does not tell. Never throws. */
  lookupBill(provider: string, generationId: string, signal: AbortSignal): Promise<CallBill | null>;
  /** @throws MomError when the provider or the model can't, or `signal` aborts */
  embed(provider: string, model: string, text: string, signal: AbortSignal): Promise<Embedding>;
}
