import { type Budget, fits, memoryBudget, type Reservation } from '../../../core/budget.js';
import { MomError } from '../../../core/error.js';
import { EVAL } from '../../../core/limits.js';
import type { Mixture } from '../../../core/mixture.js';
import type { Quote } from '../../../core/quote.js';
import type { RunResult } from '../../../core/run.js';
import { dollars } from '../../../engine/money/purse.js';

/**
 * The money of one command. A run begins only when all that it may cost at worst fits beside what the runs under way may
 * still cost: a cap that is reached in the middle of a run would shrink its panel, and its answer would not be the contestant's.
 */
export class EvalCap {
  readonly usd: number;
  readonly setByUser: boolean;
  /** For the runs: what they share beside their own caps. */
  readonly budget: CountedBudget;
  /** With budgets of the configuration, which all runs of all commands share. */
  readonly #shared: readonly Budget[];
  /** Dollars that runs under way may cost at worst. */
  #underWay = 0;
  #runs = 0;
  #waiting: (() => void)[] = [];

  constructor(maxCost: number | null, configured: readonly Budget[]) {
    this.usd = maxCost ?? EVAL.maxCost;
    this.setByUser = maxCost !== null;
    const source = this.setByUser ? '' : ' (the built-in one)';
    const name = `the evaluation's cap of ${dollars(this.usd)}${source}`;
    const hint = 'raise it (--max-cost), or lower expected_output, which is set aside for each call; --resume asks only what is missing';
    this.budget = new CountedBudget(memoryBudget(this.usd, name, hint), () => this.#lookAgain());
    this.#shared = [this.budget, ...configured];
  }

  /** A cap or a budget that the user has set can't be held without the prices of the mixture's models. */
  needsPrices({ allowUnknownPrice, maxCost }: Mixture): boolean {
    return !allowUnknownPrice && (this.setByUser || this.#shared.length > 1 || maxCost?.setByUser === true);
  }

  /** The mixture with leave to ask models of unknown price, unless prices are needed. */
  lets(mixture: Mixture): Mixture {
    const routes = Object.fromEntries(Object.entries(mixture.auto.routes).map(([name, target]) => [name, this.lets(target)]));
    return {
      ...mixture,
      auto: { ...mixture.auto, routes },
      allowUnknownPrice: !this.needsPrices(mixture),
    };
  }

  /**
   * Waits until a run fits and does it.
   * @param quote what it would cost; an unknown price counts as nothing where it may pass at all
   * @throws MomError `cost_cap` where it can't fit any more
   */
  async spend<T>(quote: Pick<Quote, 'usd'>, work: () => Promise<T>): Promise<T> {
    const worst = quote.usd?.high ?? 0;
    while (!fits(worst, this.#free())) {
      // Judges set money aside too.
      if (this.#runs === 0 && this.budget.open === 0) throw this.#tooDear(worst);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#runs += 1;
    this.#underWay += worst;
    try {
      return await work();
    } finally {
      this.#runs -= 1;
      this.#underWay = this.#runs === 0 ? 0 : this.#underWay - worst;
      this.#lookAgain();
    }
  }

  /** Why a run was not what it would have been with more of the money that all share; null where that played no part. */
  hindered(result: RunResult): MomError | null {
    const texts = [...result.warnings.filter(({ code }) => CUT.has(code)).map(({ message }) => message), result.error?.message ?? ''];
    const budget = this.#shared.find(({ name }) => texts.some((text) => text.includes(name)));
    return budget ? new MomError('cost_cap', `${budget.name} is reached`, { hint: budget.hint }) : null;
  }

  #lookAgain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  /** Dollars that are neither spent nor promised; what runs under way have set aside is a part of what they may cost. */
  #free(): number {
    const left = Math.min(...this.#shared.map((budget) => budget.left()));
    return left - Math.max(0, this.#underWay - this.budget.reserved);
  }

  #tooDear(worst: number): MomError {
    const tightest = this.#shared.reduce((min, budget) => (budget.left() < min.left() ? budget : min));
    const message = `${tightest.name} is reached: the next run may cost ${dollars(worst)}, and ${dollars(tightest.left())} is left`;
    return new MomError('cost_cap', message, { hint: tightest.hint });
  }
}

/** A budget that tells what is set aside of it at the moment. */
class CountedBudget implements Budget {
  reserved = 0;
  /** Reservations that are not settled: sums of dollars keep dust. */
  open = 0;
  readonly #budget: Budget;
  readonly #onSettled: () => void;

  constructor(budget: Budget, onSettled: () => void) {
    this.#budget = budget;
    this.#onSettled = onSettled;
  }

  get name(): string {
    return this.#budget.name;
  }

  get hint(): string {
    return this.#budget.hint;
  }

  left(): number {
    return this.#budget.left();
  }

  reserve(usd: number): Reservation | null {
    const reservation = this.#budget.reserve(usd);
    if (reservation === null) return null;
    let own = usd;
    let isOpen = true;
    this.reserved += usd;
    this.open += 1;
    return {
      grow: (more) => {
        const grown = reservation.grow(more);
        if (grown) own += more;
        if (grown) this.reserved += more;
        return grown;
      },
      settle: (cost) => {
        if (!isOpen) return;
        isOpen = false;
        reservation.settle(cost);
        this.open -= 1;
        this.reserved = this.open === 0 ? 0 : this.reserved - own;
        this.#onSettled();
      },
    };
  }
}

/** Warnings of runs that money has changed. */
const CUT: ReadonlySet<string> = new Set(['panel_shrunk', 'cost_cap']);
