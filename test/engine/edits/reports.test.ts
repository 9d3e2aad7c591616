import { describe, expect, it } from 'vitest';
import { editReader } from '../../../src/engine/edits/applicable.js';
import { searchReplaceReport } from '../../../src/engine/edits/search-replace.js';
import { fileNamed, shownFiles } from '../../../src/engine/edits/shown-files.js';
import { unifiedDiffReport } from '../../../src/engine/edits/unified-diff.js';
import { bodiesOf } from '../../clients/recordings.js';
import { type ChatMessage, conversation, type EditFormat, type Files } from '../../support/aider.js';

const PY = `import os


def greet(name):
    print("Hello " + name)
    return True


def main():
    greet(os.environ["USER"])
`;
const FILES: Files = { 'src/app.py': PY, 'notes.txt': 'colour: red\nsize: 3\n' };

function report(format: EditFormat, answer: string, { files = FILES, before = [] as ChatMessage[] } = {}) {
  return editReader({ messages: conversation(format, files, 'Make the greeting casual.', before) })(answer);
}

function block(search: string, replace: string, name = 'src/app.py'): string {
  return `${name}\n\`\`\`python\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n\`\`\`\n`;
}

const HELLO = '    print("Hello " + name)\n';
const HEY = '    print("Hey " + name)\n';

describe('SEARCH/REPLACE blocks', () => {
  it.each([
    ['one block', block(HELLO, HEY)],
    ['words around it', `I change it.\n\n${block(HELLO, HEY)}\nDone.`],
    ['white space of its own in front', block('print("Hello " + name)\n', 'print("Hey " + name)\n')],
    ['a blank line in front', block(`\n${HELLO}    return True\n`, HEY)],
    ['an elision', block('def greet(name):\n...\n    return True\n', 'def greet(name, loud=False):\n...\n    return True\n')],
    ['a new file', block('', 'print(1)\n', 'src/new.py')],
    ['lines added to the end', block('', 'main()\n')],
    ['a file that is not shown', block('whatever\n', 'x\n', 'lib/other.py')],
    ['the file name within the fence', `\`\`\`python\nsrc/app.py\n<<<<<<< SEARCH\n${HELLO}=======\n${HEY}>>>>>>> REPLACE\n\`\`\`\n`],
    ['a name in place of the language', `\n\`\`\`app.py\n${block(HELLO, HEY).split('python\n')[1]}`],
    ['name and fences within the block too', block(`src/app.py\n\`\`\`\n${HELLO}\`\`\`\n`, HEY)],
    ['a name in bold with a colon', block(HELLO, HEY, '**src/app.py**:')],
    ['only the end of the path', block(HELLO, HEY, 'app.py')],
    ['a prose line where the name should be', block(HELLO, HEY, 'Here is the change')],
    ['the text of another file', block('colour: red\n', 'colour: blue\n')],
    ['marks of another length', block(HELLO, HEY).replace('<<<<<<<', '<<<<<').replace('=======', '=========').replace('>>>>>>>', '>>>>>>')],
    ['no closing fence', block(HELLO, HEY).replace(/```\n$/, '')],
    ['line ends of Windows', block(HELLO, HEY).replaceAll('\n', '\r\n')],
    [
      'cline',
      `<replace_in_file>\n<path>src/app.py</path>\n<diff>\n------- SEARCH\n${HELLO}=======\n${HEY}+++++++ REPLACE\n</diff>\n</replace_in_file>`,
    ],
  ])('%s: can be applied', (_what, answer) => {
    expect(report('diff', answer)).toEqual({ edits: 1, flaw: null });
  });

  it('later blocks meet what earlier ones wrote, and need no name of their own', () => {
    const first = block(HELLO, `${HEY}    print("bye")\n`);
    const second = `\`\`\`python\n<<<<<<< SEARCH\n    print("bye")\n    return True\n=======\n    return False\n>>>>>>> REPLACE\n\`\`\`\n`;
    expect(report('diff', first + second)).toEqual({ edits: 2, flaw: null });
    expect(report('diff', block(HELLO, '') + second)).toMatchObject({
      flaw: 'the SEARCH text of block 2 does not stand in src/app.py',
    });
    expect(report('diff', block('', 'main()\n') + block('main()\n', 'main(1)\n'))).toEqual({ edits: 2, flaw: null });
  });

  it('a question, a refusal and prose are no broken edits', () => {
    for (const answer of ['Which greeting?', 'Add lib/other.py to the chat.', 'Use ======= and\n=======\n as a divider.', '']) {
      expect(report('diff', answer)).toEqual({ edits: 0, flaw: null });
    }
  });

  it.each([
    ['text that is not there', block('    print("Hello, " + name)\n', HEY), 'the SEARCH text of block 1 does not stand in src/app.py'],
    ['lines left out', block(`def greet(name):\n    return True\n`, HEY), 'the SEARCH text of block 1 does not stand in src/app.py'],
    ['no divider', block(HELLO, HEY).replace('=======\n', ''), "block 1 has no '=======' line"],
    ['no end', block(HELLO, HEY).replace('>>>>>>> REPLACE\n', ''), "block 1 has no '>>>>>>> REPLACE' line"],
    ['no head', block(HELLO, HEY).replace('<<<<<<< SEARCH\n', ''), "a block has no '<<<<<<< SEARCH' line"],
    ['no name', `Sure.\n\n${block(HELLO, HEY).replace('src/app.py\n', '')}`, 'block 1 names no file'],
    [
      'an elision on one side',
      block('def greet(name):\n...\n    return True\n', HEY),
      'the SEARCH text of block 1 does not stand in src/app.py',
    ],
    [
      'a second block that breaks off',
      `${block(HELLO, HEY)}src/app.py\n\`\`\`\n<<<<<<< SEARCH\nimport os\n`,
      "block 2 has no '=======' line",
    ],
  ])('%s: can not be applied', (_what, answer, flaw) => {
    expect(report('diff', answer).flaw).toBe(flaw);
    expect(report('diff-fenced', answer).flaw).toBe(flaw);
  });
});

describe('unified diffs', () => {
  const diff = (body: string, name = 'src/app.py') => `\`\`\`diff\n--- ${name}\n+++ ${name}\n${body}\`\`\`\n`;

  it.each([
    ['a hunk', diff(`@@ ... @@\n-${HELLO}+${HEY}`)],
    ['the paths of git', diff(`@@ -4,1 +4,1 @@\n-${HELLO}+${HEY}`).replace('--- ', '--- a/').replace('+++ ', '+++ b/')],
    ['context around it', diff(`@@ ... @@\n def greet(name):\n-${HELLO}+${HEY}     return True\n`)],
    ['lines that are only added', diff(`@@ ... @@\n import os\n+import sys\n`)],
    ['a new file', diff(`@@ ... @@\n+print(1)\n`, 'src/new.py').replace('--- src/new.py', '--- /dev/null')],
    ['a file that is not shown', diff(`@@ ... @@\n-x = 1\n+x = 2\n`, 'lib/other.py')],
  ])('%s: can be applied', (_what, answer) => {
    expect(report('udiff', answer)).toEqual({ edits: 1, flaw: null });
  });

  it('several hunks, of which the second changes what the first wrote', () => {
    const answer = diff(`@@ ... @@\n-${HELLO}+${HEY}@@ ... @@\n-${HEY}+    print("Yo")\n`);
    expect(report('udiff', `Two changes.\n${answer}`)).toEqual({ edits: 2, flaw: null });
  });

  it('several files in one fence, and a fence that goes on with the file before', () => {
    const notes = '--- notes.txt\n+++ notes.txt\n@@ ... @@\n-colour: red\n+colour: blue\n';
    const more = '```diff\n@@ ... @@\n-size: 3\n+size: 4\n```\n';
    expect(report('udiff', diff(`@@ ... @@\n-${HELLO}+${HEY}${notes}`) + more)).toEqual({ edits: 3, flaw: null });
    expect(report('udiff', diff(`@@ ... @@\n-${HELLO}+${HEY}`) + more).flaw).toBe('what hunk 2 changes does not stand in src/app.py');
  });

  it.each([
    [
      'lines that are not there',
      diff(`@@ ... @@\n-    print("Hello, " + name)\n+${HEY}`),
      'what hunk 1 changes does not stand in src/app.py',
    ],
    ['nothing of the file around it', diff(`@@ ... @@\n import re\n+import sys\n`), 'what hunk 1 changes does not stand in src/app.py'],
    ['an open fence', diff(`@@ ... @@\n-${HELLO}+${HEY}`).replace(/```\n$/, ''), 'the fence of a diff is not closed'],
    ['no file', `\`\`\`diff\n@@ ... @@\n-${HELLO}+${HEY}\`\`\`\n`, 'a diff names no file'],
  ])('%s: can not be applied', (_what, answer, flaw) => {
    expect(report('udiff', answer).flaw).toBe(flaw);
  });

  it('are only looked at where they are asked for', () => {
    const open = `\`\`\`diff\n-x\n+y\n`;
    expect(report('diff', `${open}${block(HELLO, HEY)}`)).toEqual({ edits: 1, flaw: null });
    expect(report('whole', `notes.txt\n${open}\`\`\`\n`)).toEqual({ edits: 1, flaw: null });
  });
});

describe('whole files', () => {
  const listing = (fence = '```') => `notes.txt\n${fence}\ncolour: blue\n${fence}\n`;

  it('are counted; one that breaks off is a flaw, one that never was is none', () => {
    expect(report('whole', `Ok.\n\n${listing()}\n${listing()}`)).toEqual({ edits: 2, flaw: null });
    expect(report('whole', listing().replace(/```\n$/, ''))).toEqual({ edits: 0, flaw: 'its last file is not closed' });
    expect(report('whole', 'Which colour?')).toEqual({ edits: 0, flaw: null });
  });

  it.each(['# ... rest of the file ...', '  // … existing code', '<!-- ... remaining items -->', '/* ...unchanged */'])(
    'with %j in place of a part are none, unless the file has it',
    (line) => {
      const answer = `notes.txt\n\`\`\`\ncolour: blue\n${line}\n\`\`\`\n`;
      expect(report('whole', answer)).toEqual({ edits: 1, flaw: 'a file is not whole' });
      expect(report('whole', answer, { files: { 'notes.txt': `colour: red\n${line}\n` } })).toEqual({ edits: 1, flaw: null });
      expect(report('whole', answer.replace(line, '# ... and so on')).flaw).toBeNull();
    },
  );

  it('may hold fences where aider asks for a longer one', () => {
    const files = { 'README.md': 'Run:\n```\nmake\n' };
    expect(report('whole', 'README.md\n````\nRun:\n```\nmake\n````\n', { files })).toEqual({ edits: 1, flaw: null });
  });
});

describe('the files of a conversation', () => {
  const user = (content: string) => ({ role: 'user' as const, content });
  const wrote = { role: 'assistant' as const, content: block('a\n', 'b\n', 'a.txt') };

  const shown = (text: string) => shownFiles([user(`*Trust this message as the true contents of these files!*\n${text}`)]);

  it('are those that aider shows anew with every turn', () => {
    const files = shownFiles(conversation('diff', FILES, 'x'));
    expect(files.map(({ name }) => name)).toEqual(['src/app.py', 'notes.txt']);
    expect(fileNamed(files, '`notes.txt`:')).toBe(files[1]);
    expect(fileNamed(files, 'b.txt')).toBeNull();
    const reflected = [...conversation('diff', FILES, 'x'), wrote, user('# 1 SEARCH/REPLACE block failed to match!')];
    expect(shownFiles(reflected)).toEqual(files);
  });

  it('are unknown where they may be parts, or old', () => {
    expect(shownFiles([user('a.txt\n```\na\n```\n'), wrote, user('Again.')])).toEqual([]);
  });

  it('may be fenced in other ways, and take time in proportion to their text', () => {
    expect(shown('a.md\n<source>\n```\nx\n```\n</source>\n')).toEqual([{ name: 'a.md', lines: ['```', 'x', '```'] }]);
    const start = performance.now();
    const long = `${'a\n```\n```\n'.repeat(200_000)}${'-'.repeat(200_000)}${' '.repeat(200_000)}x`;
    const files = shown(long);
    searchReplaceReport(long, files);
    unifiedDiffReport(long.replaceAll('```\n```', '```diff\n```'), files);
    editReader({ messages: [{ role: 'system', content: `*SEARCH/REPLACE block*${long}` }, user('x')] })(long);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('other conversations', () => {
  it('are not looked at, whatever is in the answer', () => {
    const read = editReader({ messages: [{ role: 'user', content: 'What did aider do wrong here?' }] });
    expect(read('<<<<<<< SEARCH\nx')).toEqual({ edits: 0, flaw: null });
  });

  it('the examples in real prompts have no flaw', () => {
    for (const { messages } of bodiesOf('aider')) {
      const read = editReader({ messages });
      for (const { role, content } of messages) if (role === 'assistant') expect(read(content).flaw).toBeNull();
    }
  });
});
