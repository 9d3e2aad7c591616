import { formsOf, SHORTEST_SECRET } from '../core/secrets.js';

const MARK = '[redacted]';

/** Keys that begin with a word; a digit is looked for afterwards, or a text full of beginnings would take the square of its length. */
const PREFIXED = /\b(?:sk|rk|pk|gsk|xai)[-_][\w-]{16,}/g;

/** What other keys look like, and credentials in headers and addresses. */
const KEY_LIKE: readonly [RegExp, string][] = [
  [/\bAIza[\w-]{30,}/g, MARK],
  [/\b(?:gh[pousr]|github_pat|hf)_\w{20,}/g, MARK],
  [/\b(Bearer|Basic)\s+[\w.~+/-]{8,}=*/gi, `$1 ${MARK}`],
  [/\b(https?:\/\/)[^\s/:@]+:[^\s/@]+@/gi, `$1${MARK}@`],
];

export interface Redactor {
  /** Without the known secrets and without whatever looks like a key. For errors and traces. */
  clean(text: string): string;
  /** Without the known secrets, everything else to the letter. For what must be kept as it was. */
  exact(text: string): string;
}

/** @param secrets the keys in use, taken out in each form in which they may stand; ones under 8 characters are dummies and stay */
export function createRedactor(secrets: readonly string[]): Redactor {
  // The longest first, so that a secret that contains another goes whole.
  const real = [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_SECRET);
  const known = [...new Set(real.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const exact = (text: string) => known.reduce((rest, secret) => rest.replaceAll(secret, MARK), text);
  const clean = (text: string) => {
    const rest = exact(text).replace(PREFIXED, (word) => (/\d/.test(word) ? MARK : word));
    return KEY_LIKE.reduce((left, [pattern, mark]) => left.replace(pattern, mark), rest);
  };
  return { clean, exact };
}
