import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../../src/cli/view/markdown/whole.js';
import { EVERYTHING, newStream, shown, withoutColor } from './render.js';

const plain = (text: string, columns = 80) => withoutColor(shown(text, { columns }));

describe('text', () => {
  it.each([
    ['plain', 'Hello there.', 'Hello there.'],
    [
      'bold, italic, struck',
      '**b** *i* __b__ _i_ ~~s~~',
      '\u001b[1mb\u001b[22m \u001b[3mi\u001b[23m \u001b[1mb\u001b[22m \u001b[3mi\u001b[23m \u001b[9ms\u001b[29m',
    ],
    [
      'one in the other',
      '***both*** **a *b* c**',
      '\u001b[3m\u001b[1mboth\u001b[22m\u001b[23m \u001b[1ma \u001b[3mb\u001b[23m c\u001b[22m',
    ],
    ['code', '`a*b*` ``x`y``', '\u001b[36ma*b*\u001b[39m \u001b[36mx`y\u001b[39m'],
    [
      'marks that mean nothing',
      '2 * 3 * 4, a_b_c, x ~ y, * , [1], a < b, AT&T, 5 > 4',
      '2 * 3 * 4, a_b_c, x ~ y, * , [1], a < b, AT&T, 5 > 4',
    ],
    ['products', '100/5*2=40\nand 5*3, 2**8 and 3**2, x*y*z, **5*2**', '100/5*2=40\nand 5*3, 2**8 and 3**2, x*y*z, \u001b[1m5*2\u001b[22m'],
    [
      'emphasis within words',
      'un*be*lievable **bold**ly 这是**重点**内容',
      'un*be*lievable \u001b[1mbold\u001b[22mly 这是\u001b[1m重点\u001b[22m内容',
    ],
    ['escapes', '\\*a\\* \\# \\q', '*a* # \\q'],
    ['entities', '&amp; &lt;b&gt; &#65; &nope;', '& <b> A &nope;'],
    ['a link', '[text](http://a.b/c_d_e)', '\u001b[4mtext\u001b[24m \u001b[2m(http://a.b/c_d_e)\u001b[22m'],
    [
      'a link that says its address',
      '[http://a.b](http://a.b) <http://c.d>',
      '\u001b[4mhttp://a.b\u001b[24m \u001b[4mhttp://c.d\u001b[24m',
    ],
    ['a link with a title', '[a](b "t")', '\u001b[4ma\u001b[24m \u001b[2m(b "t")\u001b[22m'],
    ['a link across brackets', '[a [b]](c)', '\u001b[4ma [b]\u001b[24m \u001b[2m(c)\u001b[22m'],
    ['an image', '![alt](i.png)', 'alt \u001b[2m(i.png)\u001b[22m'],
    ['HTML', '<b>x</b> <!-- c --> <br/>', '<b>x</b> <!-- c --> <br/>'],
    ['line breaks', 'a\nb  \nc\\\nd', 'a\nb  \nc\nd'],
    ['emphasis over two lines', '**a\nb**', '\u001b[1ma\nb\u001b[22m'],
    ['what is never closed', '**a `b [c', '**a `b [c'],
    ['emphasis within a word', 'a**b**c', 'a\u001b[1mb\u001b[22mc'],
    ['a closing mark within code', '**a `**` b**', '\u001b[1ma \u001b[36m**\u001b[39m b\u001b[22m'],
    ['a closing mark within an address', '*a [b](c*d) e*', '\u001b[3ma \u001b[4mb\u001b[24m \u001b[2m(c*d)\u001b[22m e\u001b[23m'],
    ['a reference', '[a][b]\n\n[b]: http://c', '[a][b]\n\n[b]: http://c'],
  ])('%s', (_what, text, expected) => {
    expect(shown(text)).toBe(expected);
  });
});

describe('blocks', () => {
  it.each([
    ['headings', '# A\n\n## B *c* ##\ntext', '\u001b[1;4;35mA\u001b[22;24;39m\n\n\u001b[1;35mB \u001b[3mc\u001b[23m\u001b[22;39m\ntext'],
    ['a bold word in a heading', '## a **b** c', '\u001b[1;35ma \u001b[1mb\u001b[22;1;35m c\u001b[22;39m'],
    ['a rule', 'a\n\n---\nb', `a\n\n\u001b[2m${'─'.repeat(40)}\u001b[22m\nb`],
    ['a quote', '> a\nb\n>\n> c', '\u001b[2m│\u001b[22m a\n\u001b[2m│\u001b[22m b\n\u001b[2m│\u001b[22m\n\u001b[2m│\u001b[22m c'],
  ])('%s', (_what, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    ['a list', '- a\n* b\n+ c', '• a\n• b\n• c'],
    ['a list of numbers', '1. a\n2) b\n10. c', '1. a\n2) b\n10. c'],
    ['nested lists', '- a\n  - b\n    c\n1. d\n   - e', '• a\n  • b\n    c\n1. d\n   • e'],
    ['tasks', '- [ ] a\n- [x] b\n- [y] c', '• ☐ a\n• ☑ b\n• [y] c'],
    ['a list in a quote', '> - a\n> - b', '│ • a\n│ • b'],
    ['a quote in a list', '- > a\n  > b\n- c', '• │ a\n  │ b\n• c'],
    ['paragraphs in an item', '- a\n\n  b\n\nc', '• a\n\n  b\n\nc'],
    ['an item without text', '-\n- a', '•\n• a'],
    ['a number that is none of a list', 'It was in\n1986. A year.', 'It was in\n1986. A year.'],
    ['blank lines', '\n\na\n\n\n\nb\n\n', 'a\n\nb'],
    ['a title with a line below', 'a\n===\nb', 'a\n===\nb'],
    ['a line of one mark', '**\n*\n', '**\n*'],
  ])('%s', (_what, text, expected) => {
    expect(plain(text)).toBe(expected);
  });
});

describe('code', () => {
  it('is highlighted by its language, line by line', () => {
    const stream = newStream();
    expect(stream.push('```js\nconst a')).toBe('');
    expect(stream.push(' = "x";\n')).toBe('\u001b[35mconst\u001b[39m a = \u001b[32m"x"\u001b[39m;');
    expect(stream.push('/* a\nb */ f()\n')).toBe('\n\u001b[2;3m/* a\u001b[22;23m\n\u001b[2;3mb */\u001b[22;23m \u001b[34mf\u001b[39m()');
  });

  it('has one colour where its language is not known', () => {
    expect(shown('```nonesuch\na *b*\n```\n```\nc\n```')).toBe('\u001b[36ma *b*\u001b[39m\n\u001b[36mc\u001b[39m');
  });

  it.each([
    ['between tildes', '~~~\n```\n~~~~\na', '```\na'],
    ['that is indented', '    a\n      b\nc', 'a\n  b\nc'],
    ['in a list: as it was written', '- x\n\n  ```\n  a\n    b\n  ```\n- y', '• x\n\na\n  b\n• y'],
    ['in a quote: without bars', '> ```\n> a\n> ```', 'a'],
    ['that has tabs and blank lines', '```\n\ta\n\n\n  b\n```', '\ta\n\n\n  b'],
    ['that is never closed', '```\na\n*b*', 'a\n*b*'],
    ['that ends with its item', '- ```\n  a\nb', '•\na\nb'],
    ['with a name', '```js a.js\nf()\n```', 'js a.js\nf()'],
  ])('%s', (_what, text, expected) => {
    expect(plain(text)).toBe(expected);
  });
});

describe('a table', () => {
  const TABLE = '| a | right | c |\n|---|--:|:-:|\n| one | 2 | 3 |\n| 漢字 | **44** | 👍 e\u0301 |';

  it('has columns of the width of its cells', () => {
    expect(plain(TABLE)).toBe(['a    │ right │  c', '─────┼───────┼─────', 'one  │     2 │  3', '漢字 │    44 │ 👍 e\u0301'].join('\n'));
  });

  it('wraps cells where it is too wide', () => {
    expect(plain('| key | text |\n|---|---|\n| a | several words to wrap |', 24)).toBe(
      ['key │ text', '────┼───────────────────', 'a   │ several words to', '    │ wrap'].join('\n'),
    );
  });

  it('is shown row by row where not even that fits', () => {
    expect(plain('| name | value | more |\n|---|---|---|\n| something | longer | here |\n| b | | d |', 20)).toBe(
      ['name: something', 'value: longer', 'more: here', '', 'name: b', 'more: d'].join('\n'),
    );
  });

  it('in a quote has its bar', () => {
    expect(plain('> | a |\n> |---|\n> | b |')).toBe('│ a\n│ ─\n│ b');
  });

  it('without delimiters is text', () => {
    expect(plain('| a |\n| b |\ntext')).toBe('| a |\n| b |\ntext');
  });

  it('ends before a row with more cells than its head', () => {
    expect(plain('| a |\n|---|\n| b |\n| c | d |')).toBe('a\n─\nb\n| c | d |');
  });
});

describe('a piece', () => {
  it.each([
    ['of text', ['H', 'H'], ['e', 'e']],
    ['of a list', ['- ', ''], ['a', '• a'], ['b', 'b']],
    ['of a number', ['1', ''], ['986', ''], [' was', '1986 was']],
    ['of a heading', ['#', ''], [' ', ''], ['A', '\u001b[1;4;35mA'], ['b', 'b']],
    ['that may be bold', ['a *', 'a '], ['*b*', ''], ['*', ''], [' c', '\u001b[1mb\u001b[22m c']],
    ['that multiplies', ['2 *', '2 '], [' 3', '* 3']],
    ['of a link', ['[a', ''], ['](', ''], ['b)', '\u001b[4ma\u001b[24m \u001b[2m(b)\u001b[22m']],
    ['of a footnote', ['[1]', ''], [' so', '[1] so']],
    ['of half a character', ['\ud83d', ''], ['\ude00', '\ud83d\ude00']],
  ])('%s goes out as soon as it is decided', (_what, ...steps) => {
    const stream = newStream();
    for (const [piece, expected] of steps) expect(stream.push(piece ?? '')).toBe(expected);
  });

  it('is held back no longer than a while', () => {
    const stream = newStream();
    expect(stream.push(`**${'a'.repeat(397)}`)).toBe('');
    expect(stream.push('b')).toBe(`**${'a'.repeat(397)}b`);
  });
});

describe('without colour', () => {
  it('marks tell what colours would', () => {
    expect(shown('# A\n**b** `c` ~~d~~ [e](f)\n```js\nf("x")\n```\n| g |\n|---|\n| h |', { color: false })).toBe(
      '# A\nb `c` ~~d~~ e (f)\n```js\nf("x")\n```\ng\n─\nh',
    );
  });

  it('nothing begins a sequence', () => {
    expect(shown(EVERYTHING, { color: false })).not.toContain('\u001b');
  });
});

describe('what a model writes', () => {
  it.each([
    ['sequences', 'a\u001b[31mb\u001b]8;;http://x\u0007c\u001b[2J', 'abc'],
    ['sequences within marks', '**a\u001b[0m\u001b[31m** `\u001b[1m`', 'a ``'],
    ['entities for controls', '&#27;[31m &#x9b;1m &#x202e;x', '\ufffd[31m \ufffd1m x'],
    ['controls in addresses', '[a](http://b\u001b]0;x\u0007c)', 'a (http://bc)'],
    ['entities in addresses', '[a](http://b/&#x202e;&NewLine;c)', 'a (http://b/ c)'],
    ['sequences in code', '```js\n"\u001b[31m"\n```', '""'],
    ['a language of sequences', '```\u001b[31mjs x\na\n```', 'js x\na'],
  ])('drives no terminal: %s', (_what, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it('is shown whatever the marks in it', () => {
    for (const mark of ['[', '*', '_a ', '`', '<', '![', '[a](', '&', '\\', '> ', '- ', '|', '#', '***a** ', '~~a', '  - a\n']) {
      const stream = newStream();
      const text = mark.repeat(Math.ceil(100_000 / mark.length));
      expect((stream.push(text) + stream.finish()).length).toBeGreaterThan(10_000);
    }
  });
});

describe('a whole text', () => {
  it('ends with a closed line', () => {
    expect(renderMarkdown('a **b**', { color: false, columns: 80 })).toBe('a b\n');
    expect(renderMarkdown('', { color: true, columns: 80 })).toBe('');
  });
});
