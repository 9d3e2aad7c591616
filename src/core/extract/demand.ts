import type { ExtractorName } from './rule.js';

/** An order to whoever answers; `the function should return the name` is none. */
const ORDER =
  '(?:^|[.!?;:,]\\s*|\\b(?:please|and|then|you (?:must|should)|always|only|just|must|to) )(?:answer|respond|reply|return|output|give|state)\\b';
const ONLY = '(?:only|just|simply|exactly|solely|nothing but)';
/** What a demanded form is called, and what can be taken out of an answer in it. */
const FORMS: readonly [ExtractorName, string][] = [
  ['yes_no', '[\'"“]?(?:yes|true)[\'"”]?\\s*(?:or|\\/)\\s*[\'"“]?(?:no|false)\\b'],
  ['choice', '(?:the )?(?:correct )?(?:option )?letter\\b(?! to )'],
  [
    'number',
    '(?:an? |one |the )?(?:single |final |whole |resulting |numeric(?:al)? )*(?:number|integer|numeral|digits?|percentage|numeric answer)\\b',
  ],
  [
    'short',
    '(?:an? |one |two |three |the )?(?:single |exact |full |correct |first |last )*(?:words?|names?|dates?|years?|titles?|phrase|term)\\b(?!,| (?:of|for|that|and|to|with) )',
  ],
];
const IN_ONE_WORD = /^in (?:only |just )?(?:one|a single|two|three) words?\b[,:]|\bin (?:one|a single|two|three) words?[.?!)]*$/i;

/** Demands on the form of the whole answer, the strictest first. */
const DEMANDS: readonly [ExtractorName, RegExp][] = FORMS.flatMap(([kind, form]): [ExtractorName, RegExp][] => [
  [
    kind,
    new RegExp(
      `${ORDER}(?: me| the question| your answer)?(?: back)?(?: with| in| as| using| by giving)?,? (?:${ONLY} )?(?:with |in |as )?${form}`,
      'i',
    ),
  ],
  [
    kind,
    new RegExp(`(?:^|[.!?;:,(]\\s*)(?:${ONLY} (?:in )?(?:the )?${form}|(?:the )?${form} (?:only|alone))(?: please)?\\s*[.!)]*\\s*$`, 'i'),
  ],
]);
const YES_OR_NO = /(?:^|[.!?;:,(]\s*)yes or no[?.:)]/i;

const JSON_DEMANDS: readonly RegExp[] = [
  /\b(?:answer|respond|reply)\b[^.?!\n]{0,60}\bjson\b/i,
  /(?:^|[.!?;:,]\s+|\n\s*|\bplease )(?:return|output|give|provide|produce|print|extract)\b[^.?!\n]{0,80}\b(?:as|in)\b (?:an? )?(?:single |valid |raw |strict |compact |minified )*json\b/i,
  /(?:^|[.!?;:,]\s+|\n\s*|\bplease |\bonly )(?:return|output|give|provide|produce|print)(?: me)?(?: only| just)?(?: an?)?(?: single| valid| raw| strict)* json\b(?! (?:parser|schema|library|file|api))/i,
  /\b(?:json only|only json|raw json|strict json)\b/i,
];
/** Where a program is asked for, JSON is what the program makes. */
const PROGRAM =
  /\b(?:functions?|scripts?|code|programs?|endpoints?|apis?|class|classes|methods?|parsers?|parse|librar(?:y|ies)|components?|snippets?|quer(?:y|ies)|regex)\b/i;

/** The kind of answer that an instruction demands in so many words. */
export function demanded(instruction: string): ExtractorName | null {
  if (JSON_DEMANDS.some((demand) => demand.test(instruction)) && !PROGRAM.test(instruction)) return 'json';
  for (const sentence of instruction.split(/(?<=[.!?])\s+|\n+/)) {
    if (IN_ONE_WORD.test(sentence)) return 'short';
    if (YES_OR_NO.test(sentence)) return 'yes_no';
    for (const [kind, demand] of DEMANDS) if (demand.test(sentence)) return kind;
  }
  return null;
}
