import type { LoadedConfig } from '../../config/load.js';
import type { SideRule } from '../../config/wishes.js';
import { MomError, toMomError } from '../../core/error.js';
import { readName } from './served-names.js';

/**
 * @param mixtures names of all mixtures
 * @throws MomError `config_invalid` for a rule whose model is an unknown name of mom's own
 */
export function checkSideRules(config: LoadedConfig, rules: readonly SideRule[], mixtures: readonly string[]): void {
  for (const [index, { model }] of rules.entries()) {
    try {
      readName(model, mixtures);
    } catch (error) {
      const { message, hint } = toMomError(error);
      const place = config.origin(['serve', 'side_requests', index, 'model']);
      throw new MomError('config_invalid', `${place}: serve.side_requests[${index}].model: ${message}`, { hint: hint ?? '', cause: error });
    }
  }
}
