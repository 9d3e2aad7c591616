import { readOrMakeServeKey } from '../../app/keys/serve-key.js';
import { openService } from '../../app/service/open-service.js';
import type { Service } from '../../app/service/service.js';
import { createSharedGuards } from '../../app/service/shared-guards.js';
import type { ServeKey } from '../../config/wishes.js';
import { errorLine, MomError } from '../../core/error.js';
import type { RequestLog } from '../../observe/request-log.js';
import type { CliContext } from '../context.js';
import { sandboxWish } from '../sandbox-wish.js';
import { worldOf } from '../world.js';
import { overridesOf, type ServeFlags } from './flags.js';
import type { OperatorLog } from './operator-log.js';

/** The name of the key that mom has made, in log and metrics and for `mom keys show`. */
const OWN_KEY = 'serve';

/** Makes the service that flags and configuration ask for, at the start and for every reload. @throws MomError */
export function serviceOpener(flags: ServeFlags, context: CliContext, log: OperatorLog, signal: AbortSignal): () => Promise<Service> {
  const guards = createSharedGuards();
  return async () => {
    const service = await openService({
      ...worldOf(context, flags),
      ...guards,
      overrides: await overridesOf(flags),
      ...(flags.mixture === undefined ? {} : { mixture: flags.mixture }),
      sandbox: sandboxWish(flags, context),
      signal,
      onNote: ({ message }) => log.warn(message),
      onKey: log.hide,
    });
    return flags.auth ? withOwnKey(service, context, log) : service;
  };
}

/**
 * `--auth`: the key that mom has made counts beside those of the configuration.
 * @throws MomError `config_invalid` when one of those has its name: budgets, log and metrics would take the two for one
 */
function withOwnKey(service: Service, { env, home }: CliContext, log: RequestLog): Service {
  if (service.settings.serve.keys.some(({ name }) => name === OWN_KEY)) {
    throw new MomError('config_invalid', `serve.keys has a key named '${OWN_KEY}', which is the name of the key of --auth`, {
      hint: 'give the one in the configuration another name, or leave --auth out',
    });
  }
  const { key, warnings } = readOrMakeServeKey(env, home);
  for (const { message } of warnings) log.warn(message);
  const own: ServeKey = { name: OWN_KEY, key, requestsPerMinute: null, concurrency: null, budget: { day: null, month: null } };
  const serve = { ...service.settings.serve, keys: [...service.settings.serve.keys, own] };
  return {
    ...service,
    settings: { ...service.settings, serve },
    get secrets() {
      return [...service.secrets, key];
    },
  };
}

/**
 * A gateway that could answer nothing because a key is missing does not start; what may get better by itself is told.
 * @throws MomError `key_missing`
 */
export async function refuseUnready(service: Service, log: RequestLog): Promise<void> {
  const trouble = await service.unready();
  if (trouble === null) return;
  if (trouble.code === 'key_missing') throw trouble;
  log.warn(`the default mixture can't answer now: ${errorLine(trouble)}`);
}
