import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/core/run.js';
import { MOM } from '../support/cli.js';
import { families, type MemberEntry, type MixtureCli, mixtureCli, says } from '../support/mixture-cli.js';

/** System prompts as coding tools write them, each with the name of its edit format. */
const SEARCH_REPLACE = `Act as an expert software developer. Always use best practices when coding.
Take requests for changes to the supplied code.
Describe each change with a *SEARCH/REPLACE block* as in the examples below.
Every *SEARCH* section must match the existing file content, character for character, with all comments and white space.
ONLY EVER RETURN CODE IN A *SEARCH/REPLACE BLOCK*!`;
const WHOLE = `Act as an expert software developer.
Once you understand the request you MUST determine if any code changes are needed, explain them in a few sentences, and then
output a copy of each file that needs changes as a *file listing*: the name of the file, a fence, the entire content, a fence.
You MUST return the entire content of the updated file. Never skip, omit or elide content with "..." or comments.`;
const UDIFF = `Act as an expert software developer. For each file that needs to be changed, write out the changes like a unified
diff as \`diff -U0\` would produce. Do not include line numbers in the @@ lines. Mark all lines to remove with - and all new
ones with +. Indentation matters in the diffs!`;
const JSON_ONLY = 'You are a service. Reply with JSON only, no prose and no code fence.';

const FENCE = '```';
const block = (file: string, search: string, replace: string, language = 'python') =>
  `${file}\n${FENCE}${language}\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n${FENCE}\n`;

interface Format {
  it: string;
  system: string;
  /** What the proposers say: all are acceptable, each is another text. */
  proposals: [string, string, string];
}

const FORMATS: Format[] = [
  {
    it: 'SEARCH/REPLACE',
    system: SEARCH_REPLACE,
    proposals: [
      block('src/app.py', 'def f():\n    return 1\n', 'def f():\n    return 2\n'),
      `Here is the change.\n\n${block('src/app.py', '    return 1\n', '    return 2\n')}`,
      `${block('src/app.py', 'def f():\n', 'def g():\n')}\n${block('test/app.py', 'f()\n', 'g()\n')}`,
    ],
  },
  {
    it: 'SEARCH/REPLACE with CRLF line ends',
    system: SEARCH_REPLACE,
    proposals: [
      block('a.cs', 'int x = 1;\n', 'int x = 2;\n', 'csharp').replaceAll('\n', '\r\n'),
      block('a.cs', 'int x = 1;\r\n', 'int x = 2;\r\n', 'csharp'),
      block('a.cs', 'int x = 1;\n', 'int x = 3;\r\n', 'csharp'),
    ],
  },
  {
    it: 'SEARCH/REPLACE with white space at the ends of lines, and none at the end of the text',
    system: SEARCH_REPLACE,
    proposals: [
      block('a.py', 'x = 1  \n\n', 'x = 2\t\n   \n').trimEnd(),
      `\n\n${block('a.py', 'x = 1\n', 'x = 2  \n')}\n\n  \n`,
      `  ${block('a.py', 'x = 1\n', ' x = 2\n')} `,
    ],
  },
  {
    it: 'SEARCH/REPLACE with an empty SEARCH, tabs, and marks inside the code',
    system: SEARCH_REPLACE,
    proposals: [
      block('Makefile', '', 'all:\n\tgcc -o a a.c\n', 'make'),
      block('merge.sh', "echo '======='\n", "echo '<<<<<<< SEARCH'\necho '>>>>>>> REPLACE'\n", 'sh'),
      block('README.md', 'Run:\n', `Run:\n\n${FENCE}sh\nmake\n${FENCE}\n`, 'markdown'),
    ],
  },
  {
    it: 'SEARCH/REPLACE with letters beyond ASCII, combined and not, a byte order mark and a zero-width joiner',
    system: SEARCH_REPLACE,
    proposals: [
      block('ä.py', 'gruß = "Grüße"\n', 'gruß = "Gru\u0308ße 👩\u200d💻"\n'),
      `\ufeff${block('a.py', 'x = "\u00a0"\n', 'x = "\u2028"\n')}`,
      block('a.py', 'x = "日本語"\n', 'x = "中文\u3000"\n'),
    ],
  },
  {
    it: 'whole files with fences inside',
    system: WHOLE,
    proposals: [
      `I change the greeting.\n\nREADME.md\n${FENCE}${FENCE}\n# Hi\n\n${FENCE}sh\nnpm i\n${FENCE}\n${FENCE}${FENCE}\n`,
      `hello.py\n${FENCE}\ndef hello():\n    """Say "hi".\n\n    ${FENCE}\n    >>> hello()\n    ${FENCE}\n    """\n${FENCE}`,
      `hello.py\n~~~python\nprint('hi')\t\n\n\n~~~\n\n`,
    ],
  },
  {
    it: 'unified diffs',
    system: UDIFF,
    proposals: [
      `${FENCE}diff\n--- a.py\n+++ a.py\n@@ ... @@\n-x = 1\n+x = 2\n \n${FENCE}\n`,
      `${FENCE}diff\n--- a.py\n+++ a.py\n@@ ... @@\n-\tx = 1\n+\tx = 2  \n\\ No newline at end of file\n${FENCE}`,
      `${FENCE}diff\r\n--- a.py\r\n+++ /dev/null\r\n@@ ... @@\r\n-x = 1\r\n${FENCE}\r\n`,
    ],
  },
  {
    it: 'JSON, whatever its spacing and order',
    system: JSON_ONLY,
    proposals: ['{"b": 1, "a": [1.0, 2e3]}', '{\n\t"a": "\\u00e9\\n",\r\n  "b": null\n}\n', '[1,\n2 ,3]   \n\n'],
  },
];

const panel = ({ proposals }: Format): MemberEntry[] => families(...proposals.map((text) => says(text)));
const label = (candidate: string) => says(`VERDICT: ${candidate}`);

/** All of stdout as it came, not a character decoded. */
function bytesOf(cli: MixtureCli, args: readonly string[]): Promise<{ stdout: Buffer; stderr: string; status: number | null }> {
  const env = {
    ...cli.place.env,
    MOM_BASE_URL: cli.sandbox.url,
    MOM_API_KEY: 'x',
    MOM_CONFIG: join(cli.place.root, 'mixture.yaml'),
    MOM_MIXTURE: 'mine',
  };
  const child = spawn(process.execPath, [MOM, 'ask', ...args], { cwd: cli.place.cwd, env });
  const seen: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => seen.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end();
  return new Promise((resolve) => child.once('close', (status) => resolve({ stdout: Buffer.concat(seen), stderr, status })));
}

/** What stdout gets of a text: a last line that is not closed is. */
const closed = (text: string) => Buffer.from(text.endsWith('\n') ? text : `${text}\n`);

describe.each(FORMATS)('$it', (format) => {
  const REQUEST = ['-s', format.system, 'Make the change.'];

  it.each([0, 1, 2])('select sends out proposal %i byte for byte', async (place) => {
    const wanted = format.proposals[place] as string;
    const cli = await mixtureCli({ strategy: 'select', proposers: panel(format), critic: label('A1') });
    const seed = await seedFor(cli, `proposal:p${place + 1}`, REQUEST);
    const { stdout, stderr, status } = await bytesOf(cli, ['--strict', '--seed', seed, ...REQUEST]);
    expect({ stdout, stderr, status }).toEqual({ stdout: closed(wanted), stderr: '', status: 0 });
  });

  it('auto takes select, and -o and --json hold the same bytes', async () => {
    const cli = await mixtureCli({ strategy: 'auto', proposers: panel(format), critic: label('A1') });
    const { stdout: json } = await cli.ask('--json', '--seed', '1', ...REQUEST);
    const result = JSON.parse(json) as RunResult;
    expect(result).toMatchObject({ strategy: 'select', status: 'complete', warnings: [] });
    expect(format.proposals).toContain(result.answer);
    const piped = await bytesOf(cli, ['--seed', '1', ...REQUEST]);
    expect(piped.stdout).toEqual(closed(result.answer ?? ''));
    const filed = await bytesOf(cli, ['--seed', '1', '-o', 'answer.txt', ...REQUEST]);
    expect(filed).toEqual({ stdout: Buffer.alloc(0), stderr: '', status: 0 });
    expect(readFileSync(join(cli.place.cwd, 'answer.txt'))).toEqual(closed(result.answer ?? ''));
  });

  it('a judge that says something else, or dies, changes no byte either', async () => {
    const cli = await mixtureCli({ strategy: 'auto', proposers: panel(format), critic: [says('VERDICT: all of them'), 'sandbox/e500'] });
    const { stdout, status } = await bytesOf(cli, ['--retries', '0', ...REQUEST]);
    expect({ stdout, status }).toEqual({ stdout: closed(format.proposals[0]), status: 0 });
  });

  it('the judge sees each proposal to the letter', async () => {
    const cli = await mixtureCli({ strategy: 'select', proposers: panel(format), critic: label('A1') });
    await cli.ask(...REQUEST);
    const asked = cli.bodies().at(-1)?.messages ?? [];
    for (const text of format.proposals) expect(asked.at(-1)?.content).toContain(text);
    expect(asked.map(({ role }) => role)).toEqual(['system', 'user']);
    for (const text of format.proposals) expect(asked[0]?.content).not.toContain(text);
  });
});

/** A seed under which A1 is the wanted proposal. Labels are drawn by the seed alone, so one that was found once holds for every format. */
const seeds = new Map<string, string>();

async function seedFor(cli: MixtureCli, source: string, request: readonly string[]): Promise<string> {
  const known = seeds.get(source);
  if (known !== undefined) return known;
  for (let seed = 1; seed <= 40; seed++) {
    const { stdout } = await cli.ask('--json', '--seed', String(seed), ...request);
    const found = (JSON.parse(stdout) as RunResult).answer_source ?? '';
    if (!seeds.has(found)) seeds.set(found, String(seed));
    if (found === source) return String(seed);
  }
  throw new Error(`no seed gives ${source}`);
}
