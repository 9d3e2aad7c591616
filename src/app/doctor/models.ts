import type { PreparedCatalog } from '../../client/models/catalog.js';
import type { Settings } from '../../config/wishes.js';
import { membersOf } from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';
import { lookUp } from '../models/listed.js';
import { writtenId } from '../models/model-id.js';
import { type Check, fail, ok, warn } from './check.js';
import type { ExaminedMixture, UsedModel } from './mixtures.js';

/** Whether the ids that mixtures name are there. Providers whose list did not come are told of apart. */
export async function examineModels(
  used: readonly UsedModel[],
  providers: readonly Provider[],
  catalog: PreparedCatalog,
  signal: AbortSignal,
): Promise<Check[]> {
  await catalog.prepare(used, 'facts', signal);
  const found = await Promise.all(
    used.map(async (asked) => {
      const provider = providers.find(({ name }) => name === asked.provider);
      return { asked, listing: await lookUp(catalog, provider, asked, signal) };
    }),
  );
  const missing = found.filter(({ listing }) => listing === 'missing').map(({ asked }) => missingCheck(asked, catalog));
  const listed = found.filter(({ listing }) => listing === 'listed');
  const unknown = found
    .filter(({ asked, listing }) => listing === 'unknown' && catalog.listedAt(asked.provider) !== null)
    .map(({ asked }) => asked.id);
  return [
    ...missing,
    ...(listed.length === 0
      ? []
      : [ok('model', `${countOf(listed.length, 'model')} of the mixtures ${listed.length === 1 ? 'is' : 'are'} there`)]),
    ...(unknown.length === 0 ? [] : [ok('model', `not known whether these are there: ${unknown.join(', ')}`)]),
  ];
}

function missingCheck({ provider, model, id, byDefault }: UsedModel, catalog: PreparedCatalog): Check {
  const nearest = catalog.nearest(provider, model, () => true);
  const fix = nearest === null ? '`mom models` lists what there is' : `did you mean ${writtenId(provider, nearest)}?`;
  return (byDefault ? fail : warn)('model', `${provider} has no model ${id}`, fix);
}

/** Whether a run that has to stay below a sum can know what it costs. */
export function examinePrices(mixtures: readonly ExaminedMixture[], { budget }: Settings, catalog: PreparedCatalog): Check[] {
  const hasBudget = budget.day !== null || budget.month !== null;
  const capped = mixtures.filter(({ mixture }) => !mixture.allowUnknownPrice && (hasBudget || mixture.maxCost?.setByUser === true));
  const checks = capped.flatMap(({ mixture, isDefault }) => {
    const members = membersOf(mixture).filter(({ provider, model }) => !catalog.facts(provider, model)?.prices);
    const ids = [...new Set(members.map(({ provider, model }) => writtenId(provider, model)))];
    if (ids.length === 0) return [];
    const message = `mixture '${mixture.name}' has to stay below a sum, but no price is known of ${ids.join(', ')}`;
    return [(isDefault ? fail : warn)('price', message, 'give it under pricing: in the config, or set allow_unknown_price: true')];
  });
  return checks.length > 0 || mixtures.length === 0 ? checks : [pricesKnown(mixtures, catalog)];
}

function pricesKnown(mixtures: readonly ExaminedMixture[], catalog: PreparedCatalog): Check {
  const members = new Map(
    mixtures.flatMap(({ mixture }) => membersOf(mixture)).map((member) => [writtenId(member.provider, member.model), member]),
  );
  const priced = [...members.values()].filter(({ provider, model }) => catalog.facts(provider, model)?.prices).length;
  return ok('price', `prices are known of ${priced} of ${countOf(members.size, 'model')}; no cap or budget needs more`);
}

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
