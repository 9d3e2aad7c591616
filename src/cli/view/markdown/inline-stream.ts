import { BOUNDS } from './bounds.js';
import { type InlineLook, inlineText, lineBreak } from './inline-tokens.js';
import type { Parser, Token } from './parser.js';
import { addressEnd, bracketEnd, canOpen, codeEnd, hasOpenInner, neutral } from './undecided.js';

const MARK = /[\\`*_~[!<&\n]/g;
/** A run behind white space closes nothing. */
const CLOSING = /[^\s*_~][*_~]+$/;
const ESCAPABLE = /^[!-/:-@[-`{-~]$/;

/** What the character behind a held text says about it. */
type Verdict =
  | 'hold'
  /** Decided without that character. */
  | 'shown'
  /** The character belongs to it. */
  | 'shown-with-next';

/**
 * Text within a paragraph, in pieces: what is decided goes out at once, what a later character can change waits for it, and at
 * most for {@link BOUNDS}. Looks at one character after the other, so that it does not matter how the text was cut.
 */
export class InlineStream {
  readonly #parser: Parser;
  readonly #look: InlineLook;
  #held = '';
  #before = '';
  #looks = 0;
  #mayBeTask: boolean;

  /** `mayBeTask`: at the beginning of a list item, where `[x]` is a box. */
  constructor(parser: Parser, look: InlineLook, mayBeTask = false) {
    this.#parser = parser;
    this.#look = look;
    this.#mayBeTask = mayBeTask;
  }

  push(text: string): string {
    let shown = '';
    for (let at = 0; at < text.length; ) {
      if (this.#held === '') {
        const next = nextMark(text, at);
        if (next > at) {
          shown += text.slice(at, next);
          this.#before = text[next - 1] ?? '';
          this.#mayBeTask = false;
        }
        at = next;
        if (at >= text.length) break;
        this.#held = text[at++] ?? '';
        if (this.#held === '\n') shown += this.#lineBreak();
        continue;
      }
      const char = text[at] ?? '';
      const verdict = this.#judge(char);
      if (verdict !== 'shown') {
        this.#held += char;
        at++;
      }
      if (verdict !== 'hold' || this.#held.length >= this.#bound()) shown += this.#release(verdict === 'hold' ? '' : (text[at] ?? ''));
    }
    return shown;
  }

  /** The text is at its end. */
  finish(): string {
    return this.#held === '' ? '' : this.#release('');
  }

  #bound(): number {
    return this.#held.startsWith('[') || this.#held.startsWith('![') ? BOUNDS.link : BOUNDS.span;
  }

  #lineBreak(): string {
    this.#held = '';
    this.#before = '\n';
    return lineBreak(this.#look);
  }

  #judge(next: string): Verdict {
    const held = this.#held;
    switch (held[0]) {
      case '\\':
        return ESCAPABLE.test(next) || next === '\n' ? 'shown-with-next' : 'shown';
      case '!':
        return held.length > 1 ? this.#judgeBracket(held, next) : next === '[' ? 'hold' : 'shown';
      case '[':
        return this.#judgeBracket(held, next);
      case '<':
        return judgeTag(held, next);
      case '&':
        if (next === ';') return 'shown-with-next';
        return /^&(#|#?[a-z0-9]{1,31})$/i.test(held + next) ? 'hold' : 'shown';
      case '`':
        return judgeCode(held, next);
      default:
        return this.#judgeEmphasis(held, next);
    }
  }

  #judgeBracket(held: string, next: string): Verdict {
    const start = held.indexOf('[');
    if (!held.endsWith(']') && next !== ')') return 'hold';
    const end = bracketEnd(held, start);
    if (end === -1) return 'hold';
    if (end === held.length - 1) return next === '(' ? 'hold' : 'shown';
    return next === ')' && addressEnd(`${held})`, end + 1) !== -1 ? 'shown-with-next' : 'hold';
  }

  #judgeEmphasis(held: string, next: string): Verdict {
    const mark = held[0] ?? '';
    if (next === mark) return 'hold';
    const isRun = held.length === runLength(held, mark);
    if (isRun) return held.length > 3 || (mark === '~' && held.length !== 2) || !canOpen(this.#before, held, next) ? 'shown' : 'hold';
    if (!held.endsWith(mark) || !CLOSING.test(held) || hasOpenInner(held)) return 'hold';
    return this.#looks++ >= BOUNDS.spanLooks || this.#isClosed(held, next) ? 'shown' : 'hold';
  }

  /** Whether the held text is one span from its beginning to its end. */
  #isClosed(held: string, next: string): boolean {
    const tokens = this.#parse(held, next);
    const [first, last] = [tokens[0], tokens.at(-1)];
    if (!first?.type.endsWith('_open') || !last?.type.endsWith('_close')) return false;
    let depth = 0;
    return tokens.every((token, index) => {
      depth += token.nesting;
      return depth > 0 || index === tokens.length - 1;
    });
  }

  /** The tokens of a text between the characters around it. */
  #parse(text: string, next: string): Token[] {
    const tokens = this.#parser.inline(`${neutral(this.#before)}${text}${neutral(next)}`);
    const [first, last] = [tokens[0], tokens.at(-1)];
    if (first) first.content = first.content.slice(1);
    if (last) last.content = last.content.slice(0, -1);
    return tokens.filter((token) => token.type !== 'text' || token.content !== '');
  }

  #release(next: string): string {
    const held = this.#held;
    const isTask = this.#mayBeTask && /^\[[ xX]\]$/.test(held) && next === ' ';
    const shown = isTask ? (held === '[ ]' ? '☐' : '☑') : this.#shownOf(held, next);
    this.#before = held.at(-1) ?? '';
    this.#held = '';
    this.#looks = 0;
    this.#mayBeTask = false;
    return shown;
  }

  #shownOf(held: string, next: string): string {
    if (held === '\\\n') return lineBreak(this.#look);
    return inlineText(this.#parse(held, next), this.#look);
  }
}

function nextMark(text: string, from: number): number {
  MARK.lastIndex = from;
  return MARK.exec(text)?.index ?? text.length;
}

function runLength(text: string, mark: string): number {
  let length = 0;
  while (text[length] === mark) length++;
  return length;
}

function judgeCode(held: string, next: string): Verdict {
  if (next === '`') return 'hold';
  const length = runLength(held, '`');
  if (length === held.length) return 'hold';
  return codeEnd(held, length, length) === held.length ? 'shown' : 'hold';
}

/** A tag or an address in pointed brackets. */
function judgeTag(held: string, next: string): Verdict {
  if (held === '<') return /[a-z/!?]/i.test(next) ? 'hold' : 'shown';
  if (next === '>') return 'shown-with-next';
  return next === '<' || next === '\n' ? 'shown' : 'hold';
}
