const NUMERAL =
  /\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|half|twice|double|triple|third|quarter|once)\b/gi;
/** A year says when, not how many. */
const YEAR = /\b(?:in|since|by|of|from|until) (?:1[5-9]|20)\d\d\b/gi;
const UNIT =
  /\bin (?:us )?(?:dollars?|cents|euros?|pounds|kilograms?|kg|grams?|inches|feet|miles|met(?:er|re)s|kilomet(?:er|re)s|km|centimet(?:er|re)s|cm|seconds|minutes|hours|days|weeks|months|years|percent|degrees|celsius|fahrenheit|kelvin|lit(?:er|re)s|gallons|ounces|m\/s|km\/h|mph)\b/i;

/** Nouns that name a quantity. */
const QUANTITY =
  '(?:numbers?|totals?|sums?|differences?|products?|averages?|means?|medians?|modes?|percentages?|percents?|costs?|prices?|profits?|loss(?:es)?|ages?|areas?|volumes?|perimeters?|circumferences?|radius|diameters?|lengths?|heights?|widths?|depths?|weights?|mass(?:es)?|distances?|speeds?|rates?|amounts?|values?|populations?|temperatures?|salary|salaries|wages?|incomes?|earnings|revenues?|balances?|scores?|grades?|remainders?|quotients?|counts?|changes?|increases?|decreases?|reductions?|bills?|fees?|expenses?|spending|time|durations?|sizes?|capacity|angles?|degrees?|squares?|(?:square |cube )?roots?|factorials?|interest|discounts?|savings?|budgets?|debts?|taxes|tax|tip|payments?|money|common (?:divisor|factor|multiple)|minimum|maximum|quantity|probability|likelihood|chances?)(?! (?:of \\w+ing\\b|signatures?|mechanisms?|management|strateg|negotiat|complexity|zones?|logs?|limits?|series|cards?|systems?|types?|of change (?:in|over)\\b|and (?:benefits|the)\\b))';
/** A clause begins: a condition may stand before it. */
const CLAUSE = '(?:^|[,;:]\\s*|\\b(?:then|and|so|if|of|to|by|in|for|at|about|exactly|determine|find|find out|calculate|tell me|is) )';

const HOW_MANY = /\bhow many\b(?! (?:ways|kinds|types) (?:can|could) (?:i|you|we)\b)/i;
const HOW_MUCH = /\bhow (?:much|old|long|tall|far|fast|heavy|deep|wide|high|big|large|hot|cold|late|early|often|soon)\b/i;
const BY_WHAT = /\b(?:what|which) (?:percent|percentage|number|amount|total|price|age|speed|distance|length|sum|score|grade)\b|\bwhat %/i;
const WHAT_IS = new RegExp(
  `\\bwhat(?:['’]s|['’]re| is| are| was| were| will| would| should| did| does| do| has| had| must)\\b(?:(?! of )[^,?]){0,70}?\\b${QUANTITY}\\b`,
  'i',
);
const WORK_OUT = new RegExp(
  `${CLAUSE}(?:please )?(?:calculate|compute|evaluate|find(?: out)?|determine|work out|figure out|solve|count|estimate|give|state)\\b[^?]{0,90}?\\b(?:${QUANTITY}|[xyzn]|how (?:many|much|old|long|far|tall))\\b`,
  'i',
);
const COMPUTE = new RegExp(`${CLAUSE}(?:please )?(?:calculate|compute|evaluate|solve)\\b[^?]*\\d`, 'i');
const ORDER_TO_COMPUTE = /^(?:what(?:['’]s| is)|how much is|calculate|compute|evaluate|solve)\b:?|[?=\s]+$/gi;
const OPERATOR = /\b(?:plus|minus|times|divided by|percent of|mod|to the power of)\b|% of\b/gi;

/** `what is x^2 + y^2`, `what is f(5)`: terms of single letters. */
const TERM = /\bwhat(?:['’]s| is) (?=[^?]*[\^+*/=(])(?:\d|\b[a-z]\b|[()^+*/=\s-])+\??$/i;

/** `17 * 23`, `15% of 80`, also behind `What is`. */
function isExpression(sentence: string): boolean {
  const sum = sentence.replace(ORDER_TO_COMPUTE, '').replace(OPERATOR, '*');
  return /^[\d\s.,()+\-*/x×÷^%$√]+$/.test(sum) && /\d[\s)%]*[-+*/x×÷^][\s($√-]*\d/.test(sum);
}

/** Their values are written in more than one number, or in words. */
const NOT_ONE_NUMBER = new RegExp(
  [
    '\\b(?:what|which) (?:fraction|ratio|time|date|day)\\b',
    '\\bas an? (?:\\w+ )?fraction\\b',
    '\\b(?:ratio|probability|likelihood|chances?|odds)\\b(?![^?]*\\b(?:percent|percentage|decimal)\\b)',
    `\\bdifferences? between (?!\\$?\\d[\\d.,]* and|.*(?:['’]s? |\\b${QUANTITY}\\b))`,
    '\\bhow (?:long|often|much) (?:\\w+ )?should(?! (?:he|she|they|it|the)\\b)',
    '\\bwhat (?:is|are|was|were|would be) the (?:best|easiest|right|proper|recommended|preferred|reasons?|causes?|meaning|purpose|trends?|rules?|steps?|benefits?|effects?)\\b',
    '\\bwhat (?:(?:would|will|could) happen|happens|(?:does|do|did) .*\\bmean)\\b',
  ].join('|'),
  'i',
);

/** True for a sentence that asks for one number. @param text the whole question: its numerals show that something is to be worked out */
export function asksNumber(sentence: string, text: string): boolean {
  if (NOT_ONE_NUMBER.test(sentence)) return false;
  if (HOW_MANY.test(sentence) || isExpression(sentence)) return true;
  const numerals = text.replace(YEAR, '').match(NUMERAL)?.length ?? 0;
  const hasUnit = UNIT.test(sentence);
  if (numerals === 0 && !hasUnit) return false;
  if (HOW_MUCH.test(sentence) || BY_WHAT.test(sentence) || COMPUTE.test(sentence) || TERM.test(sentence)) return true;
  const isSum = numerals > 1 || hasUnit || /\d/.test(sentence.replace(YEAR, ''));
  return isSum && (WHAT_IS.test(sentence) || WORK_OUT.test(sentence));
}
