import { isMomError, MomError } from '../../core/error.js';
import type { BreakerState } from '../../core/request-report.js';
import { answering } from './served-models.js';
import type { Targets } from './targets.js';

/** Why the default mixture can't answer now; null when it can. Asks no provider. */
export async function whyUnready(targets: Targets, breakers: readonly BreakerState[]): Promise<MomError | null> {
  try {
    const { mixture } = await targets.find('mom', 'whole');
    const open = new Set(breakers.filter(({ state }) => state === 'open').map(({ provider, model }) => `${provider}:${model}`));
    if (answering(mixture).some(({ provider, model }) => !open.has(`${provider}:${model}`))) return null;
    return new MomError('overloaded', `every model of mixture '${mixture.name}' has failed again and again and is left alone for now`, {
      hint: 'they are tried again by themselves; look at the log for the reasons',
    });
  } catch (error) {
    if (isMomError(error)) return error;
    throw error;
  }
}
