import { isFree } from '../../app/models/model-filter.js';
import type { ModelList } from '../../app/models/model-list.js';
import type { Prices } from '../../core/catalog.js';
import { errorInfo } from '../../core/error.js';
import type { ShownModels } from './models.js';

/** What `mom models --json` prints; schemas/models.schema.json describes it. Dollars per million tokens. */
export function modelsJson({ mixtures, providers }: ShownModels, { error }: Pick<ModelList, 'error'>) {
  return {
    schema_version: 1,
    mixtures: mixtures.map(({ name, isDefault, strategy, proposers, critics, problem }) => ({
      name,
      default: isDefault,
      strategy,
      proposers,
      critics,
      problem,
    })),
    models: providers.flatMap(({ models }) =>
      models.map(({ id, provider, model, name = null, prices, context, modalities = null }) => ({
        id,
        provider,
        model,
        name,
        free: prices && isFree(prices),
        input_usd: prices && perMillion(prices.input),
        output_usd: prices && perMillion(prices.output),
        request_usd: prices === null ? null : prices.request,
        context,
        modalities,
      })),
    ),
    providers: providers.map(({ name, listedAt, failure }) => ({ name, listed_at: listedAt, error: failure })),
    error: error && errorInfo(error),
  };
}

/**
 * Mixtures and models for programs: a line each, fields separated by one tab, nothing cut. `model`, id, dollars per million
 * tokens in and out, tokens of context, what goes in and comes out (by commas), provider, name; `free` and `?` in place of
 * a number. `mixture`, name, strategy, models, critics (by commas), `default` or nothing, why it can't be run.
 */
export function modelsLines({ mixtures, providers }: ShownModels): string {
  const ofMixtures = mixtures.map(({ name, strategy, proposers, critics, isDefault, problem }) => [
    'mixture',
    name,
    strategy,
    proposers.join(','),
    critics.join(','),
    isDefault ? 'default' : '',
    problem ?? '',
  ]);
  const ofModels = providers.flatMap(({ models }) =>
    models.map(({ id, provider, prices, context, modalities, name = '' }) => [
      'model',
      id,
      ...(['input', 'output'] as const).map((kind) => price(prices, kind)),
      context === null ? '?' : String(context),
      modalities?.input.join(',') ?? '?',
      modalities?.output.join(',') ?? '?',
      provider,
      name,
    ]),
  );
  return [...ofMixtures, ...ofModels].map((fields) => `${fields.map(field).join('\t')}\n`).join('');
}

function price(prices: Prices | null, kind: 'input' | 'output'): string {
  if (prices === null) return '?';
  return isFree(prices) ? 'free' : String(perMillion(prices[kind]));
}

/** Without the dust of binary fractions. */
function perMillion(usdPerToken: number): number {
  return Number((usdPerToken * 1e6).toPrecision(12));
}

/** What would end a field or a line. */
function field(text: string): string {
  return text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' ');
}
