/** Shorter ones are dummies such as `ollama`, which are also words of ordinary text. */
const SHORTEST_SECRET = 8;
const MARK = '[redacted]';

/** What keys of the known providers look like, and credentials in headers and addresses. */
const KEY_LIKE: readonly [RegExp, string][] = [
  [/\b(?:sk|rk|pk|gsk|xai)[-_](?=[\w-]*\d)[\w-]{16,}/g, MARK],
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

/** @param secrets the keys in use; ones under 8 characters are dummies and stay */
export function createRedactor(secrets: readonly string[]): Redactor {
  // The longest first, so that a secret that contains another goes whole.
  const known = [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  const exact = (text: string) => known.reduce((rest, secret) => rest.replaceAll(secret, MARK), text);
  const clean = (text: string) => KEY_LIKE.reduce((rest, [pattern, mark]) => rest.replace(pattern, mark), exact(text));
  return { clean, exact };
}
