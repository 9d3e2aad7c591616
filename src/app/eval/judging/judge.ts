import { type ErrorInfo, MomError } from '../../../core/error.js';
import type { Judgement, ShownOrder } from '../../../core/eval/records.js';
import type { EvalStore } from '../../../core/eval/store.js';
import { type Cost, sumCosts } from '../../../core/usage.js';
import type { JudgeFacts } from '../../../eval/report/index.js';
import { type AskDeps, JudgeAsker } from './ask-judge.js';
import type { AnswerPair, JudgedPair } from './judging.js';
import { lookKey, reasonKey } from './key.js';
import { askReason, type Looked, look } from './look.js';
import type { JudgeSeat } from './seat.js';
import { settledShare } from './settled.js';

export interface JudgeDeps extends AskDeps {
  store: Pick<EvalStore, 'judgement' | 'keepJudgement'>;
  /** Where the judges are: the same id at another address is another judge. */
  realm: string;
  /** Ask again what is kept. */
  refresh: boolean;
  /** Told each look, and each reason, when it is there, also what was kept. */
  onLook: (look: Look) => void;
}

/** A question to a judge that is answered. */
export interface Look {
  what: 'verdict' | 'reason';
  /** It was there already, and cost nothing now. */
  kept: boolean;
  cost: Cost;
}

/** Two texts in the order in which they are shown. */
interface Sides {
  first: string;
  second: string;
}

/** A judge that fails on so many looks, before any other came to an end, would fail on the next ones too. */
const FIRST_LOOKS = 4;

const ORDERS: readonly ShownOrder[] = ['ab', 'ba'];

/** One judge: what it makes of pairs, asked or kept. */
export class Judge {
  readonly #seat: JudgeSeat;
  readonly #deps: JudgeDeps;
  readonly #asker: JudgeAsker;
  readonly #tally = { looks: 0, unreadable: 0, refused: 0, failed: 0, failure: null as string | null, cost: sumCosts([]) };

  /** By key: two contestants may say the same, and what is shown alike is not asked twice at once. */
  readonly #underWay = new Map<string, Promise<Looked>>();

  constructor(seat: JudgeSeat, deps: JudgeDeps) {
    this.#seat = seat;
    this.#deps = deps;
    this.#asker = new JudgeAsker(seat, deps);
  }

  /** Looks in both orders, one after the other; null where neither look could be read. */
  async compare(pair: AnswerPair): Promise<JudgedPair | null> {
    const judge = this.#seat.name;
    const settled = settledShare(pair);
    if (settled !== null) return { judge, preference: settled, orders: { ab: null, ba: null }, asked: 0 };
    const orders: JudgedPair['orders'] = { ab: null, ba: null };
    let asked = 0;
    for (const order of ORDERS) {
      const { judgement, kept } = await this.#look(pair, sidesOf(pair, order));
      if (!kept) asked += 1;
      orders[order] = shareOfA(judgement, order);
    }
    const read = [orders.ab, orders.ba].filter((share) => share !== null);
    if (read.length === 0) return null;
    return { judge, preference: read.reduce((sum, share) => sum + share, 0) / read.length, orders, asked };
  }

  /** Looks at a pair that are kept. */
  kept(pair: AnswerPair): number {
    if (this.#deps.refresh || settledShare(pair) !== null) return 0;
    return ORDERS.filter((order) => this.#find(lookKey(this.#looked(pair, sidesOf(pair, order)))) !== null).length;
  }

  /** Why the answer that it has found better is better; null where it does not say, or there are no two texts. */
  async explain(pair: AnswerPair): Promise<string | null> {
    if (pair.a.text === null || pair.b.text === null || settledShare(pair) !== null) return null;
    const sides = sidesOf(pair, 'ab');
    const better = this.#better(pair);
    const looked = this.#looked(pair, sides);
    const key = reasonKey(looked, better);
    const known = this.#deps.refresh ? null : this.#find(key);
    const judgement = known ?? (await askReason(this.#asker, { prompt: pair.prompt, ...sides, better }));
    if (known === null) this.#keep(key, judgement);
    this.#pay('reason', judgement, known !== null);
    return judgement.reason;
  }

  tally(): JudgeFacts {
    const { name: model, family, in_panel } = this.#seat;
    const { looks, unreadable, refused, failed, failure, cost } = this.#tally;
    const isKnown = cost.source !== 'unknown' && cost.source !== 'partial';
    return { model, family, in_panel, looks, unreadable, troubles: { refused, failed, failure }, cost_usd: isKnown ? cost.usd : null };
  }

  async #look(pair: AnswerPair, sides: Sides): Promise<{ judgement: Judgement; kept: boolean }> {
    const key = lookKey(this.#looked(pair, sides));
    const known = this.#deps.refresh ? null : this.#find(key);
    if (known !== null) {
      this.#count(known, true);
      return { judgement: known, kept: true };
    }
    const twin = this.#underWay.get(key);
    if (twin) {
      const { judgement } = await twin;
      this.#count(judgement, true);
      return { judgement, kept: true };
    }
    const asked = look(this.#asker, { prompt: pair.prompt, ...sides, better: null }).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asked);
    const { judgement, error } = await asked;
    this.#keep(key, judgement);
    this.#count(judgement, false);
    if (error !== null && judgement.trouble === 'failed') this.#failed(error);
    return { judgement, kept: false };
  }

  #find(key: string): Judgement | null {
    return this.#deps.store.judgement(key);
  }

  /** A call that failed says nothing about the texts: the next evaluation asks again. */
  #keep(key: string, judgement: Judgement): void {
    if (judgement.trouble !== 'failed') this.#deps.store.keepJudgement(key, judgement);
  }

  #count(judgement: Judgement, kept: boolean): void {
    const tally = this.#tally;
    tally.looks += 1;
    if (judgement.winner === null) tally.unreadable += 1;
    if (judgement.trouble === 'refused') tally.refused += 1;
    if (judgement.trouble === 'failed') tally.failed += 1;
    this.#pay('verdict', judgement, kept);
  }

  /** @throws MomError where it has done nothing else than fail */
  #failed({ code, message }: ErrorInfo): void {
    this.#tally.failure = message;
    const { looks, failed } = this.#tally;
    if (failed < looks || failed < FIRST_LOOKS) return;
    throw new MomError(code, `the judge ${this.#seat.name} failed on all of its first ${failed} looks: ${message}`, {
      hint: 'go on with --resume later, or name another judge with --judge',
    });
  }

  #pay(what: Look['what'], judgement: Judgement, kept: boolean): void {
    const cost = costOf(judgement);
    this.#tally.cost = sumCosts([this.#tally.cost, cost]);
    this.#deps.onLook({ what, kept, cost });
  }

  #looked({ prompt }: AnswerPair, sides: Sides) {
    const judge = this.#seat.mixture;
    return { realm: this.#deps.realm, judge, prompt, ...sides };
  }

  /** What its looks at a pair say together, from what is kept. */
  #better(pair: AnswerPair): 'A' | 'B' | null {
    const shares = ORDERS.flatMap((order) => {
      const judgement = this.#find(lookKey(this.#looked(pair, sidesOf(pair, order))));
      return judgement === null ? [] : (shareOfA(judgement, order) ?? []);
    });
    const lead = shares.reduce((sum, share) => sum + share - 0.5, 0);
    return lead > 0 ? 'A' : lead < 0 ? 'B' : null;
  }
}

function sidesOf({ a, b }: AnswerPair, order: ShownOrder): Sides {
  const [first, second] = order === 'ab' ? [a, b] : [b, a];
  return { first: first.text ?? '', second: second.text ?? '' };
}

/**
 * The share of the win that goes to `a` by one look: the probability of the verdict where it is known, as AlpacaEval 2's weighted
 * annotator has it, else all or nothing. Null where the look could not be read.
 */
function shareOfA({ winner, confidence }: Judgement, order: ShownOrder): number | null {
  if (winner === null) return null;
  if (winner === 'tie') return 0.5;
  // A verdict that was less likely than its opposite was drawn by chance: its probability would turn it round.
  const sure = confidence !== null && confidence >= 0.5 ? confidence : 1;
  const shareOfFirst = winner === 'a' ? sure : 1 - sure;
  return order === 'ab' ? shareOfFirst : 1 - shareOfFirst;
}

function costOf({ cost_usd: usd, cost_source: source }: Judgement): Cost {
  return { usd, source };
}
