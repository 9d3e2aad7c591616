import { fits } from '../../core/budget.js';
import { MomError } from '../../core/error.js';
import { estimateTextTokens } from '../../core/estimate.js';
import { VERDICT_TOKENS } from '../../core/limits.js';
import type { Message } from '../../core/message.js';
import type { Member, RunStrategy } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { CallRecord } from '../../core/run.js';
import type { ToolOffer } from '../../core/tool.js';
import { criticInstructions } from '../../prompts/index.js';
import { type Ask, skipCall, tariffOfAsk } from '../call/call.js';
import { inRole } from '../call/role.js';
import type { RunContext } from '../context.js';
import { dollars } from '../money/purse.js';
import { type Tariff, tariffOf, worstCase } from '../money/tariff.js';
import { proposerMessages, toolsOfWriter } from '../tools/conversation.js';
import { keptProposal } from './kept.js';
import { answerLimits, sendsProposals } from './verbatim.js';

/** Strategies that need a call that reads all proposals; the others can end without one. */
const HAS_READER: ReadonlySet<RunStrategy> = new Set(['fuse', 'self', 'select', 'deep']);

/** Tokens of the rules around all candidates, and of the fence around each. */
const BLOCK_TOKENS = 200;
const FENCE_TOKENS = 40;

/** One member of a round, and what its call may cost at worst in US dollars; null where that is not known. */
interface Seat {
  ask: Ask;
  usd: number | null;
  /** Output it is expected to have at most, in tokens. */
  outputTokens: number;
  /** Why it can't be asked even alone. */
  refusal: MomError | null;
}

/**
 * Who of a round is asked. When the calls, and the one that reads what they bring, don't fit into what is left, the
 * least important are left out, and a smaller panel with a reader is preferred to a larger one without; at last one
 * alone remains, whose answer goes out as it is. Nobody is kept when not even one call fits.
 * @param there answers of the round that are there already, which nobody has to pay but whoever reads them
 */
export function fitPanel(
  ctx: RunContext,
  asks: readonly Ask[],
  there: readonly CallRecord[],
): { kept: readonly Ask[]; leftOut: CallRecord[] } {
  const purse = ctx.purse.under(ctx.plan.mixture);
  if (!purse.limited) return { kept: asks, leftOut: [] };
  const left = purse.left();
  const seats = asks.map((ask) => seat(ctx, ask));
  const fitting = seats.filter(({ refusal }) => refusal === null).sort(byImportance);
  // With answers there already, even the last one can be done without.
  const least = there.length > 0 ? 0 : 1;
  while (fitting.length > least && !fits(need(ctx, fitting, there), left)) fitting.pop();
  const kept = new Set(fitting.map(({ ask }) => ask));
  const out = seats.filter(({ ask }) => !kept.has(ask));
  if (out.length === 0) return { kept: asks, leftOut: [] };
  const why = `to stay within ${purse.tightest?.name}: all together may cost ${dollars(need(ctx, seats, there))}, and ${dollars(left)} is left`;
  const tooMuch = out.filter((each) => !isBarred(ctx, each));
  purse.shrunk = true;
  ctx.recorder.warn(
    'panel_shrunk',
    [
      ...(tooMuch.length > 0 ? [`left out ${tooMuch.map(told).join(', ')} ${why}`] : []),
      ...out.flatMap((each) => (isBarred(ctx, each) ? [`left out ${each.ask.member.model}: ${each.refusal?.message}`] : [])),
    ].join('; '),
  );
  const shrunk = new MomError('cost_cap', `left out ${why}`, { hint: purse.tightest?.hint ?? '' });
  return {
    kept: asks.filter((ask) => kept.has(ask)),
    leftOut: out.map(({ ask, refusal }) => skipCall(ctx, ask, refusal ?? shrunk)),
  };
}

function seat(ctx: RunContext, ask: Ask): Seat {
  const tariff = tariffOfAsk(ctx, ask);
  return { ask, usd: worstCase(tariff), outputTokens: tariff.outputTokens, refusal: ctx.purse.refuses(tariff) };
}

/** True where no money that is left would help: the price is not known, or nothing may be spent at all. */
function isBarred(ctx: RunContext, { usd, refusal }: Seat): boolean {
  return refusal !== null && (usd === null || ctx.purse.cap?.usd === 0);
}

/** Required ones first, then by weight, then the cheaper ones; equals stay in config order. */
function byImportance(a: Seat, b: Seat): number {
  const [one, other] = [a.ask.member, b.ask.member];
  return Number(other.required) - Number(one.required) || other.weight - one.weight || (a.usd ?? 0) - (b.usd ?? 0);
}

/** US dollars that a panel may cost with the call that reads it; one alone needs no reader. */
function need(ctx: RunContext, seats: readonly Seat[], there: readonly CallRecord[]): number {
  const calls = seats.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  if (seats.length + there.length < 2 || !HAS_READER.has(ctx.plan.strategy)) return calls;
  const texts = there.map(({ text }) => estimateTextTokens(text ?? ''));
  return calls + reader(ctx, [...seats.map(({ outputTokens }) => outputTokens), ...texts]);
}

/** The first writer of known price: it reads its instructions, the conversation and every answer; a judge writes a line only. */
function reader({ catalog, plan, request }: RunContext, answerTokens: readonly number[]): number {
  const tools = toolsOfWriter({ plan, request });
  const instructions = estimateTextTokens(criticInstructions(tools !== null)) + BLOCK_TOKENS;
  const output = plan.strategy === 'select' ? VERDICT_TOKENS : null;
  const answers = answerTokens.reduce((sum, tokens) => sum + tokens + FENCE_TOKENS, 0);
  for (const writer of plan.writers) {
    const params = { ...writer.params, ...request.params, ...request.writerParams };
    const expected = { more: instructions + answers, output, tools };
    const usd = worstCase(tariffOf(catalog, plan.mixture, writer, request.messages, params, expected));
    if (usd !== null) return usd;
  }
  return 0;
}

function told({ ask, usd }: Seat): string {
  return usd === null ? ask.member.model : `${ask.member.model} (up to ${dollars(usd)})`;
}

/**
 * Why a run is not begun: not even the cheapest of its members could answer alone. Null where one can, and where a
 * classifier may still lead to another plan, or a kept proposal can go out. The members are told as skipped.
 */
export function refuseRun(ctx: RunContext): MomError | null {
  const { purse, plan, request } = ctx;
  if (!purse.limited || plan.classifier) return null;
  if (plan.proposers.some((member) => keptProposal(request, { kind: 'proposer', member, layer: 1 }))) return null;
  const alone = (member: Member, messages: readonly Message[], own: SamplingParams | undefined, tools: ToolOffer | null = null) =>
    tariffOf(ctx.catalog, plan.mixture, member, messages, { ...member.params, ...request.params, ...own }, { tools });
  const limits = sendsProposals(plan.strategy) ? answerLimits(request) : {};
  const ways = [
    ...plan.proposers.map((member) => alone(member, proposerMessages(ctx, member), limits)),
    ...plan.writers.map((member) => alone(member, inRole(member, request.messages), request.writerParams, toolsOfWriter(ctx))),
  ];
  const cheapest = ways.reduce((min, way) => ((worstCase(way) ?? Infinity) < (worstCase(min) ?? Infinity) ? way : min), ways[0] as Tariff);
  if (ways.some((way) => !purse.refuses(way))) return null;
  const models = new Set(ways.map(({ model }) => model));
  const all = cheapest.prices === null ? [...models].join(', ') : `${cheapest.model} alone, the cheapest of the mixture,`;
  const error = purse.refuses(cheapest, models.size === 1 ? cheapest.model : all);
  if (error) for (const member of plan.proposers) skipCall(ctx, { kind: 'proposer', member, layer: 1 }, error);
  return error;
}
