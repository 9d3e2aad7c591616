import { createHighlight } from '../../../../src/cli/view/markdown/highlight.js';
import { MarkdownStream } from '../../../../src/cli/view/markdown/stream.js';
import { TableView } from '../../../../src/cli/view/markdown/table.js';

const parts = { highlight: createHighlight(), tables: TableView };

export function newStream({ color = true, columns = 80 } = {}): MarkdownStream {
  return new MarkdownStream({ color, columns: () => columns, parts });
}

/** What a terminal gets for a text that comes in these pieces. */
export function shown(pieces: string | readonly string[], options?: { color?: boolean; columns?: number }): string {
  const stream = newStream(options);
  return [...(typeof pieces === 'string' ? [pieces] : pieces).map((piece) => stream.push(piece)), stream.finish()].join('');
}

export function withoutColor(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
  return text.replace(/\u001b\[[\d;]*m/g, '');
}

/** All that Markdown has, one thing in the other. */
export const EVERYTHING = `# Title with *em* and \`code\` ##

Some **bold text** and *italic*, ~~gone~~, \`x = 1\`, 2 * 3 * 4, snake_case_name, __init__.
A [link](https://example.com/a_b "title") and <https://auto.example> and ![alt](http://i.png).
Hard${'  '}
break\\
end &amp; &copy; &lt; [![badge](http://b.svg)](http://c.d)

- one
- two **b**
  - nested
    continued here
  - [ ] todo
  - [x] done
- three

  paragraph in item

  \`\`\`python
  def f(x):
      """doc
      string"""
      return x + 1  # hm
  \`\`\`
1. first
2. second
10. tenth

> quote one
lazy line
>
> > nested \`q\`
> - list in q

---

| Name | Größe | 日本 |
|:-----|------:|:---:|
| a    | 1     | 漢字 |
| **bold** b | 1000000 | x |
after table | yes

| not a table
text

    indented code
      more

Setext
======
<div class="x">
*html*
</div>

~~~js title="a.js"
const a = \`t \${x}\`;
~~~
[ref]: http://x.y
- 
- a
***bold italic*** **foo*bar* baz** *a **b** c* 👩‍👩‍👧 e\u0301 *漢字*。
`;
