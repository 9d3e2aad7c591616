import type { ListedMixture } from '../../app/models/mixture-list.js';
import { isFree } from '../../app/models/model-filter.js';
import { idList } from '../../app/models/model-id.js';
import type { ListedModel, ProviderList } from '../../app/models/model-list.js';
import { oneLine } from './sanitize.js';
import type { Screen } from './screen.js';
import { styleOf } from './style.js';
import { type Column, tableLines, wrapped } from './table.js';

/** What is shown: mixtures and models that fit, provider by provider. */
export interface ShownModels {
  mixtures: readonly ListedMixture[];
  providers: readonly ProviderList[];
}

const MIXTURE_COLUMNS: readonly Column[] = [
  { title: 'mixture' },
  { title: 'strategy' },
  { title: 'models', least: 24 },
  { title: 'critics', least: 24, spare: 1 },
];

const MODEL_COLUMNS: readonly Column[] = [
  { title: 'model' },
  { title: 'in', align: 'right' },
  { title: 'out', align: 'right' },
  { title: 'context', align: 'right', spare: 3 },
  { title: 'takes', spare: 2 },
  { title: 'name', least: 16, spare: 1 },
];

/** Mixtures and models for people, as wide as their terminal. */
export function modelsText({ mixtures, providers }: ShownModels, screen: Screen, now: Date): string {
  const style = styleOf(screen.color);
  const layout = { width: screen.columns, head: style.dim };
  const fold = (text: string) => wrapped(text, screen.columns ?? Number.POSITIVE_INFINITY);
  const blocks: string[][] = [];
  if (mixtures.length > 0) {
    const rows = mixtures.map((mixture) => mixtureCells(mixture).map((text) => ({ text: oneLine(text) })));
    blocks.push([...tableLines(MIXTURE_COLUMNS, rows, layout), ...mixtures.flatMap((mixture) => problemLines(mixture).flatMap(fold))]);
  }
  for (const provider of providers.filter(({ models }) => models.length > 0)) {
    const rows = provider.models.map((model) => modelCells(model).map((text) => ({ text: oneLine(text) })));
    blocks.push([...fold(headOf(provider, now)), ...tableLines(MODEL_COLUMNS, rows, layout)]);
  }
  return blocks.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
}

function mixtureCells({ name, isDefault, strategy, proposers, critics }: ListedMixture): string[] {
  return [`${name}${isDefault ? ' (default)' : ''}`, strategy, idList(proposers), critics.join(', ')];
}

function problemLines({ name, problem }: ListedMixture): string[] {
  return problem === null ? [] : [oneLine(`${name} can't be run now: ${problem}`)];
}

function headOf({ name, models, listedAt }: ProviderList, now: Date): string {
  const count = `${models.length} ${models.length === 1 ? 'model' : 'models'}`;
  return oneLine(`${name}: ${count}, dollars per million tokens, ${listOf(listedAt, now)}`);
}

/** `list of 2026-01-31 14:03 UTC (3 h old)` */
export function listOf(listedAt: string | null, now: Date): string {
  if (listedAt === null) return 'no list';
  const hours = Math.floor((now.getTime() - Date.parse(listedAt)) / 3_600_000);
  const age = hours < 1 ? 'new' : hours < 48 ? `${hours} h old` : `${Math.floor(hours / 24)} days old`;
  return `list of ${listedAt.slice(0, 16).replace('T', ' ')} UTC (${age})`;
}

function modelCells(model: ListedModel): string[] {
  const [input, output] = pricesOf(model);
  return [model.id, input, output, contextText(model.context), takes(model), model.name === model.model ? '' : (model.name ?? '')];
}

/** What a million tokens in and out cost: `$1.25`; `free`; `?` where nobody says. */
function pricesOf({ prices }: ListedModel): [string, string] {
  if (prices === null) return ['?', '?'];
  if (isFree(prices)) return ['free', 'free'];
  return [perMillion(prices.input), perMillion(prices.output)];
}

/** Not rounded to cents: the cheapest models cost less than one. */
function perMillion(usdPerToken: number): string {
  const [whole = '0', cents = ''] = String(Number((usdPerToken * 1e6).toPrecision(6))).split('.');
  return `$${whole}.${cents.padEnd(2, '0')}`;
}

/** `8k`, `131k`, `1.05M` */
function contextText(tokens: number | null): string {
  if (tokens === null) return '?';
  if (tokens < 1_000) return String(tokens);
  return tokens < 999_500 ? `${Math.round(tokens / 1_000)}k` : `${Number((tokens / 1e6).toFixed(2))}M`;
}

/** `text, image`; with what comes out where that is not text alone. */
function takes({ modalities }: ListedModel): string {
  if (modalities === undefined) return '?';
  const { input, output } = modalities;
  return output.length === 1 && output[0] === 'text' ? input.join(', ') : `${input.join(', ')} > ${output.join(', ')}`;
}
