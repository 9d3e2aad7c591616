/** A fence no text inside it can close: `nonce` occurs in none of the texts it was made for. */
export interface Fence {
  nonce: string;
  /**
   * `text` between the fence's marks, unaltered.
   * @param mark what stands between the marks; `candidate` is a text that could be the answer
   * @default 'candidate'
   */
  wrap(label: string, text: string, mark?: string): string;
}

/**
 * Makes a fence around candidate texts.
 * @param texts everything that must not contain the nonce: candidates and conversation
 * @param draw a new random nonce each time it is called
 */
export function makeFence(texts: readonly string[], draw: () => string): Fence {
  let nonce = draw();
  while (texts.some((text) => text.includes(nonce))) nonce = draw();
  return {
    nonce,
    wrap: (label, text, mark = 'candidate') => `<${mark} ${label} ${nonce}>\n${text}\n</${mark} ${label} ${nonce}>`,
  };
}
