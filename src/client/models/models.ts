import type { ModelFacts } from '../../core/catalog.js';
import { type ErrorCode, toMomError } from '../../core/error.js';
import { PRICE_LIST } from '../../core/limits.js';
import type { Provider } from '../../core/model.js';
import { isRecord } from '../../core/record.js';
import type { WireDialect } from '../dialects/dialect.js';
import { cleanText, codeOf, readComplaint } from '../failing/errors.js';
import { type JsonContext, type JsonResponse, jsonCall } from '../http/json-call.js';

/** What a provider told of its models, or, in words for the user, why it did not; without a code, because it can't. */
export type Told<T> = { told: T } | Untold;

interface Untold {
  failed: string;
  code?: ErrorCode;
}

/** Where facts about models come from. Nothing throws; a time limit holds for each question. */
export interface ModelSource {
  /** Every model on the provider's list that can be read. */
  fetchList(provider: Provider, signal: AbortSignal): Promise<Told<ModelFacts[]>>;
  /** One model, also one that the list lacks: an alias, a variant. Null: the provider has no such model. */
  fetchModel(provider: Provider, model: string, signal: AbortSignal): Promise<Told<ModelFacts | null>>;
}

export function createModelSource(context: JsonContext, dialectOf: (provider: Provider) => WireDialect): ModelSource {
  async function get(provider: Provider, path: string, about: string, signal: AbortSignal): Promise<JsonResponse | Untold> {
    try {
      return await jsonCall(context, { provider, dialect: dialectOf(provider), about, path, body: null, limit: PRICE_LIST.wait, signal });
    } catch (error) {
      const { message, code } = toMomError(error);
      return { failed: message, code };
    }
  }

  return {
    async fetchList(provider, signal) {
      const response = await get(provider, '/models', 'its model list', signal);
      if ('failed' in response) return response;
      if (response.status !== 200) return refusal(provider, 'its model list', response);
      const data = isRecord(response.value) ? response.value.data : null;
      if (!Array.isArray(data)) return { failed: `${provider.name} sent something that is no model list`, code: 'bad_response' };
      const facts = data.map(dialectOf(provider).models.facts).filter((entry) => entry !== null);
      return facts.length === 0 ? { failed: `${provider.name} sent a model list without a model`, code: 'bad_response' } : { told: facts };
    },

    async fetchModel(provider, model, signal) {
      const { models, modelId } = dialectOf(provider);
      if (models.path === null) return { failed: `${provider.name} tells nothing of single models` };
      const response = await get(provider, models.path(modelId(model)), model, signal);
      if ('failed' in response) return response;
      // A page that is not there and a model that is not there have one status; only the latter has the API's own words.
      if (response.status === 404 && isRecord(response.value) && isRecord(response.value.error)) return { told: null };
      if (response.status !== 200) return refusal(provider, model, response);
      const facts = models.facts(isRecord(response.value) ? response.value.data : null);
      return facts ? { told: { ...facts, id: model } } : { failed: `${provider.name} sent something that is no model for ${model}` };
    },
  };
}

function refusal(provider: Provider, about: string, { status, value }: JsonResponse): Untold {
  const said = readComplaint(value, status)?.message;
  const reason = said === undefined ? '' : `: ${cleanText(said, provider)}`;
  return {
    failed: `${provider.name} failed for ${about} (${status})${reason}`,
    code: codeOf({ status, message: said ?? '', param: null }),
  };
}
