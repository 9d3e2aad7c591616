import type { LoadedConfig } from '../../../config/load.js';
import { BUILT_IN, VENDOR_MODELS } from '../../../config/mixture/builtin.js';
import { type ResolvedMixture, resolveMixture } from '../../../config/mixture/resolve.js';
import { DEFAULT_PROVIDER } from '../../../config/providers/known.js';
import { isMomError, MomError } from '../../../core/error.js';
import { VERDICT_TOKENS } from '../../../core/limits.js';
import type { Member } from '../../../core/mixture.js';
import type { Provider } from '../../../core/model.js';
import type { Warning } from '../../../core/run.js';
import { modelName, plainModel } from '../contestants/plain.js';
import type { JudgeSeat } from './seat.js';

/** Who judges where nobody is named. */
const SANDBOX_JUDGE = 'sandbox/judge';

export interface JudgeWishes {
  /** Model ids; empty: one is found. */
  judges: readonly string[];
  sandbox: boolean;
}

export interface ChosenJudges {
  seats: JudgeSeat[];
  /** Each with the providers that it needs, whose key commands have not been run yet. */
  resolved: ResolvedMixture[];
  providers: Provider[];
  warnings: Warning[];
}

/**
 * The judges that are named, else the first of mom's own models that is of none of these families and whose provider has a key.
 * @param families of all models that take part
 * @throws MomError `usage` where none is left; what is wrong with one that was named
 */
export async function chooseJudges(config: LoadedConfig, wishes: JudgeWishes, families: readonly string[]): Promise<ChosenJudges> {
  const named = [...new Set(wishes.judges)];
  const resolved =
    named.length > 0
      ? await Promise.all(named.map((id) => resolveJudge(config, id, wishes.sandbox)))
      : [await findJudge(config, wishes.sandbox, families)];
  const seats = resolved.map(({ mixture, single }) => seatOf(mixture, single, families));
  return {
    seats,
    resolved,
    providers: resolved.flatMap(({ providers }) => providers),
    warnings: [...resolved.flatMap(({ warnings }) => warnings), ...seats.flatMap(inPanelWarning)],
  };
}

interface ResolvedJudge extends ResolvedMixture {
  single: Member;
}

/** @throws MomError for a model whose provider has no key, or is none */
async function resolveJudge(config: LoadedConfig, id: string, sandbox: boolean): Promise<ResolvedJudge> {
  const resolved = await resolveMixture(config, { models: [id], strategy: 'single', verify: false, refine: 0, sandbox });
  const { single } = resolved.mixture;
  if (single === null) throw new MomError('bug', `the judge ${id} was resolved to no model`);
  return { ...resolved, single };
}

async function findJudge(config: LoadedConfig, sandbox: boolean, families: readonly string[]): Promise<ResolvedJudge> {
  if (sandbox) return resolveJudge(config, SANDBOX_JUDGE, sandbox);
  for (const id of ownModels()) {
    const judge = await resolveJudge(config, id, sandbox).catch(ignoreMissingKey);
    if (judge && !families.includes(judge.single.family)) return judge;
  }
  const panel = [...new Set(families)].sort().join(', ');
  throw new MomError('usage', `no judge is left that is of another family than those that take part: ${panel}`, {
    hint: 'name one with --judge ID, or set eval.judge; its provider needs a key (`mom keys set`)',
  });
}

/** Every model that mom brings along and that can judge, the best first: those of OpenRouter, then those of each vendor. */
function ownModels(): string[] {
  const { default: standard, best } = BUILT_IN.mixtures;
  const entries = [standard, best].flatMap((mixture) => [mixture?.critic ?? [], mixture?.proposers ?? []].flat());
  const ids = entries.filter((entry) => typeof entry === 'string');
  const vendors = Object.entries(VENDOR_MODELS).filter(([provider]) => provider !== DEFAULT_PROVIDER);
  return [...new Set([...ids, ...vendors.map(([provider, models]) => `${provider}:${models.critic}`)])];
}

function ignoreMissingKey(error: unknown): null {
  if (isMomError(error) && error.code === 'key_missing') return null;
  throw error;
}

function seatOf(base: ResolvedMixture['mixture'], single: Member, families: readonly string[]): JudgeSeat {
  const { family } = single;
  // One letter: what a whole answer is expected to cost would be set aside for nothing. The cap is the evaluation's.
  const mixture = { ...plainModel(base, single), expectedOutput: VERDICT_TOKENS, maxCost: null };
  return { name: modelName(single), family, in_panel: families.includes(family), mixture };
}

function inPanelWarning({ name, family, in_panel }: JudgeSeat): Warning[] {
  if (!in_panel) return [];
  const message = `the judge ${name} is of the family ${family}, which takes part: judges favour their own; name one of another family`;
  return [{ code: 'judge_in_panel', message }];
}
