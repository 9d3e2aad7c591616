import MarkdownIt from 'markdown-it';
import type { Highlight } from '../markdown/highlight.js';
import { keepProducts } from '../markdown/products.js';
import { escapeHtml, Html } from './html.js';

/** Turns Markdown of a model into markup. */
export type ToHtml = (markdown: string) => Html;

/** Characters of one piece of code, and of all on a page; what is beyond is shown plain: highlighting it could take many seconds. */
const HIGHLIGHTED = { piece: 20_000, page: 100_000 } as const;

/** Where a link may lead: nowhere else than to the web and to a mailbox. */
const SAFE_LINK = /^(?:https?:\/\/|mailto:)/i;

/**
 * CommonMark with tables and strikethrough. HTML is shown as it is written, images become links, and links that do not
 * lead to http, https or mailto stay text, so that a page never loads anything and runs nothing.
 */
export async function createMarkdown(): Promise<ToHtml> {
  const { createHighlight } = await import('../markdown/highlight.js');
  /** While the text of a link is rendered, which always ends. */
  let isInLink = false;
  const markdown = new MarkdownIt('default', {
    html: false,
    linkify: true,
    typographer: false,
    highlight: createPainter(createHighlight()),
  });
  keepProducts(markdown);
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  markdown.validateLink = (url) => SAFE_LINK.test(url.trim());
  const { rules } = markdown.renderer;
  rules.link_open = (tokens, index, options, _env, self) => {
    isInLink = true;
    tokens[index]?.attrSet('rel', 'noreferrer');
    return self.renderToken(tokens, index, options);
  };
  rules.link_close = () => {
    isInLink = false;
    return '</a>';
  };
  rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const label = `image: ${self.renderInlineAsText(token?.children ?? [], options, env) || 'without a name'}`;
    const url = String(token?.attrGet('src') ?? '');
    // A link can't stand in a link.
    if (isInLink) return `[${escapeHtml(label)}]`;
    return `<a href="${escapeHtml(url)}" rel="noreferrer">[${escapeHtml(label)}]</a>`;
  };
  rules.table_open = () => '<div class="scroll" tabindex="0"><table>';
  rules.table_close = () => '</table></div>';
  return (text) => new Html(markdown.render(text, {}));
}

/** Empty where the code is to be shown plain. */
function createPainter(highlight: Highlight): (code: string, language: string) => string {
  let left: number = HIGHLIGHTED.page;
  return (code, language) => {
    if (code.length > Math.min(left, HIGHLIGHTED.piece)) return '';
    left -= code.length;
    const parts = highlight(language.toLowerCase(), code) ?? [];
    return parts.map(({ text, style }) => (style === null ? escapeHtml(text) : painted(text, style))).join('');
  };
}

function painted(text: string, style: string): string {
  return `<span class="code-${style}">${escapeHtml(text)}</span>`;
}
