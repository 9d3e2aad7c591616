import type { Token } from 'markdown-it';
import MarkdownIt from 'markdown-it';
import { keepProducts } from './products.js';

export type { Token };

export interface Parser {
  /** The tokens of text within a paragraph. */
  inline(text: string): Token[];
  /** The tokens of whole blocks. */
  blocks(text: string): Token[];
}

/** Markdown with tables and strikethrough; HTML stays as it is written. */
export function createParser(): Parser {
  const markdown = new MarkdownIt('default', { html: true, linkify: false, typographer: false });
  keepProducts(markdown);
  // Addresses are shown, not followed: as they were written.
  markdown.normalizeLink = (url) => url;
  return {
    inline(text) {
      const tokens: Token[] = [];
      markdown.inline.parse(text, markdown, {}, tokens);
      return tokens;
    },
    blocks: (text) => markdown.parse(text, {}),
  };
}
