/** Words that prompts ask models to answer with, and that are looked for in their answers. */

/** `VERDICT: A1`: a judge names the candidate it chooses. */
export const VERDICT = 'VERDICT:';

/** An answer that needs no repair. */
export const UNCHANGED = 'UNCHANGED';

/** A layer or round that knows nothing better. */
export const NOTHING_TO_ADD = 'NOTHING TO ADD';

/** `QUESTION: …`, one a line: what would show whether a draft is right. */
export const CHECK_QUESTION = 'QUESTION:';

/** `ROUTE: medium code`: how hard a request is, and of which kind. */
export const ROUTE = 'ROUTE:';

/** One of these letters: the first of two answers is better, the second, or neither. */
export const BETTER = 'A, B or T';

/** `WHY: …`: what makes the better of two answers better. */
export const WHY = 'WHY:';
