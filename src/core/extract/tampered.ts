import { VERDICT } from '../reply-marks.js';

/** Control characters that no answer needs (white space is none), and marks with which a text claims to be another turn. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const TAMPERING = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202d\u202e]|<\|(?:im_start|im_end|endoftext|eot_id|start_header_id)\|>/;

/** Orders to whoever reads the text to drop its rules. */
const ORDERS =
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,20}\b(?:previous|prior|above|earlier|preceding|foregoing)\b[^.\n]{0,20}\b(?:instructions?|prompts?|rules?|messages?)\b/i;

/** A candidate's label with what only mom writes around it, or what only a judge writes before it. */
const LABELLED = new RegExp(`<\\/?candidate [A-Z]{1,2}\\d{1,3}\\b|^[\\s*_\`]{0,20}${VERDICT}[\\s*_\`[(]{0,20}[A-Z]{1,2}\\d{1,3}\\b`, 'm');

/** True for a text that tries to be more than an answer: it may be shown to a critic behind a fence, but has no vote. */
export function isTampered(text: string): boolean {
  return TAMPERING.test(text) || ORDERS.test(text) || LABELLED.test(text);
}
