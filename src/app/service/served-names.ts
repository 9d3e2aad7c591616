import { nameHint } from '../../config/nearest.js';
import { MomError } from '../../core/error.js';
import { STRATEGIES, type StrategyName } from '../../core/mixture.js';

/** What a name asks for: a mixture (null: the default one) and a strategy (null: the mixture's own), or a provider's model. */
export type ServedName = { mixture: string | null; strategy: StrategyName | null } | { model: string };

/** Longer ids are nobody's. */
const MAX_ID = 256;

/**
 * Reads a name that a client asks for. What begins with `mom/` or `mom:` is never passed on.
 * @param mixtures names of all mixtures
 * @throws MomError `model_unknown`
 */
export function readName(name: string, mixtures: readonly string[]): ServedName {
  if (name === 'mom') return { mixture: null, strategy: null };
  if (name.startsWith('mom:')) return { mixture: null, strategy: readStrategy(name, 'mom', mixtures) };
  if (name.startsWith('mom/')) return readMixture(name, mixtures);
  if (name.trim() === '' || name.length > MAX_ID) throw unknownModel(name.slice(0, MAX_ID), servedNames(mixtures));
  return { model: name };
}

/** Every name of mom's own, the default mixture first. */
export function servedNames(mixtures: readonly string[]): string[] {
  return ['mom', ...mixtures.map((mixture) => `mom/${mixture}`), ...STRATEGIES.map((strategy) => `mom:${strategy}`)];
}

export function unknownModel(name: string, names: readonly string[]): MomError {
  return new MomError('model_unknown', `there is no model '${name}'`, { hint: nameHint(name, names) });
}

/** A mixture's name may hold colons; the whole of it counts before a part of it does. */
function readMixture(name: string, mixtures: readonly string[]): ServedName {
  const rest = name.slice('mom/'.length);
  if (mixtures.includes(rest)) return { mixture: rest, strategy: null };
  const colon = rest.lastIndexOf(':');
  const mixture = rest.slice(0, Math.max(colon, 0));
  if (!mixtures.includes(mixture)) throw unknownModel(name, servedNames(mixtures));
  return { mixture, strategy: readStrategy(name, `mom/${mixture}`, mixtures) };
}

function readStrategy(name: string, before: string, mixtures: readonly string[]): StrategyName {
  const asked = name.slice(before.length + 1);
  const strategy = STRATEGIES.find((known) => known === asked);
  if (strategy !== undefined) return strategy;
  const names = STRATEGIES.map((known) => `${before}:${known}`);
  throw unknownModel(name, before === 'mom' ? [...servedNames(mixtures).filter((own) => !names.includes(own)), ...names] : names);
}
