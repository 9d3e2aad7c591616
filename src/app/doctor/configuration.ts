import { type ConfigFile, type LoadedConfig, type LoadOptions, loadConfig, searchPlaces } from '../../config/load.js';
import { mixtureNames } from '../../config/mixture/recipe.js';
import { checkMixtures } from '../../config/mixture/resolve.js';
import { sideRulesOf } from '../../config/serve/side-requests.js';
import { isMomError, type MomError } from '../../core/error.js';
import { checkSideRules } from '../service/side-rules.js';
import { type Check, ofError, ok, warn } from './check.js';

export interface ExaminedConfig {
  checks: Check[];
  /** What is in force, or would be without the files that are wrong. */
  config: LoadedConfig;
}

/** Which files are left out, from none to all. */
const TRIES: readonly (readonly ConfigFile['kind'][])[] = [[], ['user'], ['project'], ['user', 'project'], ['user', 'project', 'named']];

/** Files found, valid and trusted. A wrong one is told, and what follows is looked at without it. */
export async function examineConfig(options: Omit<LoadOptions, 'overrides' | 'without'>): Promise<ExaminedConfig> {
  const errors: MomError[] = [];
  for (const without of TRIES) {
    try {
      const config = await loadConfig({ ...options, overrides: [], without });
      const broken = errors.map((error) => ofError('config', 'fail', error));
      const rest = without.length === 0 ? [] : [warn('config', `everything below is without the ${without.join(' and the ')} file`, null)];
      return { checks: [...broken, ...rest, ...(await fileChecks(config, options)), ...contentChecks(config)], config };
    } catch (error) {
      if (!isMomError(error)) throw error;
      if (!errors.some(({ message }) => message === error.message)) errors.push(error);
    }
  }
  throw errors[0] as MomError;
}

async function fileChecks(config: LoadedConfig, options: Omit<LoadOptions, 'overrides' | 'without'>): Promise<Check[]> {
  if (config.files.length > 0) return config.files.map(fileCheck);
  return [ok('config', `no file in force (looked for ${searchPlaces(options).user} and a project's): the built-in configuration`)];
}

function fileCheck({ kind, path, trusted }: ConfigFile): Check {
  const trust = kind !== 'project' ? '' : trusted ? '; trusted' : '; not trusted, and sets nothing that needs it';
  return ok('config', `${kind} file ${path} is valid${trust}`);
}

/** What only shows when the files are one. */
function contentChecks(config: LoadedConfig): Check[] {
  const checks = [() => checkMixtures(config), () => checkSideRules(config, sideRulesOf(config), mixtureNames(config))];
  const seen = new Set<string>();
  return checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (!isMomError(error)) throw error;
      if (seen.has(error.message)) return [];
      seen.add(error.message);
      return [ofError('config', 'fail', error)];
    }
  });
}
