/** Characters that a backslash may stand before in a pattern with Unicode rules: syntax, and letters and digits with a meaning. */
const MAY_BE_ESCAPED = /[\^$\\.*+?()[\]{}|/A-Za-z0-9]/;

/**
 * A pattern of a schema in the strict form that checks use (`u`). Schemas are often written for readers that take a
 * backslash before anything; such a backslash is written as the character's number, which means the same.
 * @throws SyntaxError when it is no regular expression
 */
export function strictPattern(pattern: string): string {
  const strict = pattern.replace(/\\([\s\S])/g, (escaped, char: string) =>
    MAY_BE_ESCAPED.test(char) ? escaped : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  new RegExp(strict, 'u');
  return strict;
}
