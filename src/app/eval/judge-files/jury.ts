import { type EvalSettings, evalSettingsOf } from '../../../config/eval.js';
import { unlockMixture } from '../../../config/keys/unlock.js';
import type { LoadedConfig } from '../../../config/load.js';
import { settingsOf } from '../../../config/settings.js';
import type { EvalStore } from '../../../core/eval/store.js';
import { EVAL } from '../../../core/limits.js';
import { familyOf, type Provider } from '../../../core/model.js';
import type { Engine } from '../../../engine/index.js';
import { liveSecrets } from '../../keys/secrets.js';
import { withoutSecrets } from '../asking/without-secrets.js';
import { chooseJudges } from '../judging/choose.js';
import { createJudging } from '../judging/index.js';
import type { Judging } from '../judging/judging.js';
import type { JudgeSeat } from '../judging/seat.js';
import { EvalCap } from '../money/cap.js';
import { openEvalStore } from '../open-store.js';
import { Progress } from '../pace/progress.js';
import { Slots } from '../pace/slots.js';
import { Stop } from '../pace/stop.js';
import { openWorld } from '../world.js';
import type { JudgeFilesOptions } from './options.js';

/** Judges that are ready to be asked, with their money, their places and their memory. */
export interface Jury {
  engine: Engine;
  judges: readonly { seat: JudgeSeat; judging: Judging }[];
  cap: EvalCap;
  slots: Slots;
  stop: Stop;
  progress: Progress;
  close(): Promise<void>;
}

/**
 * @param contestants their names, which tell the families that the judges may not be of
 * @throws MomError where no judge can be asked
 */
export async function openJury(options: JudgeFilesOptions, config: LoadedConfig, contestants: readonly string[]): Promise<Jury> {
  const settings = evalSettingsOf(config);
  const seats = await chooseSeats(options, config, settings, contestants);
  const store = await openEvalStore({ ...options, forget: isPassing(options, config) });
  try {
    return await seatJury(options, config, settings, seats, store);
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Texts stand in the store, so who wants none kept keeps nothing. */
function isPassing({ forget }: JudgeFilesOptions, config: LoadedConfig): boolean {
  return forget || settingsOf(config).log !== 'full';
}

interface Seats {
  seats: readonly JudgeSeat[];
  providers: readonly Provider[];
}

async function chooseSeats(
  options: JudgeFilesOptions,
  config: LoadedConfig,
  settings: EvalSettings,
  contestants: readonly string[],
): Promise<Seats> {
  const judges = options.judges.length > 0 ? options.judges : settings.judges;
  const wishes = { judges, sandbox: options.sandbox !== null };
  const { seats, resolved, providers, warnings } = await chooseJudges(config, wishes, contestants.map(familyOf));
  if (!options.planOnly) for (const each of resolved) await unlockMixture(config, each, options.signal);
  for (const warning of warnings) options.onNote(warning);
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  return { seats, providers: [...byName.values()] };
}

async function seatJury(
  options: JudgeFilesOptions,
  config: LoadedConfig,
  settings: EvalSettings,
  { seats, providers }: Seats,
  store: EvalStore,
): Promise<Jury> {
  const mixtures = seats.map(({ mixture }) => mixture);
  const world = await openWorld({ ...options, settings: settingsOf(config), providers, mixtures });
  const cap = new EvalCap(options.maxCost ?? settings.maxCost, world.budgets);
  const stop = new Stop(options.signal);
  const progress = new Progress(options.onProgress);
  const secrets = liveSecrets(config, world.providers);
  const engine = withoutSecrets(world.engine, secrets);
  const judges = seats.map((seat) => ({
    seat: { ...seat, mixture: cap.lets(seat.mixture) },
    judging: createJudging({
      engine,
      judges: [{ ...seat, mixture: cap.lets(seat.mixture) }],
      store,
      realm: world.realmOf(seat.mixture),
      refresh: false,
      budgets: [cap.budget],
      signal: stop.signal,
      seed: options.seed,
      recordersOf: (run) => options.recordersOf(run, { nothing: isPassing(options, config), secrets: secrets() }),
      onNote: options.onNote,
      onLook: ({ kept, cost }) => {
        if (!kept) progress.spend(cost.usd, cost.source);
      },
    }),
  }));
  return {
    engine,
    judges,
    cap,
    slots: new Slots(options.concurrency ?? settings.concurrency ?? EVAL.concurrency),
    stop,
    progress,
    async close() {
      await world.close();
      store.close();
    },
  };
}
