import { sanitize } from '../sanitize.js';
import type { Token } from './parser.js';
import type { Style, Styles } from './sgr.js';

export interface InlineLook {
  styles: Styles;
  color: boolean;
  /** What stands at the beginning of a line after a break within the text. */
  margin: string;
}

type Attribute = ReturnType<Token['attrGet']>;

const SPANS: Partial<Record<string, Style>> = { strong_open: 'strong', em_open: 'emphasis', s_open: 'strike', link_open: 'link' };

/** What a terminal shows for the tokens of a text. */
export function inlineText(tokens: readonly Token[], look: InlineLook): string {
  let shown = '';
  tokens.forEach((token, index) => {
    shown += tokenText(token, look, tokens, index);
  });
  return shown;
}

function tokenText(token: Token, look: InlineLook, tokens: readonly Token[], index: number): string {
  const { styles, color } = look;
  const style = SPANS[token.type];
  if (style) return `${!color && style === 'strike' ? '~~' : ''}${styles.on(style)}`;
  switch (token.type) {
    case 'strong_close':
    case 'em_close':
      return styles.off();
    case 's_close':
      return `${styles.off()}${color ? '' : '~~'}`;
    case 'link_close':
      return `${styles.off()}${target(tokens, index, look)}`;
    case 'code_inline':
      return color ? styles.in('code', clean(token.content)) : `${token.markup}${clean(token.content)}${token.markup}`;
    case 'softbreak':
    case 'hardbreak':
      return lineBreak(look);
    case 'image':
      return `${inlineText(token.children ?? [], look)}${address(token.attrGet('src'), token.attrGet('title'), token.content, look)}`;
    default:
      return clean(token.content);
  }
}

/** A new line, on which the margin has none of the styles of the text. */
export function lineBreak({ styles, margin }: InlineLook): string {
  return `\n${margin === '' ? '' : styles.without(margin)}`;
}

/** The address of the link that ends here, when its text does not say it. */
function target(tokens: readonly Token[], end: number, look: InlineLook): string {
  let start = end - 1;
  while (start > 0 && tokens[start]?.type !== 'link_open') start--;
  const open = tokens[start];
  const text = tokens
    .slice(start + 1, end)
    .map(({ content }) => content)
    .join('');
  return address(open?.attrGet('href') ?? null, open?.attrGet('title') ?? null, text, look);
}

function address(url: Attribute, title: Attribute, text: string, { styles }: InlineLook): string {
  const named = title ? ` "${clean(String(title))}"` : '';
  const isSaid = !url || url === text || url === `mailto:${text}`;
  return isSaid ? named : ` ${styles.in('faint', `(${clean(String(url))}${named})`)}`;
}

/** An entity can stand for a character that no terminal should get. */
function clean(text: string): string {
  return sanitize(text).replaceAll('\n', ' ');
}
