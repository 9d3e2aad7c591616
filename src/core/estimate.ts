import type { AnswerFormat } from './answer-format.js';
import type { Message } from './message.js';
import type { ToolDefinition, ToolOffer } from './tool.js';

/**
 * Tokens an image is taken for, whatever its size. OpenAI's vision guide counts 85 to 1,445 for a picture of up to
 * 1,536 pixels a side, Anthropic's at most about 1,600 (width x height / 750), Google's 258 for each tile of 768 pixels.
 */
export const IMAGE_TOKENS = 1_000;

/** By what share of the true count {@link estimateTextTokens} may be off, as its tests measure it. */
export const ESTIMATE_ERROR = 0.35;

/** Tokens around a message and around a whole conversation, as OpenAI's chat format adds them. */
const MESSAGE_TOKENS = 4;
const CONVERSATION_TOKENS = 3;

/** Conversations share their messages, of which some are megabytes: each is counted once. */
const counted = new WeakMap<Message, number>();

/**
 * Input tokens of a conversation. As exact as {@link estimateTextTokens} for its text; an image counts
 * {@link IMAGE_TOKENS}, a tool call as the JSON it is.
 */
export function estimateTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + messageTokens(message), CONVERSATION_TOKENS);
}

/** Images in a conversation. */
export function countImages(messages: readonly Message[]): number {
  let count = 0;
  for (const { content } of messages) if (Array.isArray(content)) for (const part of content) if (part.type === 'image_url') count += 1;
  return count;
}

/** The tools of an agent's loop are some thousand tokens, and the same for every call. */
const countedTools = new WeakMap<readonly ToolDefinition[], number>();

/** Input tokens of tools that a model is given: about those of the JSON they are. Null: none. */
export function estimateToolTokens(offer: ToolOffer | null | undefined): number {
  if (!offer || offer.tools.length === 0) return 0;
  const before = countedTools.get(offer.tools);
  if (before !== undefined) return before;
  const tokens = estimateTextTokens(JSON.stringify(offer.tools));
  countedTools.set(offer.tools, tokens);
  return tokens;
}

/** Tokens of the form that an answer must have: its schema, which providers put into the prompt. */
export function estimateFormatTokens(format: AnswerFormat | null | undefined): number {
  return format?.type === 'json_schema' ? estimateTextTokens(JSON.stringify(format)) : 0;
}

function messageTokens(message: Message): number {
  const before = counted.get(message);
  if (before !== undefined) return before;
  const { content } = message;
  let tokens = MESSAGE_TOKENS;
  if (typeof content === 'string') tokens += estimateTextTokens(content);
  else for (const part of content ?? []) tokens += part.type === 'text' ? estimateTextTokens(part.text) : IMAGE_TOKENS;
  if (message.tool_calls) tokens += estimateTextTokens(JSON.stringify(message.tool_calls));
  counted.set(message, tokens);
  return tokens;
}

/** Classes of characters. */
const SPACE = 0;
const NEWLINE = 1;
const DIGIT = 2;
const MARK = 3;
const LOWER = 4;
/** Capitals; the small letters behind one belong to it. */
const UPPER = 5;
/** Letters of the alphabets of Europe beyond ASCII. */
const ACCENTED = 6;
/** Greek and Cyrillic. */
const EASTERN = 7;
/** Arabic, Hebrew, the scripts of India and others. */
const OTHER = 8;
/** Han, kana, hangul. */
const WIDE = 9;
/** Symbols and halves of emoji. */
const SYMBOL = 10;

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 10 || code === 13) return NEWLINE;
  if (code === 32 || code === 9) return SPACE;
  if (code >= 48 && code <= 57) return DIGIT;
  if (code >= 97 && code <= 122) return LOWER;
  return code >= 65 && code <= 90 ? UPPER : MARK;
});

/** Characters to a token, where it is not one token for the whole run. */
const PER_TOKEN = { digits: 3, marks: 2.5, shouted: 4, code: 2, accented: 4, eastern: 4.2, other: 2.8, wide: 1.25, symbols: 0.8 } as const;
/** Of a long text, this many pieces of this many characters are looked at. */
const SAMPLES = { count: 200, length: 2_000 } as const;

/** An English word of up to this many letters is one token; a longer one has one more for each few letters. */
const WORD = { whole: 9, more: 5 } as const;

/**
 * About how many tokens a text is, without any vocabulary: words, numbers, marks and scripts by the size of the pieces
 * that today's tokenizers cut them into. Against o200k_base (OpenAI's since GPT-4o): within 20 % on English prose and
 * code, where a single short paragraph may stray by 30 %; within {@link ESTIMATE_ERROR} on JSON, numbers, German,
 * French, Russian, Chinese, Japanese, Korean, Arabic and Hindi. Older vocabularies cut other scripts than the Latin one
 * finer: cl100k_base (OpenAI's before that) most of them into up to two and a half times as many tokens, short texts in
 * Arabic or Hindi into up to about three times as many. Texts longer than all {@link SAMPLES} are counted in samples spread over them:
 * megabytes take milliseconds.
 */
export function estimateTextTokens(text: string): number {
  const { count, length } = SAMPLES;
  if (text.length <= count * length) return Math.ceil(tokensBetween(text, 0, text.length));
  const stride = text.length / count;
  let tokens = 0;
  for (let i = 0; i < count; i++) {
    const start = Math.floor(i * stride);
    tokens += tokensBetween(text, start, start + length);
  }
  return Math.ceil((tokens * stride) / length);
}

function tokensBetween(text: string, begin: number, end: number): number {
  let tokens = 0;
  let previous = -1;
  for (let i = begin; i < end; ) {
    const kind = kindOf(text.charCodeAt(i));
    const start = i++;
    if (kind < LOWER || kind >= WIDE) {
      while (i < end && kindOf(text.charCodeAt(i)) === kind) i++;
      tokens += tokensOfRun(kind, i - start, previous, i < end ? kindOf(text.charCodeAt(i)) : -1);
      previous = kind;
      continue;
    }
    let widest = kind;
    let last = kind;
    for (; i < end; i++) {
      const code = text.charCodeAt(i);
      // Most characters of most texts, without further questions.
      if (code >= 97 && code <= 122) {
        last = LOWER;
        continue;
      }
      const next = kindOf(code);
      if (next < LOWER || next >= WIDE || (next === UPPER && last === LOWER)) break;
      if (next > widest) widest = next;
      last = next;
    }
    tokens += tokensOfWord(widest, i - start, kind === UPPER && last === UPPER, previous === DIGIT);
    previous = last;
  }
  return tokens;
}

function kindOf(code: number): number {
  return code < 128 ? (ASCII[code] as number) : beyondAscii(code);
}

function beyondAscii(code: number): number {
  if (code < 0x370) return code < 0xc0 ? MARK : ACCENTED;
  if (code < 0x1100) return code < 0x530 ? EASTERN : OTHER;
  if (code < 0x2e80) return code < 0x1200 ? WIDE : code < 0x2000 ? OTHER : SYMBOL;
  if (code < 0xd800) return WIDE;
  return code >= 0xf900 && code < 0xfb00 ? WIDE : code >= 0xff00 ? WIDE : SYMBOL;
}

/** Tokens of characters of one class in a row, which are no word. */
function tokensOfRun(kind: number, length: number, previous: number, next: number): number {
  switch (kind) {
    case SPACE:
      // A single blank belongs to the word or mark behind it.
      return length > 1 || next === DIGIT || next < MARK ? 1 : 0;
    case NEWLINE:
      return previous === MARK ? 0 : 1;
    case DIGIT:
      return Math.ceil(length / PER_TOKEN.digits);
    case MARK:
      return Math.max(1, length / PER_TOKEN.marks);
    case WIDE:
      return length / PER_TOKEN.wide;
    default:
      return length / PER_TOKEN.symbols;
  }
}

/**
 * @param widest the class of letter that is furthest from English
 * @param shouted all in capitals
 * @param afterDigit it goes on a number: a hash or key rather than a word
 */
function tokensOfWord(widest: number, length: number, shouted: boolean, afterDigit: boolean): number {
  if (widest === ACCENTED) return Math.max(1, length / PER_TOKEN.accented);
  if (widest === EASTERN) return Math.max(1, length / PER_TOKEN.eastern);
  if (widest === OTHER) return Math.max(1, length / PER_TOKEN.other);
  if (afterDigit) return Math.max(1, length / PER_TOKEN.code);
  if (shouted) return Math.max(1, length / PER_TOKEN.shouted);
  return length <= WORD.whole ? 1 : 1 + (length - WORD.whole) / WORD.more;
}
