import type { SemanticRule } from '../../core/answer-cache.js';
import { priceOf } from '../../core/catalog.js';
import { callErrorInfo, isMomError, toMomError, wasRefused } from '../../core/error.js';
import { estimateTokens } from '../../core/estimate.js';
import { familyOf } from '../../core/model.js';
import { type CallRecord, NOT_MADE } from '../../core/run.js';
import type { Cost } from '../../core/usage.js';
import { type RunContext, stopReason } from '../context.js';
import { worstCase } from '../money/tariff.js';

/**
 * The place of a question in the space of an embedding model, as a call of the run. Null when the model can't tell it, or
 * there is no money for it, which is said and stops nothing.
 */
export async function placeQuestion(
  ctx: RunContext,
  { provider, model }: SemanticRule,
  question: string,
): Promise<readonly number[] | null> {
  const messages = [{ role: 'user' as const, content: question }];
  const prices = ctx.catalog.facts(provider, model)?.prices ?? null;
  const tariff = { model, prices, inputTokens: prices === null ? 0 : estimateTokens(messages), images: 0, outputTokens: 0 };
  // Not by `open` alone: what it refuses counts as money that the answer itself was kept from.
  const tab = ctx.purse.refuses(tariff) ?? ctx.purse.open(tariff);
  if (isMomError(tab)) {
    warnUnplaced(ctx, tab.message);
    return null;
  }
  const call = { id: 'e1', kind: 'embedding' as const, layer: 0, model, provider, family: familyOf(model), role: null };
  ctx.recorder.emit({ type: 'call.start', call, messages });
  const startedAt = ctx.recorder.elapsed();
  const end = (more: Partial<CallRecord>) => {
    tab.settle(more.cost_usd ?? null);
    const duration_ms = Math.round((ctx.recorder.elapsed() - startedAt) * 1_000) / 1_000;
    ctx.recorder.emit({ type: 'call.end', call: { ...call, ...NOTHING, duration_ms, ...more } });
  };
  try {
    const { vector, usage, cost } = await ctx.client.embed(provider, model, question, ctx.signal);
    const billed: Cost = cost.usd === null && prices ? { usd: priceOf(usage, prices), source: 'computed' } : cost;
    end({ status: 'answered', usage, cost_usd: billed.usd, cost_source: billed.source });
    return vector;
  } catch (reason) {
    const error = toMomError(reason);
    end({
      status: stopReason(ctx) ? 'cancelled' : 'failed',
      error: callErrorInfo(error),
      ...(wasRefused(error) ? FREE : prices && { cost_usd: worstCase(tariff), cost_source: 'estimated' }),
    });
    if (!stopReason(ctx)) warnUnplaced(ctx, error.message);
    return null;
  }
}

function warnUnplaced(ctx: RunContext, why: string): void {
  ctx.recorder.warn('embedding_failed', `the question could not be compared with those in the cache: ${why}`);
}

/** What is known of an embedding that has not come. */
const NOTHING = { ...NOT_MADE, attempts: 1, status: 'failed' } as const;

const FREE = { cost_usd: 0, cost_source: 'reported' } as const;
