import type { Catalog } from '../../core/catalog.js';
import type { Plan } from '../../core/plan.js';
import type { RunRequest } from '../../core/run.js';
import { admit } from './admit.js';
import { chosenPlan } from './plan-of.js';
import { withTools } from './tool-turns.js';

/**
 * What a run will do: the strategy that was chosen, or that the rules of `auto` find, then whoever can take this
 * request. Asks nobody. Rejects with a MomError when the mixture can't be run, or nobody can take the request.
 */
export async function plan(request: RunRequest, catalog: Catalog): Promise<Plan> {
  return admit(withTools(await routed(request), request), request, catalog);
}

/** The rules are loaded only where they are wanted: most runs leave their door earlier without them. */
async function routed(request: RunRequest): Promise<Plan> {
  const { mixture } = request;
  if (mixture.strategy !== 'auto') return chosenPlan(mixture, mixture.strategy);
  const { route } = await import('./route.js');
  return route(request);
}
