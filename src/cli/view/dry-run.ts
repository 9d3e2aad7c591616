import { ESTIMATE_ERROR, estimateTokens } from '../../core/estimate.js';
import type { Member } from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';
import type { Plan } from '../../core/plan.js';
import type { Quote, QuotedCall } from '../../core/quote.js';
import type { CallKind, RunRequest, Warning } from '../../core/run.js';
import { isRepair, levelOf, writesQuestions } from '../../observe/level.js';
import { formatLeast, formatTokenBounds, formatUsdBounds } from './price.js';
import { knownPart, priceWarnings } from './price-warnings.js';

/** A run that is not made: who would be asked what, and what it would cost. */
export interface DryRun {
  plan: Plan;
  quote: Quote;
  request: RunRequest;
  providers: readonly Provider[];
  /** What was said of the configuration and the question before the plan was made. */
  early: readonly Warning[];
}

/** What a run would do and cost, as data. */
export function dryRunJson({ plan, quote, request, providers, early }: DryRun) {
  const tokens = estimateTokens(request.messages);
  const member = (kind: 'proposer' | 'writer') => (member: Member) => ({
    id: member.id,
    kind,
    ...whereabouts(member, providers),
    input_tokens_estimate: tokens,
  });
  return {
    schema_version: 1,
    dry_run: true,
    mixture: plan.mixture.name,
    strategy: plan.strategy,
    route_reason: plan.reason,
    calls: quote.calls.filter(({ kept }) => !kept).length,
    proposers: plan.proposers.map(member('proposer')),
    writers: plan.writers.map(member('writer')),
    input_tokens_estimate: tokens,
    planned: quote.calls.map(({ id, kind, layer, member, certain, input_tokens, output_tokens, usd, kept = false }) => ({
      id,
      kind,
      layer,
      ...whereabouts(member, providers),
      certain,
      kept,
      input_tokens,
      output_tokens,
      cost_usd: usd,
    })),
    cost_usd: quote.usd,
    unpriced: quote.unpriced,
    prices_listed_at: quote.listed_at,
    warnings: [...early, ...plan.warnings, ...priceWarnings(plan, quote)],
  };
}

/** The same for reading. */
export function dryRunText(run: DryRun): string {
  const { plan, quote } = run;
  const made = quote.calls.filter(({ kept }) => !kept);
  const asked = new Set(quote.calls.map((call) => call.member.id));
  const fallbacks = plan.writers.filter((writer) => !asked.has(writer.id));
  return [
    `${countText(made)}, ${plan.reason}; nothing was sent`,
    ...keptLines(quote.calls),
    ...stages(made).flatMap(({ title, calls }) => [`${title}:`, ...calls.flatMap((call) => callLines(call, run))]),
    ...(fallbacks.length > 0 ? ['only if that fails:', ...fallbacks.map((member) => memberLine(member.id, member, run))] : []),
    ...totalLines(quote),
    ...priceWarnings(plan, quote).map(({ message }) => message),
    '',
  ].join('\n');
}

function countText(calls: readonly QuotedCall[]): string {
  const certain = calls.filter((call) => call.certain).length;
  const count = certain === calls.length ? String(certain) : `${certain} to ${calls.length}`;
  return `${count} ${calls.length === 1 ? 'call' : 'calls'}`;
}

/** Who is not asked, as the answer is there. */
function keptLines(calls: readonly QuotedCall[]): string[] {
  const kept = calls.filter((call) => call.kept);
  return kept.length === 0
    ? []
    : ['answered in the earlier run:', ...kept.map(({ id, member }) => `  ${id}  ${member.model}  (${member.family})`)];
}

/** Calls that do the same, as they follow each other. */
function stages(calls: readonly QuotedCall[]): { title: string; calls: QuotedCall[] }[] {
  const list: { title: string; calls: QuotedCall[] }[] = [];
  for (const call of calls) {
    const title = titleOf(call);
    const last = list.at(-1);
    if (last?.title === title) last.calls.push(call);
    else list.push({ title, calls: [call] });
  }
  return list;
}

const AT_ONCE = 'asked at once';

const DEED: Readonly<Record<CallKind, string>> = {
  router: 'asked first which strategy fits',
  embedding: 'compares the question with earlier ones',
  proposer: AT_ONCE,
  critic: 'writes the answer',
  judge: 'chooses the answer',
  verifier: 'answers check questions, one each',
};

function titleOf(call: QuotedCall): string {
  const level = levelOf(call);
  const title = level === null ? deedOf(call, level) : `${level}, ${deedOf(call, level)}`;
  if (call.certain) return title;
  return title.endsWith(AT_ONCE) ? `${title.slice(0, -AT_ONCE.length)}asked only if needed` : `${title}, only if needed`;
}

function deedOf({ id, kind }: QuotedCall, level: string | null): string {
  if (writesQuestions(id)) return 'writes check questions';
  if (isRepair(id)) return 'compares the answer with the checks';
  if (level?.startsWith('round')) return kind === 'proposer' ? 'reviews the answer' : 'improves the answer';
  return DEED[kind];
}

function callLines({ id, member, input_tokens, output_tokens, usd }: QuotedCall, run: DryRun): string[] {
  const tokens = `${formatTokenBounds(input_tokens)} tokens in, ${formatTokenBounds(output_tokens)} out`;
  return [memberLine(id, member, run), `      ${tokens}: ${usd === null ? 'price unknown' : formatUsdBounds(usd)}`];
}

function memberLine(id: string, member: Member, { providers }: DryRun): string {
  const { model, family, provider, host } = whereabouts(member, providers);
  return `  ${id}  ${model}  (${family}) sent to ${provider}, ${host ?? 'the built-in sandbox'}`;
}

const OWN_PRICES = 'prices from `pricing:` in the configuration';

function totalLines(quote: Quote): string[] {
  const { calls, usd, unpriced, listed_at } = quote;
  const isPriced = calls.some((call) => call.usd !== null && !call.kept);
  const { low, high } = knownPart(quote);
  // What costs nothing, such as a server on this machine, is on no list.
  const isFree = high === 0 && listed_at === null;
  const known = low > 0 ? `at least ${formatLeast(low)}` : 'unknown';
  return [
    `in total: ${usd === null ? known : `${formatUsdBounds(usd)}, when no call has to be made again`}`,
    ...(isPriced && !isFree ? [listed_at === null ? OWN_PRICES : `prices as listed on ${listed_at.slice(0, 10)}`] : []),
    ...(unpriced.length > 0 ? [`no price known for ${unpriced.join(', ')}: \`pricing:\` in the configuration sets one`] : []),
    `tokens are estimated on this machine, within ${ESTIMATE_ERROR * 100} %; an answer is taken to be as long as its limit at most`,
  ];
}

/** Who sees it. The host is null for the built-in sandbox, which a dry run does not start. */
function whereabouts({ model, family, provider }: Member, providers: readonly Provider[]) {
  const { baseUrl } = providers.find((each) => each.name === provider) ?? { baseUrl: '' };
  return { model, family, provider, host: baseUrl === '' ? null : new URL(baseUrl).host };
}
