import { type Message, messageText } from '../message.js';
import { ends, splitData } from '../request-data.js';
import { demanded } from './demand.js';
import { asksNumber } from './numeric-question.js';
import type { ExtractorName } from './rule.js';

/** Instructions on the way to an answer, not on its kind. */
const BENIGN =
  /\b(?:please )?(?:(?:explain|show|give|describe|justify|include|write (?:out|down)?) (?:(?:me|all|each|of|your|the|how you got) ?)*(?:reasoning|work(?:ings?)?|steps?|thinking|calculations?|thought process|answer|it)\b|(?:let'?s )?(?:think|reason|work|solve it|go)(?: \w+){0,3}? step[- ]by[- ]step|step[- ]by[- ]step|explain briefly)[.,]?/gi;

const LEAD =
  '(?:^|[,;:]\\s+(?:then |and )?|\\band (?:then )?)(?:please |now |also |then |next |finally |first |could you |can you |would you |will you |i want you to |i need you to )*';
/** Work whose result is prose, code or a changed text. */
const OPEN_WORK = new RegExp(
  `${LEAD}(?:explain|describe|discuss|elaborate|summari[sz]e|translate|paraphrase|rewrite|rephrase|write|draft|compose|outline|list|enumerate|compare|contrast|create|generate|design|implement|fix|refactor|debug|edit|improve|optimi[sz]e|review|critique|analy[sz]e|suggest|recommend|brainstorm|propose|plan|prove|derive|illustrate|tell me (?:about|how to|why|more|a)|give (?:me )?(?:an? (?:example|overview|summary|explanation|list|detailed|brief|short)|some|examples|tips|advice|your (?:opinion|thoughts))|help me|show me how|walk me|teach|build|modify|update|complete the (?:code|function|story)|what do you think|make (?:me )?a)\\b`,
  'i',
);
const OPEN_QUESTION =
  /(?:^|[,;]\s+|\band )(?:so )?(?:why\b|how (?:do|does|did|can|could|should|would|to|come|might|is|are|was|were|has|have|you)\b|what(?:'s| is| are| was| were| would be) the (?:best|easiest|right|proper|recommended|preferred|reasons?|causes?|meaning|purpose|advantages?|pros|implications?)\b|what (?:does|do|did|should|would|can|could|happens|happened|causes|makes)\b)/i;
/** In a sum `how would` and `what does` may ask for a number; the open question that never does. */
const NEVER_NUMERIC = /(?:^|[,;]\s+|\band )(?:so )?(?:why\b|how (?:do (?:i|you|we)|can (?:i|you|we)|should (?:i|you|we)|to|come)\b)/i;

const YES_NO =
  /^(?:so |then |and |true or false:? )?(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|must|may)\b(?:n['’]t)? [^?]+\?$/i;
const TRUE_FALSE = /\btrue or false\b/i;
/** Advice, favours, choices and searches that only have the form of a yes/no question. */
const NOT_YES_NO =
  /\b(?:i|my|me|we|our|us|you|your|or(?! not\b)|why|how|which|better|best|worth|should)\b|^(?:is|are|was|were) (?:there|it) (?:an?|any|some|possible|another|also|still)\b[^?]*\b(?:way|ways|method|tool|library|command|option|setting|shortcut|function|package|plugin|app|trick|workaround|alternative|api|book|website|recipe|example|difference|possible|recommended|reason|evidence)s?\b|\bthis (?:code|function|text|sentence|essay|email|paragraph|script|file)\b/i;

const SEVERAL =
  /\b(?:all that apply|one or more|which (?:of these )?are|select all|choose (?:two|three|all)|for each (?:question|statement|item))\b/i;

/** Characters of instruction beyond which a text is no question. */
const MAX_QUESTION = 6_000;
/** So much of the system prompts is looked at, at either end, in characters. */
const RULES_LOOKED_AT = 4_000;
/** A question stands in the first sentence of a turn or in one of so many last ones. */
const LAST_SENTENCES = 3;

/**
 * Which kind of answer can be taken out of what the models will say, by the form of the question: last user turn and
 * system prompt. Null where prose, code, an explanation or an edit is asked for, or the form does not tell. Rather null
 * than wrong: what is compared by the wrong kind loses most of what was said. Attached data and code are not part of
 * what is asked. Takes time in proportion to the text.
 */
export function extractorFor(messages: readonly Message[]): ExtractorName | null {
  const last = messages.findLast((message) => message.role === 'user');
  if (!last) return null;
  const system = messages.filter((message) => message.role === 'system' || message.role === 'developer').map(messageText);
  const rules = tidy(ends(system.join('\n'), RULES_LOOKED_AT));
  const { instruction, data, code } = splitData(messageText(last));
  const text = tidy(instruction).replace(BENIGN, ' ').trim();
  if (text === '' || text.length > MAX_QUESTION) return demanded(rules);
  const sentences = sentencesOf(text);
  const asking = [...new Set([sentences[0] ?? '', ...sentences.slice(-LAST_SENTENCES)])];
  const opens = asking.some((sentence) => OPEN_WORK.test(sentence));
  const demand = demanded(text) ?? demanded(rules);
  if (demand === 'json' || (demand !== null && !opens)) return demand;
  if (opens) return null;
  if (listsOptions(text)) return SEVERAL.test(text) ? null : 'choice';
  if (asking.some((sentence) => NEVER_NUMERIC.test(sentence))) return null;
  if (asking.some((sentence) => asksNumber(sentence, text))) return 'number';
  if (asking.some((sentence) => OPEN_QUESTION.test(sentence))) return null;
  return !data && !code && asksYesNo(sentences) ? 'yes_no' : null;
}

/** Runs of white space cost patterns that allow for it the square of their length; one space or newline says the same. */
function tidy(text: string): string {
  return text.replace(/[^\S\n]+/g, ' ').replace(/(?: ?\n)+ ?/g, '\n');
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[?!]["'”)]?)\s+|(?<=\.["'”)]?)\s+(?=[\p{Lu}\d"'“(#*])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** At least two options, `A` and `B` first, each on a line of its own or at least three in one. */
function listsOptions(text: string): boolean {
  const onLines = [...text.matchAll(/(?:^|\n)\s*[-*]?\s*\(?([A-Ja-j])(?:\)|[.:](?=\s))/g)].map((match) => match[1]?.toUpperCase());
  if (inOrder(onLines, 2)) return true;
  const inLine = [...text.matchAll(/(?<![\p{L}\p{N}])\(?([A-Ja-j])(?:\)|[.:](?=\s))\s*\S/gu)].map((match) => match[1]?.toUpperCase());
  return inOrder(inLine, 3);
}

function inOrder(letters: readonly (string | undefined)[], least: number): boolean {
  return letters.length >= least && letters.every((letter, i) => letter === String.fromCharCode(65 + i));
}

function asksYesNo(sentences: readonly string[]): boolean {
  const questions = sentences.filter((sentence) => sentence.endsWith('?'));
  if (sentences.some((sentence) => TRUE_FALSE.test(sentence))) return sentences.length <= 2;
  const [question] = questions;
  return (
    question !== undefined && questions.length === 1 && sentences.at(-1) === question && YES_NO.test(question) && !NOT_YES_NO.test(question)
  );
}
