/** Markup that stands in a page as it is. */
export class Html {
  constructor(readonly markup: string) {}
}

export type Part = Html | string | number | null | readonly Part[];

/** Markup with values in it: every text is escaped, for content and quoted attributes alike; null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((markup, n) => markup + (n < parts.length ? markupOf(parts[n] ?? null) : '')).join(''));
}

function markupOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.markup;
  return typeof part === 'object' ? part.map(markupOf).join('') : escapeHtml(String(part));
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/**
 * Characters that nobody sees, or that show others in another order than they are, by their number: `⟨U+202E⟩` for a
 * bidirectional override. Newlines and tabs stay.
 */
export function visible(markup: string): string {
  return markup
    .replace(/\r\n?/g, '\n')
    .replace(INVISIBLE, (char) => `⟨U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are looked for
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
