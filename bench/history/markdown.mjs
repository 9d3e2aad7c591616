const SECTION = [
  '# What comes of it\n',
  'A paragraph with **strong words**, `code`, a [link](https://example.com/page) and *others*, long enough to be wrapped on a terminal',
  'of the usual width, and over the end of the next line too.\n',
  '- one thing, which has a few words\n- another\n  - and what belongs to it\n',
  '| name | what it does | cost |\n| --- | --- | --- |\n| one | reads | 0.10 |\n| two | writes and waits | 0.20 |\n',
  '```js\nfunction sum(numbers) {\n  // The first one is enough where there is no other.\n  return numbers.reduce((a, b) => a + b, 0);\n}\n```\n',
  '> What somebody else has said about it.\n',
].join('\n');

/** Markdown of all kinds, of so many bytes at least. */
export function markdownOf(bytes) {
  return `${SECTION}\n`.repeat(Math.ceil(bytes / SECTION.length));
}
