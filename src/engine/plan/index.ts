import type { Catalog } from '../../core/catalog.js';
import type { Plan } from '../../core/plan.js';
import type { RunRequest } from '../../core/run.js';
import { admit } from './admit.js';
import { route } from './route.js';

/** What a run will do: the strategy by rules, then whoever can take this request. Asks nobody. @throws MomError */
export function plan(request: RunRequest, catalog: Catalog): Plan {
  return admit(route(request), request, catalog);
}
