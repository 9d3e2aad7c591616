/** What aider sends and what it makes of an answer, after its source (aider/coders, 0.86), prompts shortened in its own words. */

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export type Files = Record<string, string>;
export type EditFormat = 'diff' | 'diff-fenced' | 'whole' | 'udiff';

const FENCE = '```';
const EXPERT = `Act as an expert software developer.
Always use best practices when coding.
Respect and use existing conventions, libraries, etc that are already present in the code base.
Take requests for changes to the supplied code.
If the request is ambiguous, ask questions.
`;

const SYSTEM: Record<EditFormat | 'architect', string> = {
  diff: `${EXPERT}
Once you understand the request you MUST:

1. Decide if you need to propose *SEARCH/REPLACE* edits to any files that haven't been added to the chat.
2. Think step-by-step and explain the needed changes in a few short sentences.
3. Describe each change with a *SEARCH/REPLACE block* per the examples below.

All changes to files must use this *SEARCH/REPLACE block* format.
ONLY EVER RETURN CODE IN A *SEARCH/REPLACE BLOCK*!
`,
  'diff-fenced': `${EXPERT}
3. Describe each change with a *SEARCH/REPLACE block* per the examples below.

All changes to files must use this *SEARCH/REPLACE block* format.
ONLY EVER RETURN CODE IN A *SEARCH/REPLACE BLOCK*!
`,
  whole: `Act as an expert software developer.
Take requests for changes to the supplied code.
If the request is ambiguous, ask questions.

Once you understand the request you MUST:
1. Determine if any code changes are needed.
2. Explain any needed changes.
3. If changes are needed, output a copy of each file that needs changes.
`,
  udiff: `${EXPERT}
For each file that needs to be changed, write out the changes similar to a unified diff like \`diff -U0\` would produce.
`,
  architect: `Act as an expert architect engineer and provide direction to your editor engineer.
Study the change request and the current code.
Describe how to modify the code to complete the request.
The editor engineer will rely solely on your instructions, so make them unambiguous and complete.
Explain all needed code changes clearly and completely, but concisely.
Just show the changes needed.

DO NOT show the entire updated function/file/etc!
`,
};

const EXAMPLE_BLOCKS = `Here are the *SEARCH/REPLACE* blocks:

mathweb/flask/app.py
${FENCE}python
<<<<<<< SEARCH
from flask import Flask
=======
import math
from flask import Flask
>>>>>>> REPLACE
${FENCE}
`;
const EXAMPLES: Record<EditFormat | 'architect', readonly [string, string][]> = {
  diff: [['Change get_factorial() to use math.factorial', EXAMPLE_BLOCKS]],
  'diff-fenced': [['Change get_factorial() to use math.factorial', EXAMPLE_BLOCKS]],
  whole: [
    [
      'Change the greeting to be more casual',
      `Ok, I will:\n\n1. Switch the greeting text from "Hello" to "Hey".\n\nshow_greeting.py\n${FENCE}\nprint("Hey")\n${FENCE}\n`,
    ],
  ],
  udiff: [
    [
      'Replace is_prime with a call to sympy.',
      `Ok, I will add an import of sympy.\n\n${FENCE}diff\n--- mathweb/flask/app.py\n+++ mathweb/flask/app.py\n@@ ... @@\n-class MathWeb:\n+import sympy\n+\n+class MathWeb:\n${FENCE}\n`,
    ],
  ],
  architect: [],
};

function reminder(format: EditFormat | 'architect', fence: string): string {
  switch (format) {
    case 'diff':
    case 'diff-fenced':
      return `# *SEARCH/REPLACE block* Rules:

Every *SEARCH/REPLACE block* must use this format:
1. The *FULL* file path alone on a line, verbatim. No bold asterisks, no quotes around it, no escaping of characters, etc.
2. The opening fence and code language, eg: ${fence}python
3. The start of search block: <<<<<<< SEARCH
4. A contiguous chunk of lines to search for in the existing source code
5. The dividing line: =======
6. The lines to replace into the source code
7. The end of the replace block: >>>>>>> REPLACE
8. The closing fence: ${fence}

Every *SEARCH* section must *EXACTLY MATCH* the existing file content, character for character, including all comments, docstrings, etc.
ONLY EVER RETURN CODE IN A *SEARCH/REPLACE BLOCK*!
`;
    case 'whole':
      return `To suggest changes to a file you MUST return the entire content of the updated file.
You MUST use this *file listing* format:

path/to/filename.js
${fence}
// entire file content ...
// ... goes in between
${fence}

Every *file listing* MUST use this format:
- First line: the filename with any originally provided path; no extra markup, punctuation, comments, etc. **JUST** the filename with path.
- Second line: opening ${fence}
- ... entire content of the file ...
- Final line: closing ${fence}
`;
    case 'udiff':
      return `# File editing rules:

Return edits similar to unified diffs that \`diff -U0\` would produce.

Make sure you include the first 2 lines with the file paths.
Start each hunk of changes with a \`@@ ... @@\` line.
Make sure you mark all new or modified lines with \`+\`.
`;
    default:
      return '';
  }
}

/** A turn of aider's: rules, examples, what was said before, files, the wish with the rules again behind it. */
export function conversation(format: EditFormat | 'architect', files: Files, wish: string, before: ChatMessage[] = []): ChatMessage[] {
  const fence = fenceFor(files);
  const rules = reminder(format, fence);
  const examples: ChatMessage[] = EXAMPLES[format].flatMap(([user, assistant]) => [
    { role: 'user' as const, content: user },
    { role: 'assistant' as const, content: assistant },
  ]);
  if (examples.length > 0) {
    examples.push(
      {
        role: 'user',
        content: "I switched to a new code base. Please don't consider the above files or try to edit them any longer.",
      },
      { role: 'assistant', content: 'Ok.' },
    );
  }
  const shown = Object.entries(files).map(([name, text]) => `\n${name}\n${fence}\n${text}${fence}\n`);
  return [
    { role: 'system', content: rules === '' ? SYSTEM[format] : `${SYSTEM[format]}\n${rules}` },
    ...examples,
    ...before,
    {
      role: 'user',
      content: `I have *added these files to the chat* so you can go ahead and edit them.

*Trust this message as the true contents of these files!*
Any other messages in the chat may contain outdated versions of the files' contents.
${shown.join('')}`,
    },
    { role: 'assistant', content: 'Ok, any changes I propose will be to those files.' },
    { role: 'user', content: rules === '' ? wish : `${wish}\n\n${rules}` },
  ];
}

/** The first of aider's fences that no file has at the beginning of a line. */
function fenceFor(files: Files): string {
  const isFree = (fence: string) => Object.values(files).every((text) => !text.split('\n').some((line) => line.startsWith(fence)));
  return [FENCE, '````'].find(isFree) ?? FENCE;
}

/** The files after an answer, as aider would write them. Throws where aider would reject the answer. */
export function applyAnswer(format: EditFormat, answer: string, files: Files): Files {
  switch (format) {
    case 'whole':
      return applyWhole(answer, files);
    case 'udiff':
      return applyDiffs(answer, files);
    default:
      return applyBlocks(answer, files);
  }
}

/** Every line with its end, as Python's `splitlines(keepends=True)`. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** `find_original_update_blocks` and `perfect_replace`. */
function applyBlocks(answer: string, files: Files): Files {
  const lines = linesOf(answer);
  const after = { ...files };
  let name: string | null = null;
  let blocks = 0;
  for (let i = 0; i < lines.length; i++) {
    if (!/^<{5,9} SEARCH>?\s*$/.test(lines[i]?.trim() ?? '')) continue;
    name = nameAbove(lines.slice(Math.max(0, i - 3), i)) ?? name;
    if (name === null) throw new Error('Bad/missing filename');
    const take = (mark: RegExp): string[] => {
      const taken: string[] = [];
      for (i++; i < lines.length && !mark.test(lines[i]?.trim() ?? ''); i++) taken.push(lines[i] ?? '');
      if (i >= lines.length) throw new Error(`Expected ${mark.source}`);
      return taken;
    };
    const search = take(/^={5,9}\s*$/);
    const replace = take(/^>{5,9} REPLACE\s*$|^={5,9}\s*$/);
    after[name] = replaceOnce(after[name] ?? '', search, replace, name);
    blocks += 1;
  }
  if (blocks === 0) throw new Error('no block');
  return after;
}

function nameAbove(lines: string[]): string | null {
  for (const line of lines.toReversed()) {
    if (line.startsWith(FENCE)) continue;
    return line.trim() === ''
      ? null
      : line
          .trim()
          .replace(/:+$/, '')
          .replace(/^[#`*\s]+|[`*\s]+$/g, '');
  }
  return null;
}

function replaceOnce(text: string, search: string[], replace: string[], name: string): string {
  const whole = linesOf(text);
  if (search.join('').trim() === '') return text + replace.join('');
  for (let i = 0; i + search.length <= whole.length; i++) {
    if (search.every((line, at) => line === whole[i + at])) {
      return [...whole.slice(0, i), ...replace, ...whole.slice(i + search.length)].join('');
    }
  }
  throw new Error(`SearchReplaceNoExactMatch in ${name}`);
}

/** `UnifiedDiffCoder`, of which only what matches exactly. */
function applyDiffs(answer: string, files: Files): Files {
  const after = { ...files };
  const blocks = [...answer.matchAll(/^```diff\n([\s\S]*?)^```/gm)].map((match) => linesOf(match[1] ?? ''));
  if (blocks.length === 0) throw new Error('no diff');
  for (const [from = '', to = '', ...rest] of blocks) {
    if (!from.startsWith('--- ') || !to.startsWith('+++ ')) throw new Error('no file name');
    const name = to.slice(4).trim();
    const hunks: string[][] = [[]];
    for (const line of rest) {
      if (line.startsWith('@')) hunks.push([]);
      else hunks.at(-1)?.push(line);
    }
    for (const hunk of hunks.filter((lines) => lines.some((line) => /^[-+]/.test(line)))) {
      const side = (other: string) => hunk.filter((line) => line[0] !== other).map((line) => line.slice(1));
      after[name] = replaceOnce(after[name] ?? '', side('+'), side('-'), name);
    }
  }
  return after;
}

/** `WholeFileCoder.get_edits`. */
function applyWhole(answer: string, files: Files): Files {
  const fence = fenceFor(files);
  const lines = linesOf(answer);
  const after = { ...files };
  let name: string | null = null;
  let text: string[] = [];
  let listings = 0;
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith(fence)) {
      if (name !== null) text.push(line);
      continue;
    }
    if (name === null) {
      name = lines[i - 1]?.trim() || (Object.keys(files)[0] ?? '');
      continue;
    }
    after[name] = text.join('');
    [name, text] = [null, []];
    listings += 1;
  }
  if (name !== null) throw new Error('a file listing is not closed');
  if (listings === 0) throw new Error('no file listing');
  return after;
}
