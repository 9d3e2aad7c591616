import type { EvalKind } from '../../../core/eval/prompt.js';
import type { ContestantReport, Recommendation } from '../../../core/eval/report.js';
import { byWorth, cheaperFirst, qualities } from '../contestants/quality.js';
import { type Compared, type Comparing, compare } from './compare.js';
import { findingOf } from './finding.js';
import { MIN_PROMPTS } from './needs.js';
import { times } from './numbers.js';

/** Who fails on more than this share of the prompts is recommended only where everybody does. */
const MAX_FAILED = 0.1;

/** What recommendations rest on. */
export interface Choosing {
  comparing: Comparing;
  /** In the order of the data. */
  contestants: readonly ContestantReport[];
  /** Index. */
  baseline: number;
  /** Points. */
  margin: number;
}

/** The prompts that are looked at. */
interface Scope {
  kind: EvalKind | null;
  isWanted: (prompt: number) => boolean;
}

/**
 * Whom to ask for everything, and for those kinds of prompt where that is another one. The cheapest contestant that is not shown
 * to be worse than the best one, and by no more than the margin; the best one itself only where that is safe: it is shown to be
 * better than the baseline, or is cheaper and not worse, or is the baseline and all that costs no more is shown to be worse. Nobody
 * on few prompts, and nobody whose answers a file gave: it can't be asked.
 */
export function recommend(choosing: Choosing, kinds: readonly EvalKind[]): Recommendation[] {
  const { prompts } = choosing.comparing.data;
  const overall = recommendFor(choosing, { kind: null, isWanted: () => true });
  const byKind = kinds.flatMap((kind) => recommendFor(choosing, { kind, isWanted: (prompt) => prompts[prompt]?.kind === kind }) ?? []);
  const others = byKind.filter(({ contestant }) => contestant !== overall?.contestant);
  return overall ? [overall, ...others] : others;
}

function recommendFor(choosing: Choosing, scope: Scope): Recommendation | null {
  const top = topOf(choosing, scope);
  if (top === null) return null;
  const cheapest = cheapestLikeIt(choosing, scope, top);
  const reason = cheapest === null ? whyTop(choosing, scope, top) : whyCheapest(choosing, scope, cheapest, top);
  const contestant = choosing.contestants[cheapest ?? top]?.name;
  return reason === null || contestant === undefined ? null : { kind: scope.kind, contestant, why: reason };
}

/** The best one, of those that can be relied on. */
function topOf(choosing: Choosing, scope: Scope): number | null {
  const { data, evidence } = choosing.comparing;
  const quality = qualities(data, evidence, choosing.baseline, scope.isWanted);
  const [top] = byWorth(data, quality, candidates(choosing, scope));
  return top === undefined || (quality[top]?.n ?? 0) < MIN_PROMPTS ? null : top;
}

function candidates({ contestants }: Choosing, scope: Scope): number[] {
  const able = [...contestants.keys()].filter((index) => contestants[index]?.role !== 'given');
  const reliable = able.filter((index) => {
    const { failed, n } = measuresOf(contestants[index], scope) ?? { failed: 0, n: 0 };
    return failed <= MAX_FAILED * n;
  });
  return reliable.length > 0 ? reliable : able;
}

/** The cheapest one that is as good as the top one; null where that is the top one itself, or prices are unknown. */
function cheapestLikeIt(choosing: Choosing, scope: Scope, top: number): number | null {
  const alike = candidates(choosing, scope).filter((index) => {
    if (index === top || priceIn(choosing, scope, index) === null) return false;
    const compared = compare(choosing.comparing, index, top, scope.isWanted);
    return isNoWorse(compared, choosing.margin);
  });
  const [cheapest] = alike.sort((a, b) => cheaperFirst(priceIn(choosing, scope, a), priceIn(choosing, scope, b)) || a - b);
  if (cheapest === undefined) return null;
  return cheaperFirst(priceIn(choosing, scope, cheapest), priceIn(choosing, scope, top)) < 0 ? cheapest : null;
}

function isNoWorse(compared: Compared, margin: number): boolean {
  const finding = findingOf(compared, compared.p, margin);
  return finding === 'better' || finding === 'not_worse';
}

function whyCheapest(choosing: Choosing, scope: Scope, cheapest: number, top: number): string {
  const best = choosing.contestants[top]?.name ?? '';
  const [own, other] = [priceIn(choosing, scope, cheapest), priceIn(choosing, scope, top)];
  const price = own === null || other === null || other === 0 ? 'at a known price' : `at ${times(own / other)} times its price`;
  return `It is not worse than ${best}, the best one seen${ofKind(scope)}, ${price}.`;
}

/** Null where nothing speaks for the best one but chance. */
function whyTop(choosing: Choosing, scope: Scope, top: number): string | null {
  const { baseline, contestants, margin, comparing } = choosing;
  if (top === baseline) return whyStay(choosing, scope);
  const name = contestants[baseline]?.name ?? '';
  const compared = compare(comparing, top, baseline, scope.isWanted);
  if (findingOf(compared, compared.p, margin) === 'better') return `It is the best one seen${ofKind(scope)}, and better than ${name}.`;
  const isCheaper = cheaperFirst(priceIn(choosing, scope, top), priceIn(choosing, scope, baseline)) < 0;
  return isCheaper && isNoWorse(compared, margin) ? `It is the best one seen${ofKind(scope)}, and cheaper than ${name}.` : null;
}

/** Null where somebody who costs no more may be as good. */
function whyStay(choosing: Choosing, scope: Scope): string | null {
  const { baseline, comparing, margin, contestants } = choosing;
  const own = priceIn(choosing, scope, baseline);
  const others = [...contestants.keys()].filter((index) => index !== baseline && contestants[index]?.role !== 'given');
  if (own === null || others.length === 0) return null;
  const rivals = others.filter((index) => cheaperFirst(priceIn(choosing, scope, index), own) <= 0);
  const areWorse = rivals.every((index) => {
    const compared = compare(comparing, index, baseline, scope.isWanted);
    return findingOf(compared, compared.p, margin) === 'worse';
  });
  if (!areWorse) return null;
  const isCheapest = rivals.every((index) => priceIn(choosing, scope, index) === own);
  return `It is the best one seen${ofKind(scope)}, and ${rivalsText(rivals.length, isCheapest, own)}.`;
}

function rivalsText(rivals: number, isCheapest: boolean, own: number): string {
  if (rivals === 0) return 'nothing is cheaper';
  if (!isCheapest) return 'all that is cheaper is worse';
  return own === 0 ? 'all others that cost nothing are worse' : 'all others at its price are worse';
}

function priceIn({ contestants }: Choosing, scope: Scope, index: number): number | null {
  return measuresOf(contestants[index], scope)?.cost_usd?.value ?? null;
}

function measuresOf(contestant: ContestantReport | undefined, { kind }: Scope) {
  return kind === null ? contestant : contestant?.kinds[kind];
}

function ofKind({ kind }: Scope): string {
  return kind === null ? '' : ` for ${kind}`;
}
