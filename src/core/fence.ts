/** A fence no text inside it can close: `nonce` occurs in none of the texts it was made for. */
export interface Fence {
  nonce: string;
  /** `text` between the fence's marks, unaltered. */
  wrap(label: string, text: string): string;
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
    wrap: (label, text) => `<candidate ${label} ${nonce}>\n${text}\n</candidate ${label} ${nonce}>`,
  };
}
