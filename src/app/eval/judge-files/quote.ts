import type { Bounds } from '../../../core/quote.js';
import type { RunRequest } from '../../../core/run.js';
import type { Engine } from '../../../engine/index.js';
import type { EvalQuote, EvalQuoteLine } from '../evaluation.js';
import { CALLS_OF_LOOK, type Judging, LOOKS } from '../judging/judging.js';
import { lookPrompt } from '../judging/look-prompt.js';
import type { JudgeSeat } from '../judging/seat.js';
import { settledShare } from '../judging/settled.js';
import { sumBounds, timesBounds } from '../pricing/bounds.js';
import type { PlacedPair } from './pairs.js';

/** A judge, with what is kept of it. */
export interface QuotedJudge {
  seat: JudgeSeat;
  judging: Pick<Judging, 'kept'>;
}

/** What the judges would be asked and cost. Asks nobody. */
export async function quoteJudges(
  engine: Pick<Engine, 'plan' | 'quote'>,
  judges: readonly QuotedJudge[],
  pairs: readonly PlacedPair[],
  facts: Pick<EvalQuote, 'prompts' | 'max_cost'>,
): Promise<EvalQuote> {
  const unpriced = new Set<string>();
  const lines: EvalQuoteLine[] = [];
  for (const judge of judges) lines.push(await quoteJudge(engine, judge, pairs, unpriced));
  return { ...facts, lines, usd: sumBounds(lines.map(({ usd }) => usd)), unpriced: [...unpriced] };
}

async function quoteJudge(
  engine: Pick<Engine, 'plan' | 'quote'>,
  { seat, judging }: QuotedJudge,
  pairs: readonly PlacedPair[],
  unpriced: Set<string>,
): Promise<EvalQuoteLine> {
  const line = { runs: 0, kept: 0, asked: 0 };
  const prices: (Bounds | null)[] = [];
  for (const { pair } of pairs) {
    const { text: first } = pair.a;
    const { text: second } = pair.b;
    if (first === null || second === null || settledShare(pair) !== null) continue;
    const kept = judging.kept(pair);
    line.runs += LOOKS;
    line.kept += kept;
    if (kept === LOOKS) continue;
    line.asked += LOOKS - kept;
    const messages = lookPrompt({ prompt: pair.prompt, first, second, better: null }, 'letter', () => 'nonce');
    const price = await priceOf(engine, { messages, mixture: seat.mixture, stream: false }, unpriced);
    prices.push(price && timesBounds(price, { low: LOOKS - kept, high: (LOOKS - kept) * CALLS_OF_LOOK }));
  }
  const calls = { low: line.asked, high: line.asked * CALLS_OF_LOOK };
  return { name: seat.name, role: 'judge', runs: line.runs, kept: line.kept, calls, usd: sumBounds(prices) };
}

/** Null where a price is unknown, or the judge can't be asked this at all, which asking it will say. */
async function priceOf(engine: Pick<Engine, 'plan' | 'quote'>, request: RunRequest, unpriced: Set<string>): Promise<Bounds | null> {
  const quote = await engine.plan(request).then(
    (plan) => engine.quote(plan, request),
    () => null,
  );
  for (const model of quote?.unpriced ?? []) unpriced.add(model);
  return quote?.usd ?? null;
}
