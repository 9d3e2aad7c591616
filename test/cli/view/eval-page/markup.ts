/** Elements without an end. */
const VOID = ['meta'];

/** Elements that stand in a line of text. */
const INLINE = ['bdi', 'span', 'strong', 'code', 'time', 'a'];

interface Read {
  /** Names of the elements in their order. */
  elements: string[];
  /** What stands between them, as a reader sees it. */
  text: string;
  attributes: string[];
}

/** Reads markup that nests properly, with every attribute quoted. @throws Error where it does not */
export function readMarkup(page: string): Read {
  const open: string[] = [];
  const elements: string[] = [];
  const attributes: string[] = [];
  let text = '';
  for (const [, tag, between] of page.replace(/^<!doctype html>|(?<=<style>)[^<]*/g, '').matchAll(/(<[^<>]*>)|([^<>]+|[<>])/g)) {
    if (tag === undefined) {
      if (between === '<' || between === '>') throw new Error(`a stray ${between} after: ${text.slice(-80)}`);
      text += between;
      continue;
    }
    const end = /^<\/([a-z0-9]+)>$/i.exec(tag);
    if (end) {
      const expected = open.pop();
      if (expected !== end[1]) throw new Error(`</${end[1]}> where </${expected}> belongs`);
      if (!INLINE.includes(String(expected))) text += ' ';
      continue;
    }
    const begin = /^<([a-z0-9]+)((?:\s+[a-zA-Z0-9:-]+="[^"<>]*")*)(\/?)>$/i.exec(tag);
    if (!begin) throw new Error(`no tag: ${tag}`);
    elements.push(String(begin[1]));
    if (!INLINE.includes(String(begin[1]))) text += ' ';
    attributes.push(...(begin[2] ?? '').split(/\s+(?=[a-zA-Z0-9:-]+=")/).filter((attribute) => attribute !== ''));
    if (begin[3] === '' && !VOID.includes(String(begin[1]))) open.push(String(begin[1]));
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
  return { elements, attributes, text: unescaped(text).replace(/\s+/g, ' ').trim() };
}

/** What a reader sees of one section. */
export function sectionText(page: string, id: string): string {
  const start = page.indexOf(`<section aria-labelledby="${id}">`);
  if (start === -1) throw new Error(`the page has no section ${id}`);
  return readMarkup(page.slice(start, page.indexOf('</section>', start) + '</section>'.length)).text;
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
