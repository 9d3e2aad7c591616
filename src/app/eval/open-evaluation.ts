import { type EvalSettings, evalSettingsOf } from '../../config/eval.js';
import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { nameHint } from '../../config/nearest.js';
import { settingsOf } from '../../config/settings.js';
import type { Settings } from '../../config/wishes.js';
import { MomError } from '../../core/error.js';
import type { Contestant } from '../../core/eval/contestant.js';
import type { EvalPlan } from '../../core/eval/plan.js';
import { EVAL } from '../../core/limits.js';
import type { Mixture } from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';
import { liveSecrets } from '../keys/secrets.js';
import { withoutSecrets } from './asking/without-secrets.js';
import { openPanel } from './contestants/contestants.js';
import type { Evaluation, EvaluationOptions } from './evaluation.js';
import { EvalCap } from './money/cap.js';
import { asBegun } from './opening/as-begun.js';
import { begin } from './opening/begin.js';
import { judgesFor } from './opening/judges.js';
import { lazyChecker } from './opening/lazy-checker.js';
import { latestOf, openStores, type Stores } from './opening/stores.js';
import { planOf } from './plan.js';
import { EvaluationRun } from './running/evaluation-run.js';
import { openWorld } from './world.js';

/**
 * An evaluation that is ready to be priced or run: its contestants are made, its prompts are kept, its judges chosen.
 * @throws MomError for a wrong configuration, unknown names, missing keys, prompts that can't be read, or where nobody can judge
 */
export async function openEvaluation(given: EvaluationOptions): Promise<Evaluation> {
  const options = await asBegun(given);
  const config = await loadConfig(placesOf(options));
  const settings = settingsOf(config);
  const stores = await openStores(options, settings);
  try {
    return await open(options, { config, settings, configured: evalSettingsOf(config), stores });
  } catch (error) {
    stores.close();
    throw error;
  }
}

interface Ground {
  config: LoadedConfig;
  settings: Settings;
  configured: EvalSettings;
  stores: Stores;
}

async function open(options: EvaluationOptions, ground: Ground): Promise<Evaluation> {
  const { config, configured, stores } = ground;
  const sandbox = options.sandbox !== null;
  const former = options.prompts === null ? latestOf(stores.answers, sandbox) : null;
  const plan = planOf(options.wishes, configured, former?.plan ?? null);
  const { planOnly, signal, onNote } = options;
  const panel = await openPanel({ config, sandbox, planOnly, signal }, plan);
  const baseline = baselineOf(plan, panel.contestants);
  const begun = await begin(options, stores.prompts, plan, former);
  const judges = await judgesFor(options, config, plan, { contestants: panel.contestants, prompts: begun.prompts });
  for (const warning of [...begun.warnings, ...panel.warnings, ...config.keyRing.warnings, ...judges.warnings]) onNote(warning);
  const { seats } = judges;
  const world = await worldOf(options, ground, [...panel.contestants, ...seats], [...panel.providers, ...judges.providers]);
  const checker = lazyChecker(options, plan);
  const secrets = liveSecrets(config, world.providers);
  return new EvaluationRun({
    ...begun,
    sandbox,
    hasReport: former?.report != null,
    plan,
    contestants: panel.contestants,
    baseline,
    seats,
    store: stores.answers,
    promptStore: stores.prompts,
    engine: withoutSecrets(world.engine, secrets),
    realmOf: world.realmOf,
    cap: new EvalCap(options.maxCost ?? configured.maxCost, world.budgets),
    concurrency: options.concurrency ?? configured.concurrency ?? EVAL.concurrency,
    refresh: options.refresh,
    openChecker: plan.check === null ? null : checker.open,
    recordersOf: (id) => options.recordersOf(id, { nothing: stores.passing, secrets: secrets() }),
    onNote,
    onProgress: options.onProgress,
    signal,
    async close() {
      await checker.close();
      await world.close();
      stores.close();
    },
  });
}

function worldOf(
  { env, home, sandbox, planOnly, signal, onNote }: EvaluationOptions,
  { settings }: Ground,
  asked: readonly { mixture: Mixture | null }[],
  providers: readonly Provider[],
) {
  const mixtures = asked.flatMap(({ mixture }) => mixture ?? []);
  const distinct = [...new Map(providers.map((provider) => [provider.name, provider])).values()];
  return openWorld({ env, home, settings, providers: distinct, mixtures, sandbox, planOnly, signal, onNote });
}

function placesOf({ env, cwd, home, configFile, overrides }: EvaluationOptions) {
  return { env, cwd, home, overrides, ...(configFile === undefined ? {} : { configFile }) };
}

function baselineOf({ baseline }: EvalPlan, contestants: readonly Contestant[]): string {
  const names = contestants.map(({ name }) => name);
  if (baseline === null) return names[0] as string;
  if (names.includes(baseline)) return baseline;
  throw new MomError('usage', `--baseline: no contestant is named '${baseline}'`, { hint: nameHint(baseline, names) });
}
