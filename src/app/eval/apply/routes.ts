import type { Edit } from '../../../config/files/edit-file.js';
import type { LoadedConfig } from '../../../config/load.js';
import type { MixtureConfig } from '../../../config/schema/schema.js';
import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalReport } from '../../../core/eval/report.js';
import type { RouteName } from '../../../core/mixture.js';
import { writtenId } from '../../models/model-id.js';

/** A mixture of the configuration that asks whom a recommendation names, and what has to be set for it. */
interface Target {
  name: string;
  recipe: MixtureConfig | null;
}

/**
 * What makes strategy `auto` follow the recommendations: a mixture for each recommended contestant, and the evaluated mixture's routes
 * to them. Nothing where there is no recommendation.
 */
export function routeEdits(report: Pick<EvalReport, 'recommendations'>, contestants: readonly Contestant[], config: LoadedConfig): Edit[] {
  const base = contestants.find(({ role }) => role === 'mixture')?.mixture?.name ?? config.values.mixture ?? 'default';
  const found = report.recommendations.flatMap(({ kind, contestant: name }) => {
    const contestant = contestants.find((each) => each.name === name);
    return contestant?.mixture ? [{ kind, contestant }] : [];
  });
  const [only] = found;
  if (only === undefined) return [];
  const path = ['mixtures', base];
  if (found.length === 1 && only.kind === null && only.contestant.role === 'mixture' && only.contestant.mixture?.name === base)
    return [{ path: [...path, 'strategy'], value: only.contestant.mixture.strategy }];
  const targets = found.map(({ kind, contestant }) => ({ route: routeOf(kind), target: targetOf(contestant, base, config) }));
  const named = new Set(found.map(({ kind }) => kind));
  return [
    ...distinct(targets.map(({ target }) => target)).map(({ name, recipe }) => ({ path: ['mixtures', name], value: recipe })),
    ...targets
      // What is found of the kind itself counts more than what holds for everything else.
      .filter((_, i) => !(found[i]?.kind === null && named.has('other')))
      .map(({ route, target }) => ({ path: [...path, 'auto', route], value: target.name })),
    { path: [...path, 'strategy'], value: 'auto' },
  ];
}

function routeOf(kind: EvalReport['recommendations'][number]['kind']): RouteName {
  return kind ?? 'other';
}

function targetOf({ role, mixture, samples }: Contestant, base: string, config: LoadedConfig): Target {
  if (mixture === null) throw new Error('a contestant without a mixture has no place in the configuration');
  if (role === 'mixture') {
    const { name, strategy } = mixture;
    const own = config.values.mixtures?.[name] ?? {};
    if (name !== base && own.strategy === strategy) return { name, recipe: null };
    const { auto: _, ...recipe } = own;
    return { name: `${name}-${strategy}`, recipe: { ...recipe, strategy } };
  }
  const [asked] = [mixture.single, ...mixture.proposers].filter((member) => member !== null);
  if (asked === undefined) throw new Error(`nobody is asked by ${mixture.name}`);
  const id = writtenId(asked.provider, asked.model);
  if (role === 'sampled') {
    return { name: `${slug(id)}-x${samples}`, recipe: { strategy: 'self', single: id, ...(samples === null ? {} : { samples }) } };
  }
  return { name: slug(id), recipe: { strategy: 'single', single: id } };
}

/** Letters that a mixture's name may have everywhere, also as `mom/<name>`. */
function slug(id: string): string {
  return id
    .replace(/^~/, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

function distinct(targets: readonly Target[]): Target[] {
  return [...new Map(targets.filter(({ recipe }) => recipe !== null).map((target) => [target.name, target])).values()];
}
