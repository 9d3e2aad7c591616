import { type Budget, fits, memoryBudget, type Reservation } from '../../core/budget.js';
import { MomError } from '../../core/error.js';
import type { Cap, Mixture } from '../../core/mixture.js';
import { Tab } from './tab.js';
import { isFree, type Tariff, worstCase } from './tariff.js';

/**
 * The money of one run: its cap and the budgets it shares with others. Nothing is asked before what it may cost at
 * worst is set aside in all of them. One purse for all stages, which replace other parts of the run's context.
 */
export class Purse {
  readonly #shared: readonly Budget[];
  readonly #spent: () => number;
  /** Of the mixture, and of one it was routed to where that is lower; the lowest first. */
  #caps: { cap: Cap; budget: Budget }[] = [];
  #allowUnknown = false;
  /** The call that was not made or not finished for want of money, until another one can be made. */
  refusal: MomError | null = null;
  /** True once a member was left out of a round for want of money. */
  shrunk = false;

  /** @param spent US dollars that the run's finished calls have cost, as far as known */
  constructor(shared: readonly Budget[], spent: () => number) {
    this.#shared = shared;
    this.#spent = spent;
  }

  /** Follows the rules of the mixture that runs now; of two caps the lower one holds. */
  under({ maxCost: cap, allowUnknownPrice }: Mixture): this {
    this.#allowUnknown = allowUnknownPrice;
    if (cap && cap.usd < (this.cap?.usd ?? Number.POSITIVE_INFINITY)) {
      const budget = memoryBudget(cap.usd, `the cap of ${dollars(cap.usd)}`, 'raise max_cost (--max-cost)');
      budget.reserve(0)?.settle(this.#spent());
      this.#caps.unshift({ cap, budget });
    }
    return this;
  }

  /** The cap that holds for this run alone. */
  get cap(): Cap | null {
    return this.#caps[0]?.cap ?? null;
  }

  /** False where money is no question. */
  get limited(): boolean {
    return this.#caps.length + this.#shared.length > 0;
  }

  /** US dollars that are neither spent nor set aside, in the budget that has the least. */
  left(): number {
    return Math.min(...this.#budgets().map((budget) => budget.left()));
  }

  /** Of the budgets the one with the least left, for messages. */
  get tightest(): Budget | null {
    return this.#budgets().reduce<Budget | null>((min, budget) => (min && min.left() <= budget.left() ? min : budget), null);
  }

  /** Why a call can't be made now, null when it can. Sets nothing aside. */
  refuses(tariff: Tariff, who = tariff.model): MomError | null {
    const worst = worstCase(tariff) ?? 0;
    const budget = this.#budgets().find((each) => !fits(worst, each.left()));
    return this.#forbids(tariff, who) ?? (budget ? this.#tooDear(worst, budget, who) : null);
  }

  /** Sets aside what a call may cost at worst. */
  open(tariff: Tariff): Tab | MomError {
    const worst = worstCase(tariff) ?? 0;
    const forbidden = this.#forbids(tariff, tariff.model);
    if (forbidden) return this.#refuse(forbidden);
    const reservations: Reservation[] = [];
    for (const budget of this.#budgets()) {
      const reservation = budget.reserve(worst);
      if (!reservation) {
        for (const other of reservations) other.settle(0);
        return this.#refuse(this.#tooDear(worst, budget, tariff.model));
      }
      reservations.push(reservation);
    }
    this.refusal = null;
    return new Tab(tariff, reservations, () => this.#refuse(this.#stopped(tariff.model)));
  }

  /** Why no call that costs money may start any more: everything is spent. Null while something is left. */
  reached(): MomError | null {
    const spent = this.#spent();
    const cap = this.#caps.find((each) => spent > 0 && spent >= each.cap.usd);
    if (cap) return new MomError('cost_cap', `${cap.budget.name} is reached: ${dollars(spent)} spent`, { hint: cap.budget.hint });
    const budget = this.#shared.find((each) => each.left() <= 0);
    return budget ? new MomError('cost_cap', `${budget.name} is used up`, { hint: budget.hint }) : null;
  }

  #refuse(error: MomError): MomError {
    this.refusal = error;
    return error;
  }

  /** What no amount that is left could change. */
  #forbids(tariff: Tariff, who: string): MomError | null {
    if (this.cap?.usd === 0 && !isFree(tariff)) return costsUnderCap0(tariff, who);
    return tariff.prices === null ? (this.#unknown(who) ?? this.reached()) : null;
  }

  /** Under a cap that the user set, or a budget, a call of unknown price could cost anything. */
  #unknown(who: string): MomError | null {
    const strict = this.#caps.find(({ cap }) => cap.setByUser)?.budget ?? this.#shared[0];
    if (!strict || this.#allowUnknown) return null;
    return new MomError('cost_cap', `the price of ${who} is not known, so ${strict.name} can't be held`, {
      hint: 'give the price under pricing: in the config, or set allow_unknown_price (--set allow_unknown_price=true)',
    });
  }

  #tooDear(worst: number, budget: Budget, who: string): MomError {
    const spent = this.#spent();
    const own = this.#caps.find((each) => each.budget === budget)?.cap;
    const message =
      own && spent > 0
        ? `${budget.name} is reached: ${dollars(spent)} spent, and ${who} may cost ${dollars(worst)} more`
        : own && fits(own.usd, budget.left())
          ? `${who} may cost ${dollars(worst)}, more than ${budget.name}`
          : `${who} may cost ${dollars(worst)}, but only ${dollars(budget.left())} is left of ${budget.name}`;
    const less = own ? ', or lower expected_output, the tokens of answer that are set aside for each call' : '';
    return new MomError('cost_cap', message, { hint: `${budget.hint}${less}` });
  }

  #stopped(who: string): MomError {
    const { name = 'the cap', hint = '' } = this.tightest ?? {};
    return new MomError('cost_cap', `${name} is reached: ${who} was stopped before its answer was whole`, { hint });
  }

  #budgets(): Budget[] {
    return [...this.#caps.map(({ budget }) => budget), ...this.#shared];
  }
}

/** A cap of nothing lets models run that are known to cost nothing, and no others. */
function costsUnderCap0(tariff: Tariff, who: string): MomError {
  const why = tariff.prices === null ? `the price of ${who} is not known` : `${who} costs money`;
  return new MomError('cost_cap', `${why}, and the cap of $0 lets only free models run`, {
    hint: 'raise max_cost (--max-cost), name free models, or give their price under pricing: in the config',
  });
}

/** For messages: cents, below a dollar three digits that count; never in the notation with an exponent. */
export function dollars(usd: number): string {
  const short = Number(usd >= 1 ? usd.toFixed(2) : usd.toPrecision(3));
  return `$${short >= 1e-6 || short === 0 ? short : short.toFixed(12).replace(/0+$/, '')}`;
}
