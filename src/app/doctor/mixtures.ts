import type { LoadedConfig } from '../../config/load.js';
import { MADE_MIXTURES } from '../../config/mixture/builtin.js';
import { mixtureNames } from '../../config/mixture/recipe.js';
import { resolveMixture } from '../../config/mixture/resolve.js';
import { isMomError, type MomError } from '../../core/error.js';
import { answerersOf, type Member, type Mixture, membersOf } from '../../core/mixture.js';
import { idList, writtenId } from '../models/model-id.js';
import { type Check, ofError, ok } from './check.js';

export interface ExaminedMixture {
  isDefault: boolean;
  mixture: Mixture;
}

/** A model that some mixture may ask. */
export interface UsedModel {
  provider: string;
  model: string;
  /** As it is written behind `-m`. */
  id: string;
  /** The mixture that a question goes to when none is named asks it. */
  byDefault: boolean;
}

/** Every mixture that can be run with the keys that are there, and the reason of each that can't. */
export async function examineMixtures(config: LoadedConfig, sandbox: boolean) {
  const standard = config.values.mixture ?? 'default';
  const names = [...new Set([standard, ...mixtureNames(config)])];
  const found = await Promise.all(names.map((name) => tryMixture(config, name, name === standard, sandbox)));
  const mixtures = found.flatMap((each) => ('mixture' in each ? [each] : []));
  const broken = found.flatMap((each) => ('error' in each && !isNothingThere(each, config) ? [each] : []));
  return { checks: [...brokenChecks(broken), ...mixtures.map(soundCheck)], mixtures };
}

type Sound = ExaminedMixture & { remarks: string };

interface Broken {
  name: string;
  isDefault: boolean;
  error: MomError;
}

async function tryMixture(config: LoadedConfig, name: string, isDefault: boolean, sandbox: boolean): Promise<Sound | Broken> {
  try {
    // Without a name the default one is meant, whose place in the configuration is then told.
    const { mixture, warnings } = await resolveMixture(config, { ...(isDefault ? {} : { mixture: name }), sandbox });
    return { mixture, isDefault, remarks: warnings.map(({ message }) => `; ${message}`).join('') };
  } catch (error) {
    if (isMomError(error)) return { name, isDefault, error };
    throw error;
  }
}

/** It is made from what is there, so that nothing is wrong where nothing is there. */
function isNothingThere({ name, isDefault }: Broken, { values }: LoadedConfig): boolean {
  return !isDefault && (MADE_MIXTURES as readonly string[]).includes(name) && values.mixtures?.[name] === undefined;
}

/** One check for each reason. */
function brokenChecks(broken: readonly Broken[]): Check[] {
  const reasons = [...new Set(broken.map(({ error }) => error.message))];
  return reasons.map((message) => {
    const those = broken.filter(({ error }) => error.message === message);
    const names = those.map(({ name, isDefault }) => title(name, isDefault)).join(', ');
    const verdict = those.some(({ isDefault }) => isDefault) ? 'fail' : 'warn';
    const { hint = null } = those[0]?.error ?? {};
    return ofError('mixture', verdict, { message: `${mixtures(those.length)} ${names} can't be run: ${message}`, hint });
  });
}

function soundCheck({ mixture, isDefault, remarks }: Sound): Check {
  const { name, strategy, critics } = mixture;
  const ids = (members: readonly Member[]) => idList(members.map(({ provider, model }) => writtenId(provider, model)));
  const writers = critics.length === 0 ? '' : `; merged by ${ids(critics)}`;
  return ok('mixture', `mixture ${title(name, isDefault)}, ${strategy}: ${ids(answerersOf(mixture))}${writers}${remarks}`);
}

function title(name: string, isDefault: boolean): string {
  return `'${name}'${isDefault ? ' (the default one)' : ''}`;
}

function mixtures(count: number): string {
  return count === 1 ? 'mixture' : 'mixtures';
}

/** Each model once. */
export function usedModels(mixtures: readonly ExaminedMixture[]): UsedModel[] {
  const used = new Map<string, UsedModel>();
  for (const { mixture, isDefault } of mixtures) {
    for (const { provider, model } of membersOf(mixture)) {
      const id = writtenId(provider, model);
      used.set(id, { provider, model, id, byDefault: isDefault || (used.get(id)?.byDefault ?? false) });
    }
  }
  return [...used.values()];
}
