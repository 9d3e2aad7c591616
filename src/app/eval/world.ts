import { createClient } from '../../client/index.js';
import type { PreparedCatalog } from '../../client/models/catalog.js';
import type { Env, Settings } from '../../config/wishes.js';
import type { Budget } from '../../core/budget.js';
import { type Mixture, membersOf } from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';
import type { Warning } from '../../core/run.js';
import { createEngine, type Engine } from '../../engine/index.js';
import { keptInformed, openCatalog } from '../knowledge.js';
import { openMemory } from '../memory.js';
import { openPlace, type SandboxWish } from '../sandbox-place.js';
import { distinctIds } from './asking/ask.js';
import { providersRealm, type RealmOf, sandboxRealm } from './asking/realm.js';

interface WorldOptions {
  env: Env;
  home: string;
  settings: Settings;
  providers: readonly Provider[];
  /** Everybody who may be asked. */
  mixtures: readonly Mixture[];
  sandbox: SandboxWish | null;
  /** Nobody will be asked. */
  planOnly: boolean;
  signal: AbortSignal;
  onNote: (note: Warning) => void;
}

/** What all runs of an evaluation share. */
interface EvalWorld {
  engine: Engine;
  /** Of the configuration, over all commands. */
  budgets: readonly Budget[];
  realmOf: RealmOf;
  providers: readonly Provider[];
  close(): Promise<void>;
}

/** One client and one engine for everybody. Answers of the cache play no part: they have neither price nor duration. */
export async function openWorld(options: WorldOptions): Promise<EvalWorld> {
  const { env, home, planOnly, onNote, signal } = options;
  const settings = { ...options.settings, cache: null };
  const sandbox = sandboxOf(options);
  const simulated = sandbox && (await sandboxRealm(sandbox, options.settings.pricing));
  const place = await openPlace(options.providers, planOnly ? null : sandbox);
  const client = createClient({ providers: place.providers, env });
  const source = planOnly ? await plannedSource(sandbox) : client;
  const known = { settings, providers: place.providers, sandbox: sandbox !== null, env, home, onNote };
  const catalog = openCatalog({ ...known, source });
  const memory = planOnly ? null : await openMemory(known);
  await learn(catalog, options.mixtures, signal);
  const budgets = memory?.budgets ?? [];
  const engine = createEngine({ client, catalog, budgets });
  return {
    engine: { ...keptInformed(engine, catalog, settings), newId: distinctIds(engine.newId) },
    budgets,
    realmOf: simulated ?? providersRealm(place.providers),
    providers: place.providers,
    async close() {
      await catalog.settle();
      client.close();
      memory?.close();
      await place.close();
    },
  };
}

/** Where prices are configured they count, also for models that would tell the sandbox's. */
function sandboxOf({ sandbox, settings: { pricing } }: WorldOptions): SandboxWish | null {
  return sandbox && Object.keys(pricing).length > 0 ? { ...sandbox, reportsCost: false } : sandbox;
}

/** A plan asks nobody, but the sandbox's prices are known without asking. */
async function plannedSource(sandbox: SandboxWish | null) {
  if (sandbox === null) return null;
  const { sandboxSource } = await import('../sandbox-source.js');
  return sandboxSource(sandbox.recorded ?? []);
}

function learn(catalog: PreparedCatalog, mixtures: readonly Mixture[], signal: AbortSignal): Promise<void> {
  return catalog.prepare(mixtures.flatMap(membersOf), 'prices', signal);
}
