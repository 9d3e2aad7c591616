import type { MixtureChoice } from '../../app.js';
import type { StoredRun } from '../../core/history.js';

/** What a choice says of whom to ask and how; not what a run may cost or how long it may take, which each run is told anew. */
const INHERITED = {
  mixture: isText,
  models: isTexts,
  critics: isTexts,
  noCritic: isSwitch,
  strategy: isText,
  quorum: isNumber,
  minAnswers: isNumber,
  role: isText,
  verify: isSwitch,
  refine: isNumber,
  layers: isNumber,
} satisfies Partial<Record<keyof MixtureChoice, (value: unknown) => boolean>>;

/**
 * What an earlier run was asked for. Where its proposals are used again its mixture and strategy are named, also those that
 * a default or `auto` had found: its proposals fit there.
 */
export function choiceOfRun({ origin, result }: Pick<StoredRun, 'origin' | 'result'>, usesProposals: boolean): MixtureChoice {
  const choice: MixtureChoice = Object.fromEntries(
    Object.entries(INHERITED).flatMap(([name, fits]) => (fits(origin.choice[name]) ? [[name, origin.choice[name]]] : [])),
  );
  const hasProposals = result.proposals.some(({ status }) => status === 'answered');
  return usesProposals && hasProposals ? { ...choice, mixture: result.mixture, strategy: result.strategy } : choice;
}

/** The earlier choice where this command line says nothing, and nothing that goes against it. */
export function mergedChoice(earlier: MixtureChoice, own: MixtureChoice): MixtureChoice {
  const { mixture, models, critics, noCritic, strategy, quorum, minAnswers, layers, ...rest } = earlier;
  const namesPanel = own.mixture !== undefined || own.models !== undefined;
  const samePanel = namesPanel || own.strategy !== undefined ? {} : { quorum, minAnswers };
  const merged: MixtureChoice = {
    ...rest,
    ...samePanel,
    ...(own.mixture === undefined ? { mixture } : {}),
    ...(namesPanel || mustDropModels(models, own) ? {} : { models }),
    ...(ownCritics(own) || own.mixture !== undefined ? {} : keepsCritics(own) ? { critics, noCritic } : { noCritic }),
    ...(own.strategy !== undefined || own.mixture !== undefined || (own.models && asksOneModel(strategy)) ? {} : { strategy, layers }),
    ...own,
  };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function ownCritics({ critics, noCritic }: MixtureChoice): boolean {
  return critics !== undefined || noCritic === true;
}

/** One model that is named without a critic is asked alone, as ever. */
function keepsCritics({ models, strategy }: MixtureChoice): boolean {
  return models?.length !== 1 || strategy !== undefined;
}

/** Strategies for one model don't go with several that an earlier command line named. */
function mustDropModels(models: readonly string[] = [], { strategy }: MixtureChoice): boolean {
  return models.length > 1 && asksOneModel(strategy);
}

function asksOneModel(strategy: string | undefined): boolean {
  return strategy === 'single' || strategy === 'self';
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isSwitch(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
