import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { says } from '../support/mixture-cli.js';
import { onTerminal } from '../support/terminal.js';

const ANSWER = 'Two ways.\n\n```js title="a"\nlet a;\n```\n\n1. or\n\n   ```py\n   print(1)\n   ```\n\nDone.\n';
const NOTE = 'mom: sandbox: built-in simulated and recorded models, no network\n';

function place(): Place {
  const made = newPlace();
  onTestFinished(made.remove);
  return made;
}

const ask = (model: string, args: readonly string[], where: Place) =>
  runCli(['ask', '--sandbox', '-m', model, ...args, 'hi'], { place: where });
const runId = /mom logs show (\S+)/;

describe('mom ask -x', () => {
  it.each([
    ['the last block', [], 'print(1)\n'],
    ['the first one', ['--first'], 'let a;\n'],
    ['all of them', ['--all'], 'let a;\n\nprint(1)\n'],
    ['one in a language', ['--lang', 'javascript'], 'let a;\n'],
  ])('prints %s and nothing else', async (_, args, stdout) => {
    expect(await ask(says(ANSWER), ['-x', ...args], place())).toEqual({ stdout, stderr: NOTE, status: 0, signal: null });
  });

  it('ends with 65 where there is none, with nothing on stdout, and names the run', async () => {
    const where = place();
    const { stdout, stderr, status } = await ask(says('No code here.'), ['-x', '-q'], where);
    const [, id = ''] = runId.exec(stderr) ?? [];
    expect([stdout, status]).toEqual(['', 65]);
    expect(stderr).toBe(`mom: the answer holds no code block\nhint: mom logs show ${id} shows the whole answer\n`);
    const shown = await runCli(['logs', 'show', id], { place: where });
    expect(shown.stdout).toContain('No code here.');
  });

  it('says which languages there were', async () => {
    const result = await ask(says(`${ANSWER}\n\`\`\`\nx\n\`\`\``), ['-x', '-q', '--lang', 'rust', '--no-log'], place());
    expect(result).toMatchObject({
      stdout: '',
      stderr:
        'mom: the answer holds no code block in rust\nhint: it holds 3 code blocks (js, py, no language); leave -x out to see the answer\n',
      status: 65,
    });
  });

  it('writes the code to the file of -o, and no file where there is none', async () => {
    const where = place();
    expect(await ask(says(ANSWER), ['-x', '-q', '-o', 'a.py'], where)).toEqual({ stdout: '', stderr: '', status: 0, signal: null });
    expect(readFileSync(join(where.cwd, 'a.py'), 'utf8')).toBe('print(1)\n');
    expect(await ask(says('none'), ['-x', '-q', '-o', 'b.py'], where)).toMatchObject({ stdout: '', status: 65 });
    expect(existsSync(join(where.cwd, 'b.py'))).toBe(false);
  });

  it('warns of a block that is not closed', async () => {
    expect(await ask(says('```py\nprint('), ['-x'], place())).toEqual({
      stdout: 'print(\n',
      stderr: `${NOTE}mom: warning: the code block is not closed in the answer: it may be cut\n`,
      status: 0,
      signal: null,
    });
  });

  it('takes the code of an answer that was cut by its length, and says so', async () => {
    const { stdout, stderr, status } = await ask(says('```py\nprint(1)\n', 'finish=length'), ['-x', '-q', '--strict'], place());
    expect([stdout, stderr, status]).toEqual(['print(1)\n', '', 3]);
  });

  it.each([
    ['a failed run', says('```py\nprint(1)\n```', 'cut=20'), 69],
    ['a run that nobody answered', 'sandbox/e500', 69],
  ])('prints nothing of %s', async (_, model, status) => {
    expect(await ask(model, ['-x', '-q', '--retries', '0'], place())).toMatchObject({ stdout: '', status });
  });

  it('takes the code of the critic, and without one of every model', async () => {
    const args = ['-m', says('```js\n2\n```'), '--critic', says('```js\n3\n```'), '-x', '-q'];
    const first = says('```js\n1\n```\n```js\nnot closed');
    expect((await ask(first, args, place())).stdout).toBe('3\n');
    const panel = ['-m', says('```js\n2\n```'), '--no-critic', '-x', '-q', '--all'];
    expect((await ask(first, panel, place())).stdout).toBe('1\n\nnot closed\n\n2\n');
  });

  it('shows a terminal the code as it is, without what could drive it', async () => {
    const model = says('# Title\n```md\n**b** \u001b[31mred\n```');
    const { screen, status } = await onTerminal(`$MOM ask --sandbox -q -x -m '${model}' hi`);
    expect([screen, status]).toEqual(['**b** red\n', 0]);
  });

  it.each([
    ['--schema', 'name'],
    ['-t', 'person'],
  ])('has nothing to look for in JSON: %s', async (...args) => {
    const where = place();
    const dir = join(where.config, 'mom', 'templates');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'person.md'), '---\nschema: name\n---\nWho?');
    expect(await ask('sandbox/json', ['-x', ...args], where)).toEqual({
      stdout: '',
      stderr:
        'mom: an answer that fits a schema is JSON alone: it holds no code block for --extract\nhint: leave --extract or the schema out\n',
      status: 2,
      signal: null,
    });
  });
});
