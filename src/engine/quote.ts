import { type Catalog, type Prices, priceOf } from '../core/catalog.js';
import {
  countImages,
  ESTIMATE_ERROR,
  estimateFormatTokens,
  estimateTextTokens,
  estimateTokens,
  estimateToolTokens,
  IMAGE_TOKENS,
} from '../core/estimate.js';
import { LINE_TOKENS } from '../core/limits.js';
import type { Message } from '../core/message.js';
import type { Plan } from '../core/plan.js';
import type { Bounds, PlannedCall, Quote, QuotedCall } from '../core/quote.js';
import type { CallRecord, RunRequest } from '../core/run.js';
import { inRole } from './call/role.js';
import { conformCalls } from './format/conform.js';
import { keptProposal } from './panel/kept.js';
import { answerLimits, sendsProposals } from './panel/verbatim.js';
import { planned } from './planned.js';
import { refineCalls } from './review/refine.js';
import { verifyCalls } from './review/verify.js';
import { strategies } from './strategies/index.js';
import { proposerMessages, toolsOfWriter } from './tools/conversation.js';

/** Tokens of what mom itself writes into a prompt that reads others' answers or is no plain question, at most. */
export const MOST_OWN_TOKENS = 1_500;

/** Tokens of one image: OpenAI's small pictures, and what OpenAI and Anthropic make of large ones at most, with room above. */
const IMAGE_BOUNDS: Bounds = { low: 85, high: 2_000 };

/** Tokens of the marks around one answer in a prompt, at most. */
const MARKS_TOKENS = 80;

/**
 * What a plan would cost when nothing fails, call by call and in total. Calls made again and fallbacks are not in it, nor what is saved
 * where proposals are identical and nobody has to merge them.
 * From below: every answer a single token, every prompt read from the provider's cache where that is cheaper. From above: every answer
 * as long as its limit, else as long as the mixture expects; tokens by the local estimate with its error to either side.
 * A kept proposal costs nothing.
 */
export function quote(plan: Plan, request: RunRequest, catalog: Catalog): Quote {
  const calls = plannedCalls(plan, request);
  const longest = Math.max(0, ...calls.filter((call) => call.output === null).map((call) => longestAnswer(call, plan, request)));
  const quoted = calls.map((call) => quoteCall(call, { plan, request, catalog, longest }));
  const unpriced = quoted.filter((call) => call.usd === null).map((call) => call.member.model);
  return {
    calls: quoted,
    usd: total(quoted),
    unpriced: [...new Set(unpriced)],
    listed_at: oldest(quoted.flatMap(({ usd, kept, member }) => (usd === null || kept ? [] : [catalog.listedAt(member.provider)]))),
  };
}

function total(calls: readonly QuotedCall[]): Bounds | null {
  const bounds: Bounds = { low: 0, high: 0 };
  for (const { usd, certain } of calls) {
    if (usd === null) return null;
    if (certain) bounds.low += usd.low;
    bounds.high += usd.high;
  }
  return bounds;
}

/** The least of ISO 8601 dates; null where there is none. */
function oldest(dates: readonly (string | null)[]): string | null {
  const known = dates.filter((date) => date !== null);
  return known.length === 0 ? null : known.reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a));
}

function plannedCalls(plan: Plan, request: RunRequest): PlannedCall[] {
  const { classifier, strategy, mixture } = plan;
  return [
    ...(classifier ? [planned(classifier, { kind: 'router', layer: 0, output: LINE_TOKENS })] : []),
    ...strategies[strategy].calls(plan).map((call) => (isOpen(call, plan, request) ? { ...call, certain: false } : call)),
    ...(mixture.refine > 0 ? refineCalls(plan) : []),
    ...(mixture.verify ? verifyCalls(plan, mixture.verify) : []),
    ...(request.format ? conformCalls(plan) : []),
  ];
}

/** What is kept may settle the outcome before anybody else is asked. */
function isOpen(call: PlannedCall, { strategy }: Plan, request: RunRequest): boolean {
  return (strategy === 'vote' || strategy === 'cascade') && (request.kept ?? []).length > 0 && keptAnswer(call, request) === null;
}

/** The answer that an earlier run has to the question itself; what later layers and rounds are asked is never the same. */
function keptAnswer(call: PlannedCall, request: RunRequest): CallRecord | null {
  return call.id === call.member.id ? keptProposal(request, call) : null;
}

/** Output tokens of an answer at most, also of one that is there already. */
function longestAnswer(call: PlannedCall, plan: Plan, request: RunRequest): number {
  const kept = keptAnswer(call, request);
  return kept ? Math.ceil(estimateTextTokens(kept.text ?? '') / (1 - ESTIMATE_ERROR)) : mostOutput(call, plan, request);
}

const NOTHING: Bounds = { low: 0, high: 0 };
const KEPT = { input_tokens: NOTHING, output_tokens: NOTHING, usd: NOTHING, kept: true } as const;

interface Question {
  plan: Plan;
  request: RunRequest;
  catalog: Catalog;
  /** Output tokens of the longest whole answer there may be, which others may read. */
  longest: number;
}

function quoteCall(call: PlannedCall, question: Question): QuotedCall {
  if (keptAnswer(call, question.request)) return { ...call, ...KEPT };
  const { provider, model } = call.member;
  const input_tokens = inputOf(call, question);
  // A place in the space of an embedding model has no tokens.
  const output_tokens =
    call.kind === 'embedding' ? { low: 0, high: 0 } : { low: 1, high: mostOutput(call, question.plan, question.request) };
  const prices = question.catalog.facts(provider, model)?.prices ?? null;
  const images = countImages(question.request.messages);
  return { ...call, input_tokens, output_tokens, usd: prices && dollars(prices, input_tokens, output_tokens, images) };
}

/** Tokens of the conversation in the member's role, and of the answers of others that its prompt holds. */
function inputOf({ kind, member, layer, reads }: PlannedCall, { plan, request, longest }: Question): Bounds {
  const run = { plan, request };
  const tools = kind === 'critic' ? toolsOfWriter(run) : null;
  const isFirst = kind === 'proposer' && layer === 1;
  const conversation = tokenBounds(isFirst ? proposerMessages(run, member) : inRole(member, request.messages), estimateToolTokens(tools));
  const answers = kind === 'proposer' || kind === 'critic';
  // The form is in the prompt of whoever must keep to it, and a second time where it is repaired.
  const form = Math.ceil(estimateFormatTokens(request.format) / (1 - ESTIMATE_ERROR));
  const isQuestionAlone = answers && reads.most === 0 && !plan.goesOn;
  return {
    // A judge, verifier or classifier may see a part of the conversation only.
    low: (answers ? conversation.low : 1) + reads.least,
    high: conversation.high + form + (isQuestionAlone ? 0 : MOST_OWN_TOKENS + form) + reads.most * (longest + MARKS_TOKENS),
  };
}

/** An estimate that is off by a share of the true count means a true count between these two. */
function tokenBounds(messages: readonly Message[], toolTokens: number): Bounds {
  const images = countImages(messages);
  const text = estimateTokens(messages) - images * IMAGE_TOKENS + toolTokens;
  return {
    low: Math.floor(text / (1 + ESTIMATE_ERROR)) + images * IMAGE_BOUNDS.low,
    high: Math.ceil(text / (1 - ESTIMATE_ERROR)) + images * IMAGE_BOUNDS.high,
  };
}

function mostOutput({ id, kind, member, output }: PlannedCall, { mixture, strategy }: Plan, request: RunRequest): number {
  // A review by a proposer has an id of its own.
  const mayBeAnswer = kind === 'proposer' && id === member.id && sendsProposals(strategy);
  const params = {
    ...member.params,
    ...request.params,
    ...(kind === 'critic' ? request.writerParams : mayBeAnswer ? answerLimits(request) : {}),
  };
  return output === null ? (params.max_tokens ?? mixture.expectedOutput) : Math.min(output, mixture.expectedOutput);
}

/** Input is never cheaper than all of it from the cache, and output never dearer than the dearer of text and reasoning. */
function dollars(prices: Prices, input: Bounds, output: Bounds, images: number): Bounds {
  const cached = prices.cachedInput ?? prices.input;
  const reasoning = prices.reasoning ?? prices.output;
  const price = (bound: keyof Bounds, isCached: boolean, isReasoning: boolean) =>
    priceOf(
      {
        input_tokens: input[bound],
        cached_input_tokens: isCached ? input[bound] : 0,
        output_tokens: output[bound],
        reasoning_tokens: isReasoning ? output[bound] : 0,
      },
      prices,
      images,
    );
  return {
    low: price('low', cached < prices.input, reasoning < prices.output),
    high: price('high', cached > prices.input, reasoning > prices.output),
  };
}
