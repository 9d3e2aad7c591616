/** Control characters that no answer needs (white space is none), and marks with which a text claims to be another turn. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const TAMPERING = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202d\u202e]|<\|(?:im_start|im_end|endoftext|eot_id|start_header_id)\|>/;

/** True for a text that tries to be more than an answer: it may be shown to a critic behind a fence, but has no vote. */
export function isTampered(text: string): boolean {
  return TAMPERING.test(text);
}
