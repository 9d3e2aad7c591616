/** Costs are kept as whole numbers of this part of a dollar, the last digit that mom tells: their sums are exact. */
const PER_DOLLAR = 1e10;

export function wholeCost(usd: number): number {
  return Math.round(usd * PER_DOLLAR);
}

export function dollars(cost: number): number {
  return cost / PER_DOLLAR;
}
