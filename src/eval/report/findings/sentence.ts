import type { EvalKind } from '../../../core/eval/prompt.js';
import type { Estimate, Finding, VerdictReport } from '../../../core/eval/report.js';
import { type Compared, costRatio } from './compare.js';
import { MIN_PROMPTS } from './needs.js';
import { listed, oneDecimal, roughly, times } from './numbers.js';

type Verdict = Omit<VerdictReport, 'sentence'>;

const KIND_WORDS: Record<Exclude<Finding, 'too_few'>, string> = {
  better: 'better',
  not_worse: 'not worse',
  not_shown: 'not shown',
  worse: 'worse',
};

/**
 * One sentence for people: what was found, how large it is, at what price, and for which kinds of prompt.
 * @param about `isAlone`: the opponent is one model beside a mixture; `isFree`: both brought their answers, so there is no price;
 * `margin` in points
 */
export function verdictSentence(
  verdict: Verdict,
  compared: Compared,
  about: { isAlone: boolean; isFree: boolean; margin: number },
): string {
  const { contestant, finding, prompts_needed } = verdict;
  const opponent = opponentOf(verdict, about.isAlone);
  if (finding === 'too_few') return tooFew(verdict, compared, opponent);
  const size = `${sharesOf(compared)} (${differenceOf(compared.difference, finding, about.margin)})`;
  const price = about.isFree ? '' : priceOf(compared);
  if (finding !== 'not_shown') return `${contestant} is ${KIND_WORDS[finding]} than ${opponent}: ${size}${price}${kindsOf(verdict)}.`;
  const more = prompts_needed === null ? '' : `; a difference of this size takes about ${roughly(prompts_needed)} prompts to show`;
  return `Nothing is shown of ${contestant} against ${opponent}: ${size}${price}${more}${kindsOf(verdict)}.`;
}

function opponentOf({ against, against_role }: Verdict, isAlone: boolean): string {
  if (against_role === 'sampled') return `${against} (one model, sampled)`;
  return isAlone ? `${against} alone` : against;
}

function tooFew({ contestant, prompts_needed }: Verdict, { n }: Compared, opponent: string): string {
  if (n === 0) return `Nothing is known of ${contestant} against ${opponent}: no prompt tells which of them is right or better.`;
  const prompts = n === 1 ? '1 prompt is' : `${n} prompts are`;
  const needs =
    prompts_needed === null
      ? `no difference was seen, and at least ${MIN_PROMPTS} are needed to say more`
      : `to show a difference like the one seen here takes about ${roughly(prompts_needed)}`;
  return `${prompts} too few for any verdict on ${contestant} against ${opponent}: ${needs}.`;
}

function sharesOf({ basis, share_a, share_b }: Compared): string {
  if (basis === 'judge') return `it wins ${percent(share_a)} of the comparisons`;
  return `${percent(share_a)} against ${percent(share_b)} ${basis === 'mixed' ? 'right or preferred' : 'right'}`;
}

/** An interval on one side of 0 needs its words only once. */
function differenceOf({ value, low, high }: Estimate, finding: Finding, margin: number): string {
  const interval = low < 0 && high > 0 ? `${directed(low)} to ${directed(high)}` : bothEnds(low, high);
  const isOneSided = low > 0 || high < 0;
  const ending = finding === 'not_worse' ? `, margin ${margin}` : finding === 'not_shown' && isOneSided ? ', but p is not below 0.05' : '';
  const size = oneDecimal(Math.abs(value)) === '0.0' ? 'no difference' : directed(value, 'points ');
  return `${size}, 95 % interval ${interval}${ending}`;
}

function bothEnds(low: number, high: number): string {
  const [near, far] = high <= 0 ? [-high, -low] : [low, high];
  return `${oneDecimal(near)} to ${oneDecimal(far)}`;
}

function directed(points: number, unit = ''): string {
  return `${oneDecimal(Math.abs(points))} ${unit}${points < 0 ? 'less' : 'more'}`;
}

function priceOf(compared: Compared): string {
  const ratio = costRatio(compared);
  if (ratio !== null) return times(ratio) === '1' ? ', at about the same price' : `, at ${times(ratio)} times its price`;
  if (compared.cost_a === null || compared.cost_b === null) return ', at a price that is not known';
  return compared.cost_a === 0 ? ', both at no cost' : ', against one that costs nothing';
}

/** Only where some kind has another result than the whole. */
function kindsOf({ finding, kinds }: Verdict): string {
  const known = Object.entries(kinds) as [EvalKind, Finding][];
  if (known.every(([, of]) => of === finding || of === 'too_few')) return '';
  const groups = Object.entries(KIND_WORDS).flatMap(([of, word]) => {
    const own = known.filter(([, found]) => found === of).map(([kind]) => kind);
    return own.length === 0 ? [] : [`${word} for ${listed(own)}`];
  });
  return `; ${groups.join(', ')}`;
}

function percent(share: number): string {
  return `${oneDecimal(100 * share)} %`;
}
