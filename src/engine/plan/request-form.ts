import { extractorFor } from '../../core/extract/index.js';
import type { ExtractorName } from '../../core/extract/rule.js';
import { hasImages, type Message, messageText } from '../../core/message.js';
import type { RouteName } from '../../core/mixture.js';
import { splitData } from '../../core/request-data.js';
import type { RunRequest } from '../../core/run.js';
import { mayCallTools } from '../../core/tool.js';
import { isToolTurn } from './tool-turns.js';

export type Difficulty = Extract<RouteName, 'simple' | 'medium' | 'complex'>;
export type Task = Exclude<RouteName, Difficulty>;

/** What a request looks like, found out by rules that cost nothing. Null where the rules can't tell. */
export interface RequestForm {
  /** A format that the answer must keep to the letter. */
  bound: 'edit blocks' | 'JSON' | null;
  /** `result`: the last thing said is what a tool said; `offered`: tools may be called; `used`: a tool was called before. */
  tools: 'result' | 'offered' | 'used' | null;
  /** The kind of answer that can be taken out of a text and compared. */
  answer: ExtractorName | null;
  difficulty: 'simple' | 'complex' | null;
  /** Why it is complex, for a sentence. */
  complexity: string | null;
  task: Task | null;
}

/** From this many characters on a last user turn is long. */
const LONG_INPUT = 8_000;
/** Up to this many characters a question is short. */
const SHORT_QUESTION = 120;
/** From this many questions or list items on a request has several parts. */
const SEVERAL_PARTS = 3;

/** The marks of edit formats that coding tools teach their models: search and replace, whole files, unified diffs, tools written out as XML. */
const EDIT_FORMAT =
  /<{5,9} SEARCH|SEARCH\/REPLACE\s+block|\bdiff -U\d|\*{3} Begin Patch|\bunified diff\b|\b(?:return|output|write)\b[^.\n]{0,40}\b(?:entire|whole|full) (?:content|text)s? of (?:the|each|every)\b[^.\n]{0,20}\bfile\b|\*file listing\*|\bformatted (?:using|with) XML-style tags\b|<(?:write_to_file|replace_in_file|apply_diff)>/i;

/** What a system prompt says where every answer must be JSON; a turn of the user's is looked at by the extractors. */
const JSON_DEMAND =
  /(?:^|[.!?:;,]\s+|\n[ \t*-]*|\b(?:you|please|must|should|always|only|and) )(?:answer|respond|reply|output|return|produce|emit|provide)s?\b(?! an? (?:function|program|script))[^.\n]{0,60}\bjson\b|\byour (?:whole |entire |final )?(?:answer|response|output|reply)s?\b[^.\n]{0,40}\bjson\b|\bonly (?:valid |raw )?json\b|\bjson only\b/i;
const JSON_SCHEMA =
  /\b(?:match(?:es|ing)?|conform(?:s|ing)? to|follow(?:s|ing)?|according to|valid against|adher(?:e|es|ing) to)\b[^.\n]{0,40}\bjson schema\b/i;

const REASONING =
  /\b(?:why|how (?:would|should|could|can|do i|to)|explain|prove|proof|derive|compare|comparison|contrast|differences?|versus|vs|pros and cons|best|better|should|design|plan|analy[sz]e|analysis|evaluate|assess|trade-?offs?|strateg(?:y|ies)|step by step|implement|debug|refactor|optimi[sz]e|recommend|justify|consequences?|impact|implications?|causes?|opinion|think|argue|essay|report|code|function|algorithm|bug|solve|calculate|compute|estimate|review|and then)\b/i;

const SIMPLE = [
  /^(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you|hallo|bonjour|hola|ciao)\b[^?]{0,40}$/i,
  /^(?:who|when|where)(?:'s| is| are| was| were| did| does| do| wrote| invented| discovered| painted| won)\b/i,
  /^(?:what|which)(?:'s| is| are| was| were| year| country| city| language| colou?r| planet| element)\b/i,
  /^what (?:does|do) .{1,60}\bmean\b/i,
  /^how (?:do you (?:say|spell|pronounce)|old|tall|far|high|deep|big|is .{1,40} (?:spelled|pronounced))\b/i,
  /^(?:in )?(?:which|what) (?:year|country|city|century|language)\b/i,
  /^(?:define|definition of|translate|spell|capital of)\b/i,
];

const COMPLEX_WORK =
  /\b(?:compare|contrast|design|architect|plan|analy[sz]e|evaluate|assess|in[- ]depth|comprehensive|thorough(?:ly)?|trade-?offs?|pros and cons|business case|road ?map|white ?paper|case study)\b|\b(?:write|prepare|draft|create|produce|give|make)\b[^.\n]{0,40}\b(?:report|strategy|analysis|proposal|comparison|review|specification)\b/i;

const CODE =
  /```|<file path="[^"]*\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|swift|c|h|cc|cpp|hpp|cs|php|sh|sql|lua|ex|exs|scala|vue|svelte)"|\b(?:refactor|debug|compile|unit tests?|stack ?trace|traceback|regex|regular expression|pull request|source code|code review|git diff)\b|^(?:diff --git|Traceback )|\b(?:write|implement|fix|create|add|optimi[sz]e|review|explain)\b[^.\n]{0,60}\b(?:function|class|method|script|program|code|query|endpoint|component|module|bug)\b/im;
const WRITING =
  /\b(?:write|draft|compose|rewrite|rephrase|proofread|edit)\b[^.\n]{0,60}\b(?:essay|poem|haiku|limerick|sonnet|story|letter|e-?mail|blog|article|post|speech|toast|slogan|tagline|song|lyrics|paragraph|cover letter|text|sentence|announcement|press release|invitation)\b|^(?:rewrite|rephrase|proofread)\b/i;
const ANALYSIS =
  /\b(?:analy[sz]e|summari[sz]e|interpret|correlat\w*|trends?|outliers?|statistics?)\b[^.\n]{0,80}\b(?:data|data ?set|table|csv|figures|numbers|results|survey|measurements|sales|log|logs|spreadsheet)\b|<file path="[^"]*\.(?:csv|tsv|parquet|xlsx?|jsonl)"/i;
const MATH =
  /\b(?:solve|integrate|differentiate|factori[sz]e)\b[^.\n]{0,60}[=^∫√]|\b(?:prove that|derivative of|integral of|equation|theorem|eigenvalues?|modulo|probability (?:that|of)|square root|how many|calculate|compute)\b/i;

/** Looks at a request without asking anybody. */
export function formOf({ messages, tools, format }: Pick<RunRequest, 'messages' | 'tools' | 'format'>): RequestForm {
  const lastUser = messages.findLast((message) => message.role === 'user');
  const text = lastUser ? messageText(lastUser) : '';
  const { instruction, data } = splitData(text);
  const answer = extractorFor(messages);
  const bound = format ? 'JSON' : boundFormat(messages, instruction, answer);
  const why = complexity(text, instruction, data);
  const simple = why === null && isSimple(instruction, messages);
  return {
    bound,
    tools: toolUse(messages, tools),
    answer,
    difficulty: why !== null ? 'complex' : simple ? 'simple' : null,
    complexity: why,
    task: bound === 'edit blocks' ? 'code' : taskOf(text, instruction, answer),
  };
}

/** System prompts count whole; of the user's turn only what is not data. */
function boundFormat(messages: readonly Message[], instruction: string, answer: ExtractorName | null): RequestForm['bound'] {
  const rules = messages.filter((message) => message.role === 'system' || message.role === 'developer').map(messageText);
  const texts = [...rules, instruction];
  if (texts.some((text) => EDIT_FORMAT.test(text))) return 'edit blocks';
  const isJson = answer === 'json' || rules.some((text) => JSON_DEMAND.test(text)) || texts.some((text) => JSON_SCHEMA.test(text));
  return isJson ? 'JSON' : null;
}

function toolUse(messages: readonly Message[], offer: RunRequest['tools']): RequestForm['tools'] {
  if (isToolTurn(messages)) return 'result';
  if (mayCallTools(offer)) return 'offered';
  return messages.some((message) => message.role === 'tool' || (message.tool_calls?.length ?? 0) > 0) ? 'used' : null;
}

/** Why a request is complex; null when nothing shows that it is. */
function complexity(text: string, instruction: string, data: boolean): string | null {
  if (data) return 'files or data are attached';
  if (text.length >= LONG_INPUT) return 'it is long';
  const questions = instruction.split('?').length - 1;
  const items = instruction.match(/^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+\S/gm)?.length ?? 0;
  if (questions >= SEVERAL_PARTS || items >= SEVERAL_PARTS) return 'it has several parts';
  return COMPLEX_WORK.test(instruction) ? 'it asks for a comparison, a plan or an analysis' : null;
}

/** A question of fact, a definition, a translation or a greeting, without anything before it that it may refer to. */
function isSimple(instruction: string, messages: readonly Message[]): boolean {
  const line = instruction.trim();
  if (line === '' || line.includes('\n') || line.length > SHORT_QUESTION || line.split('?').length > 2) return false;
  if (messages.filter((message) => message.role !== 'system' && message.role !== 'developer').length !== 1 || hasImages(messages))
    return false;
  return !REASONING.test(line) && SIMPLE.some((pattern) => pattern.test(line));
}

function taskOf(text: string, instruction: string, answer: ExtractorName | null): Task | null {
  // Fences and file names stand in the data; what comes later than this tells nothing new.
  if (CODE.test(text.slice(0, LONG_INPUT))) return 'code';
  if (WRITING.test(instruction)) return 'writing';
  if (ANALYSIS.test(text.slice(0, LONG_INPUT))) return 'analysis';
  return answer === 'number' || MATH.test(instruction) ? 'math' : null;
}
