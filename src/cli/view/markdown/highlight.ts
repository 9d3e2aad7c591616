import { common, createLowlight } from 'lowlight';
import type { Style } from './sgr.js';

/** A piece of code that looks the same from its beginning to its end; null: as the code around it. */
export interface CodePart {
  text: string;
  style: Style | null;
}

/** Cuts code into parts. Null for a language that it does not know. */
export type Highlight = (language: string, code: string) => CodePart[] | null;

const STYLES: Record<string, Style> = {
  keyword: 'keyword',
  'selector-tag': 'keyword',
  tag: 'keyword',
  section: 'keyword',
  meta: 'keyword',
  string: 'string',
  regexp: 'string',
  addition: 'string',
  char: 'string',
  number: 'number',
  literal: 'number',
  symbol: 'number',
  bullet: 'number',
  deletion: 'number',
  comment: 'comment',
  quote: 'comment',
  title: 'name',
  name: 'name',
  built_in: 'name',
  type: 'name',
  attr: 'name',
  attribute: 'name',
  property: 'name',
  'selector-class': 'name',
  'selector-id': 'name',
};

type Node = ReturnType<ReturnType<typeof createLowlight>['highlight']>['children'][number];

/** Knows the languages that are met most often. */
export function createHighlight(): Highlight {
  const lowlight = createLowlight(common);
  return (language, code) => {
    if (!lowlight.registered(language)) return null;
    const parts: CodePart[] = [];
    for (const node of lowlight.highlight(language, code).children) collect(node, null, parts);
    return parts;
  };
}

function collect(node: Node, style: Style | null, parts: CodePart[]): void {
  if (node.type === 'text') parts.push({ text: node.value, style });
  if (node.type !== 'element') return;
  const names = node.properties.className;
  const name = Array.isArray(names) ? String(names[0]).replace(/^hljs-/, '') : '';
  for (const child of node.children) collect(child as Node, STYLES[name] ?? style, parts);
}
