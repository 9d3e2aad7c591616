import type { PreparedCatalog } from '../../client/models/catalog.js';
import { MADE_MIXTURES } from '../../config/mixture/builtin.js';
import { isMomError } from '../../core/error.js';
import type { Member, Mixture } from '../../core/mixture.js';
import { servedNames } from './served-names.js';
import type { ServedModel, Target } from './service.js';
import type { Targets } from './targets.js';

/** What a list of models waits for the providers' own lists, in milliseconds; those go on coming in. */
const LIST_WAIT = 2_000;

/** Everything that is served under a name of mom's own, the default mixture first. */
export async function servedModels(targets: Targets, catalog: PreparedCatalog): Promise<ServedModel[]> {
  const names = servedNames(targets.mixtures);
  const found = await Promise.all(names.map(async (id) => ({ id, target: await usable(targets, id) })));
  await learn(
    catalog,
    found.flatMap(({ target }) => (target ? answering(target.mixture) : [])),
  );
  return found.flatMap(({ id, target }) => (target || !isMade(id) ? [served(id, target, catalog)] : []));
}

/** One name, also of those that are not listed; null when nobody has it or it can't be asked. */
export async function servedModel(id: string, targets: Targets, catalog: PreparedCatalog): Promise<ServedModel | null> {
  const target = await usable(targets, id);
  if (target) await learn(catalog, answering(target.mixture));
  return target || (!isMade(id) && servedNames(targets.mixtures).includes(id)) ? served(id, target, catalog) : null;
}

/** A mixture that is made from what is there is not there without it. */
function isMade(id: string): boolean {
  return MADE_MIXTURES.some((made) => id === `mom/${made}`);
}

/** Null for a name that can't be asked now. */
async function usable(targets: Targets, id: string): Promise<Target | null> {
  try {
    return await targets.find(id, 'whole');
  } catch (error) {
    if (isMomError(error)) return null;
    throw error;
  }
}

function learn(catalog: PreparedCatalog, members: readonly Member[]): Promise<void> {
  return catalog.prepare(members, 'facts', AbortSignal.timeout(LIST_WAIT));
}

function served(id: string, target: Target | null, catalog: PreparedCatalog): ServedModel {
  const contexts = (target ? answering(target.mixture) : []).flatMap(
    ({ provider, model, context }) => context ?? catalog.facts(provider, model)?.context ?? [],
  );
  return { id, contextLength: contexts.length === 0 ? null : Math.min(...contexts) };
}

/** Everyone who reads the whole conversation: proposers and those who may write the answer. */
export function answering({ proposers, critics, single, strategy, rules, auto }: Mixture): Member[] {
  const alone = strategy === 'single' && single !== null;
  const writers = alone ? [single] : [...critics, ...(single ? [single] : []), ...rules.layers.aggregators];
  return [...proposers, ...writers, ...Object.values(auto.routes).flatMap(answering)];
}
