import type { ProviderClient } from '../../client/index.js';
import type { PreparedCatalog } from '../../client/models/catalog.js';
import { unlockKeys } from '../../config/keys/unlock.js';
import type { LoadedConfig } from '../../config/load.js';
import { splitModel } from '../../config/mixture/members.js';
import { requireKey, resolveProvider } from '../../config/providers/provider.js';
import type { Budget, Reservation } from '../../core/budget.js';
import { priceOf } from '../../core/catalog.js';
import { isMomError, MomError, wasRefused } from '../../core/error.js';
import { estimateTextTokens } from '../../core/estimate.js';
import type { Provider } from '../../core/model.js';
import { dollars } from '../../engine/money/purse.js';
import type { ForwardedEmbeddings } from './service.js';

export interface EmbeddingDeps {
  config: LoadedConfig;
  catalog: PreparedCatalog;
  client: Pick<ProviderClient, 'forwardEmbeddings'>;
  providers: ReadonlyMap<string, Provider>;
  /** What all runs share. */
  budgets: readonly Budget[];
}

/**
 * Passes a request for embeddings on to its provider, within all budgets.
 * @throws MomError as a call does, `cost_cap`, `model_unknown` for one of mom's own names
 */
export async function forwardEmbeddings(
  deps: EmbeddingDeps,
  request: Record<string, unknown>,
  shared: readonly Budget[],
  signal: AbortSignal,
): Promise<ForwardedEmbeddings> {
  const { provider, model } = await whoIsAsked(deps, request.model);
  const budgets = [...deps.budgets, ...shared];
  if (budgets.length > 0) await deps.catalog.prepare([{ provider, model }], 'prices', signal);
  const prices = deps.catalog.facts(provider, model)?.prices ?? null;
  const worst = prices && inputTokens(request.input) * prices.input + prices.request;
  if (worst === null) refuseUnknownPrice(deps.config, budgets, model);
  const settle = reserve(budgets, worst, model);
  try {
    const { body, usage, cost } = await deps.client.forwardEmbeddings(provider, { ...request, model }, signal);
    const costUsd = cost.usd ?? (prices && usage.input_tokens > 0 ? priceOf(usage, prices) : worst);
    settle(costUsd ?? 0);
    return { body, costUsd };
  } catch (error) {
    settle(isMomError(error) && wasRefused(error) ? 0 : (worst ?? 0));
    throw error;
  }
}

/** @throws MomError `model_unknown`, `key_missing`, `config_invalid` */
async function whoIsAsked({ config, providers }: EmbeddingDeps, written: unknown): Promise<{ provider: string; model: string }> {
  if (typeof written !== 'string' || written === '' || /^mom([/:]|$)/.test(written)) {
    throw new MomError('model_unknown', `there is no embedding model '${String(written)}'`, {
      hint: 'name one of a provider: an id, or provider:id; mixtures make no embeddings',
    });
  }
  const asked = splitModel(config, written, undefined, ['model']);
  // One that is missing here says why.
  const provider = providers.get(asked.provider) ?? resolveProvider(config, asked.provider);
  requireKey(config, provider);
  await unlockKeys(config, [provider]);
  return asked;
}

/** Of a text, a list of texts, tokens, or lists of tokens. */
function inputTokens(input: unknown): number {
  if (typeof input === 'string') return estimateTextTokens(input);
  if (!Array.isArray(input)) return 0;
  return input.reduce<number>((sum, item) => sum + (typeof item === 'number' ? 1 : inputTokens(item)), 0);
}

/** @throws MomError `cost_cap`: a call of unknown price could cost anything */
function refuseUnknownPrice(config: LoadedConfig, [budget]: readonly Budget[], model: string): void {
  if (budget === undefined || config.values.allow_unknown_price === true) return;
  throw new MomError('cost_cap', `the price of ${model} is not known, so ${budget.name} can't be held`, {
    hint: 'give the price under pricing: in the config, or let unknown prices pass with allow_unknown_price: true',
  });
}

/**
 * Sets `usd` (null: unknown) aside in every budget; the returned function says what it was in the end.
 * @throws MomError `cost_cap`
 */
function reserve(budgets: readonly Budget[], usd: number | null, model: string): (usd: number) => void {
  const reservations: Reservation[] = [];
  const settle = (cost: number) => {
    for (const reservation of reservations) reservation.settle(cost);
  };
  for (const budget of budgets) {
    const left = budget.left();
    const reservation = usd === null && left <= 0 ? null : budget.reserve(usd ?? 0);
    if (reservation === null) {
      settle(0);
      const message =
        left <= 0
          ? `${budget.name} is used up`
          : `${model} may cost ${dollars(usd ?? 0)}, but only ${dollars(left)} is left of ${budget.name}`;
      throw new MomError('cost_cap', message, { hint: budget.hint });
    }
    reservations.push(reservation);
  }
  return settle;
}
