import { expect, it } from 'vitest';
import { lookUp } from '../../../src/app/models/listed.js';
import type { PreparedCatalog } from '../../../src/client/models/catalog.js';
import { type ModelFacts, NO_CATALOG } from '../../../src/core/catalog.js';
import type { Provider } from '../../../src/core/model.js';

const OWN: Provider = {
  name: 'own',
  dialect: 'openai',
  baseUrl: 'http://127.0.0.1:9/v1',
  apiKey: null,
  needsKey: false,
  headers: {},
  extraBody: {},
  privacy: {},
  attribution: false,
};

const facts = (id: string): ModelFacts => ({
  id,
  context: null,
  maxOutput: null,
  images: null,
  parameters: null,
  expires: null,
  prices: null,
});

/** What is said of `model` by a provider of the plain OpenAI kind with this list; null: no list. */
function look(list: string[] | null, model: string) {
  const models = (list ?? []).map(facts);
  const catalog: PreparedCatalog = {
    ...NO_CATALOG,
    facts: (_provider, id) => models.find((known) => known.id === id) ?? null,
    refreshList: async () => null,
    listedAt: () => (list === null ? null : '2026-01-02T00:00:00.000Z'),
    listed: () => models,
    prepare: async () => {
      throw new Error('nobody is to be asked');
    },
    settle: async () => {},
  };
  return lookUp(catalog, OWN, { provider: 'own', model }, new AbortController().signal);
}

it.each([
  [['gpt-9', 'gpt-9-mini'], 'gpt-9', 'listed'],
  [['gpt-9', 'gpt-9-mini'], 'gpt-8', 'missing'],
  [['llama3.2:latest'], 'llama3.2', 'listed'],
  [['models/gemini-9-pro'], 'gemini-9-pro', 'listed'],
  [['claude-haiku-9-20260101'], 'claude-haiku-9', 'listed'],
  [['claude-haiku-9-20260101'], 'claude-haiku-latest', 'unknown'],
  [['openai/*'], 'openai/anything', 'listed'],
  [null, 'gpt-9', 'unknown'],
] as [string[] | null, string, string][])('with the list %j %s is %s', async (list, model, found) => {
  expect(await look(list, model)).toBe(found);
});
