import { marked } from './marks.js';

const OPEN = '[\\s*_`"\'“(\\[]*';
/** A letter at the start of a conclusion, as in `B`, `(B)`, `**B** because`, `option B`. */
const LEADING = new RegExp(`^${OPEN}(?:(?:option|choice|letter|answer)\\s+${OPEN})?([A-Ja-j])(?![\\p{L}\\p{N}'’])(.*)$`, 'su');
/** A line that holds one letter and nothing else. */
const ALONE = new RegExp(`^${OPEN}([A-J])[\\s*_\`"'”)\\].:]*$`, 'u');
/** `B is correct`: as good as a mark. */
const CALLED_RIGHT = /(?<![\p{L}\p{N}])([A-J])[)*_"']*\s+is\s+(?:\w+\s+)?(?:correct|right|best)\b/gu;
/** `(B)`, `B)`, `**B**`, `option B`, and `B.` or `B:` at the start of a line. */
const IN_TEXT =
  /\(([A-Ja-e])\)|(?<![\p{L}\p{N}(])([A-J])\)|\*\*([A-J])(?:\*\*|[.:)]\s?)|\b[Oo]ption\s+\(?([A-J])(?![\p{L}\p{N}'’])|(?:^|\n)[^\S\n]*([A-J])[.:](?=\s)/gu;

/** The letter, upper case, of the option that a text chooses: the last one that is marked as its answer, else the last one in an option's form. */
export function extractChoice(text: string): string | null {
  const stated = marked(text)
    .map(leading)
    .findLast((letter) => letter !== null);
  if (stated) return stated;
  const right = [...text.matchAll(CALLED_RIGHT)].at(-1)?.[1];
  if (right) return right;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const alone = lines.at(-1)?.match(ALONE)?.[1] ?? lines[0]?.match(ALONE)?.[1];
  if (alone) return alone;
  const forms = [...text.matchAll(IN_TEXT)].at(-1)?.slice(1);
  const letter = forms?.find((group) => group !== undefined) ?? (lines.length === 1 ? bare(text) : undefined);
  return letter?.toUpperCase() ?? null;
}

/** A whole text such as `b` or `b.` */
function bare(text: string): string | undefined {
  return text.match(/^\s*([a-j])[\s.)]*$/)?.[1];
}

/** The letter that a conclusion begins with; null for a word (`A dog`), a sum (`E = mc²`), a language (`C++`), or several letters. */
function leading(conclusion: string): string | null {
  const [, letter = '', rest = ''] = conclusion.match(LEADING) ?? [];
  if (letter === '' || /^(?:[+#-][\p{L}+#]?|\s*=)(?!\s)/u.test(rest) || /^\s*=/.test(rest)) return null;
  if (/^[\s*_)\]]*(?:,|and|or|&|\/)\s*[(*]*[A-J](?!\p{L})/u.test(rest)) return null;
  const isLower = letter !== letter.toUpperCase();
  if (isLower && !/^[)\].:,*_`"'”]|^\s*$/.test(rest)) return null;
  if (letter === 'A' && /^\s+(?!because|since|as\b|and\b|with\b|is\b|was\b|for\b)\p{Ll}/u.test(rest)) return null;
  if (letter === 'I' && /^\s+(?!because|since)\p{Ll}/u.test(rest)) return null;
  return letter.toUpperCase();
}
