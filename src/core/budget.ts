/**
 * Money that calls may spend, by one run or by many at once. What is reserved counts as spent until it is settled, so
 * that calls under way can't spend the same dollar twice. All amounts in US dollars.
 */
export interface Budget {
  /** For messages: `the cap of $0.50`, `the budget of $5 a day`. */
  readonly name: string;
  /** What the user can do when it is used up. */
  readonly hint: string;
  /** Not yet spent or reserved; never below 0. */
  left(): number;
  /** Null when `usd` is more than what is left. */
  reserve(usd: number): Reservation | null;
}

/** A part of a budget set aside for one call. */
export interface Reservation {
  /** Sets more aside; false when that is not there. */
  grow(usd: number): boolean;
  /** The call is over: `usd` is what it cost, the rest is free again. More than was reserved is booked too. */
  settle(usd: number): void;
}

/** Sums of floating point: less than any price of a token. */
const DUST = 1e-10;

/** True when `usd` can be taken from what is `left`. */
export function fits(usd: number, left: number): boolean {
  return usd <= left + DUST;
}

/** A budget that lives as long as the process, for any number of calls at once. */
export function memoryBudget(limit: number, name: string, hint: string): Budget {
  let booked = 0;
  let reserved = 0;
  let open = 0;

  const left = () => Math.max(0, limit - booked - reserved);
  const take = (usd: number): boolean => {
    if (!fits(usd, left())) return false;
    reserved += usd;
    return true;
  };

  return {
    name,
    hint,
    left,
    reserve(usd) {
      if (!take(usd)) return null;
      open += 1;
      let own = usd;
      let settled = false;
      return {
        grow(more) {
          if (settled || !take(more)) return false;
          own += more;
          return true;
        },
        settle(cost) {
          if (settled) return;
          settled = true;
          open -= 1;
          booked += cost;
          reserved = open === 0 ? 0 : reserved - own;
        },
      };
    },
  };
}
