/** True for a text that hardly anybody writes but who means a key: long, of letters and digits in one piece. */
export function looksLikeKey(text: string): boolean {
  return text.split(/[^A-Za-z0-9+=]/).some((word) => word.length >= 16 && /\d/.test(word) && /[A-Za-z]/.test(word));
}

/** A text without the words that look like keys; the names of files stay. */
export function withoutKeyLike(text: string): string {
  const isFile = (word: string) => /^[/~]|\.(?:ya?ml|json)\b/.test(word);
  return text.replace(/[^\s'"`,;()[\]{}]{16,}/g, (word) => (looksLikeKey(word) && !isFile(word) ? '[key]' : word));
}
