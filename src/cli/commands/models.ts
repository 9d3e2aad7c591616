import { fits, type ModelFilter, mixtureFits, nearestWord } from '../../app/models/model-filter.js';
import { listModels, type ModelList } from '../../app/models/model-list.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { jsonText } from '../output/json.js';
import { SANDBOX_NOTE, sandboxWish } from '../sandbox-wish.js';
import { messagesOf } from '../view/messages.js';
import { listOf, modelsText, type ShownModels } from '../view/models.js';
import { modelsJson, modelsLines } from '../view/models-data.js';
import { screenOf } from '../view/screen.js';
import { worldOf } from '../world.js';

interface ModelsFlags {
  provider?: string;
  free?: true;
  context?: number;
  refresh?: true;
  json?: true;
  sandbox?: true;
  config?: string;
}

/** `mom models`: mixtures and models that fit. @throws MomError when there is no model at all, after what there is was shown */
export async function run(words: string[], flags: ModelsFlags, context: CliContext): Promise<Exit> {
  const messages = messagesOf(context);
  const list = await listModels({
    ...worldOf(context, flags),
    provider: flags.provider,
    refresh: flags.refresh === true,
    sandbox: sandboxWish(flags, context),
  });
  if (flags.sandbox) messages.note(SANDBOX_NOTE);
  const now = new Date();
  for (const warning of warningsOf(list, now)) messages.warn(warning);
  const filter: ModelFilter = { words, free: flags.free === true, context: flags.context ?? null };
  const shown = select(list, filter, flags.provider !== undefined);
  const screen = screenOf(context);
  if (flags.json) context.stdout.write(jsonText(modelsJson(shown, list), screen));
  else context.stdout.write(screen.columns === null ? modelsLines(shown) : modelsText(shown, screen, now));
  if (list.error) throw list.error;
  if (isEmpty(shown)) messages.note(nothingFits(list, filter));
  return SUCCESS;
}

/** Mixtures ask several providers, so none fits a single one. */
function select({ mixtures, providers }: ModelList, filter: ModelFilter, oneProvider: boolean): ShownModels {
  return {
    mixtures: oneProvider ? [] : mixtures.filter((mixture) => mixtureFits(mixture, filter)),
    providers: providers.map((provider) => ({ ...provider, models: provider.models.filter((model) => fits(model, filter)) })),
  };
}

function warningsOf({ warnings, providers, error }: ModelList, now: Date): string[] {
  const failed = providers.flatMap(({ failure, listedAt }) => {
    // The error tells it.
    if (failure === null || (listedAt === null && error !== null)) return [];
    return [listedAt === null ? failure.message : `${failure.message}; what follows is its ${listOf(listedAt, now)}`];
  });
  return [...(error === null ? warnings.map(({ message }) => message) : []), ...failed];
}

function isEmpty({ mixtures, providers }: ShownModels): boolean {
  return mixtures.length === 0 && providers.every(({ models }) => models.length === 0);
}

function nothingFits({ providers }: ModelList, filter: ModelFilter): string {
  const models = providers.flatMap((provider) => provider.models);
  const all = `none of ${models.length} models`;
  const named = models.filter((model) => fits(model, { ...filter, free: false, context: null })).length;
  if (named > 0 && filter.words.length > 0) return `${all} fits; ${named} with these words do without --free and --context`;
  const near = nearestWord(filter.words, models);
  return `${all} fits${near === null ? '' : `; did you mean '${near}'?`}`;
}
