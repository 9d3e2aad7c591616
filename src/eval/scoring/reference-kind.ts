import { extract, extractorFor } from '../../core/extract/index.js';
import { marked } from '../../core/extract/marks.js';
import type { ExtractorName } from '../../core/extract/rule.js';
import type { Message } from '../../core/message.js';

/** Characters that a reference may have and still be compared as a whole. */
const SHORT = 80;

/** Forms that only one kind of answer has, the strictest first. */
const FORMS: readonly [ExtractorName, RegExp][] = [
  ['number', /^[-+−]?[$€£]?\s?(?:\d[\d,]*(?:\.\d+)?|\.\d+)\s?[%$€£]?\.?$/],
  ['choice', /^(?:[A-J]|\([A-Ja-j]\))\.?$/],
  ['yes_no', /^(?:yes|no|true|false)\.?$/i],
  ['json', /^(?:\{.*\}|\[.*\])$/s],
];

/** The right answer as it is compared, and the kind that it is one of. */
export interface Known {
  kind: ExtractorName;
  /** In the canonical form of its kind. */
  answer: string;
}

/**
 * What a reference comes to: by the kind that is asked for, else by the kind that the question wants, else by the
 * reference's own form. A reference whose form is plain, such as a lone number, keeps it where the question seems to want another kind.
 */
export function knownAnswer(reference: string, messages: readonly Message[], wanted: ExtractorName | null): Known | { unfit: string } {
  if (wanted !== null) return taken(wanted, reference) ?? { unfit: `no ${NAMES[wanted]} can be taken out of it` };
  const byQuestion = extractorFor(messages);
  const known = byQuestion === null || isProse(byQuestion, reference) ? null : taken(byQuestion, reference);
  const form = known === null ? formOf(reference) : null;
  const plain = form === null ? null : taken(form, conclusion(reference));
  if (known ?? plain) return (known ?? plain) as Known;
  if (byQuestion !== null) return { unfit: `it holds no ${NAMES[byQuestion]}, which the question asks for` };
  return short(reference) ?? { unfit: 'it is too long to be compared word by word, and no final answer is marked in it' };
}

const NAMES: Readonly<Record<ExtractorName, string>> = {
  number: 'number',
  choice: 'letter of an option',
  yes_no: 'verdict of yes or no',
  json: 'JSON',
  short: 'short text',
};

function taken(kind: ExtractorName, reference: string): Known | null {
  const answer = extract(kind, reference);
  return answer === null ? null : { kind, answer };
}

/** The last number of a long text is only its answer where it is marked as that. */
function isProse(kind: ExtractorName, reference: string): boolean {
  return kind === 'number' && !isShort(reference) && marked(reference).length === 0;
}

function formOf(reference: string): ExtractorName | null {
  const said = conclusion(reference);
  return FORMS.find(([, form]) => form.test(said))?.[0] ?? null;
}

/** What stands behind the last mark of a final answer, as in `#### 72`; else the whole. */
function conclusion(reference: string): string {
  return marked(reference).at(-1) ?? reference.trim();
}

function short(reference: string): Known | null {
  return isShort(reference) || marked(reference).length > 0 ? taken('short', reference) : null;
}

function isShort(reference: string): boolean {
  const text = reference.trim();
  return text.length <= SHORT && !text.includes('\n');
}
