/** Options that may hold a secret. */
const SECRETIVE = /^\s*"?(?:providers|serve)\b/;

/** True for what `--set` was given (`budget.day=1`) where it is kept with an evaluation: what may be a secret is said anew each time. */
export function isKeptSet(set: string): boolean {
  return !SECRETIVE.test(set);
}
