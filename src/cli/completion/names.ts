import type { CliContext } from '../context.js';
import type { Candidate, NameSource } from './candidates.js';

/** Runs that are offered at most; the newest ones. */
const RUNS = 50;

/** Names from the configuration, the kept model lists, templates and the store, each read only when it is asked for. */
export function nameSource({ env, cwd, home }: CliContext): NameSource {
  return async (kind, begun) => {
    switch (kind) {
      case 'run': {
        const { readHistory } = await import('../../app/history.js');
        const history = await readHistory({ env, home, onNote: () => {} });
        return history.ids(begun, RUNS).map(({ id, question }) => ({ text: id, about: question ?? '' }));
      }
      case 'template': {
        const { templateNames } = await import('../../config/templates/templates.js');
        return named(await templateNames({ env, cwd, home }));
      }
      default: {
        const { knownNames } = await import('../../app/models/known-names.js');
        const names = await knownNames(env, cwd, home);
        return named(kind === 'mixture' ? names.mixtures : kind === 'provider' ? names.providers : names.models());
      }
    }
  };
}

function named(names: readonly string[]): Candidate[] {
  return names.map((text) => ({ text, about: '' }));
}
