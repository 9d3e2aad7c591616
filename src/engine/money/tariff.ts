import type { AnswerFormat } from '../../core/answer-format.js';
import { type Catalog, type Prices, priceOf } from '../../core/catalog.js';
import { countImages, estimateFormatTokens, estimateTokens, estimateToolTokens } from '../../core/estimate.js';
import type { Message } from '../../core/message.js';
import type { Member, Mixture } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { ToolOffer } from '../../core/tool.js';

/** What one call costs by the price list, as far as it can be said before it is made. */
export interface Tariff {
  model: string;
  /** Null where no price is known; nothing below it has been counted then. */
  prices: Prices | null;
  /** Estimated. */
  inputTokens: number;
  images: number;
  /** Output tokens that are expected at most: the least of what the stage asks for, what the mixture says and `max_tokens`. */
  outputTokens: number;
}

/** What is known of a call beside its messages and parameters. */
interface Expected {
  /** Tokens of answers that will stand in the prompt beside the messages. */
  more?: number;
  /** Output tokens where the stage asks for less than a whole answer; null: it asks for one. */
  output?: number | null;
  /** What the model is given; null: no tools. */
  tools?: ToolOffer | null;
  /** What form its answer must have; null: any. */
  format?: AnswerFormat | null;
}

export function tariffOf(
  catalog: Catalog,
  mixture: Mixture,
  member: Member,
  messages: readonly Message[],
  params: SamplingParams,
  { more = 0, output = null, tools = null, format = null }: Expected = {},
): Tariff {
  const { model } = member;
  const prices = catalog.facts(member.provider, model)?.prices ?? null;
  const outputTokens = Math.min(output ?? Infinity, params.max_tokens ?? Infinity, mixture.expectedOutput);
  if (prices === null) return { model, prices, inputTokens: 0, images: 0, outputTokens };
  const inputTokens = estimateTokens(messages) + estimateToolTokens(tools) + estimateFormatTokens(format) + more;
  return { model, prices, inputTokens, images: countImages(messages), outputTokens };
}

/** US dollars at most for a call with this much output, all of it at the dearer of text and reasoning; null where no price is known. */
export function worstCase(tariff: Tariff, outputTokens = tariff.outputTokens): number | null {
  const { prices, inputTokens, images } = tariff;
  if (prices === null) return null;
  return inputTokens * prices.input + outputTokens * outputPrice(prices) + prices.request + images * prices.image;
}

/** US dollars for what came: the input as estimated, text and reasoning at their prices. */
export function priceOfOutput(tariff: Tariff, textTokens: number, reasoningTokens: number): number | null {
  const { prices, inputTokens, images } = tariff;
  if (prices === null) return null;
  const usage = {
    input_tokens: inputTokens,
    output_tokens: textTokens + reasoningTokens,
    reasoning_tokens: reasoningTokens,
    cached_input_tokens: 0,
  };
  return priceOf(usage, prices, images);
}

/** True for a model whose price is known to be nothing. */
export function isFree({ prices }: Tariff): boolean {
  return prices !== null && prices.input === 0 && outputPrice(prices) === 0 && prices.request === 0 && prices.image === 0;
}

/** US dollars for a token of output, whichever kind it is. */
function outputPrice(prices: Prices): number {
  return Math.max(prices.output, prices.reasoning ?? 0);
}
