import { type Catalog, NO_CATALOG, type Prices } from '../../src/core/catalog.js';

const FREE: Prices = { input: 0, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 };

/** A catalog that knows the prices of these models only; what is left out of a price is 0. */
export function priced(prices: Record<string, Partial<Prices>>): Catalog {
  return {
    ...NO_CATALOG,
    facts(_provider, model) {
      const known = prices[model];
      return known
        ? { id: model, context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: { ...FREE, ...known } }
        : null;
    },
  };
}
