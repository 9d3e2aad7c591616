import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { type CliOptions, newPlace, runCli } from '../support/cli.js';
import { onTerminal as onAnyTerminal, remaining } from '../support/terminal.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(() => sandbox.close());

const TEXT = '# Title\n\n- **bold** and `code`\n\n```js\nconst a = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |';
const SAY = `-m 'sandbox/say=${encodeURIComponent(TEXT)}'`;
const COLORED = [
  '\u001b[1;4;35mTitle\u001b[22;24;39m',
  '',
  '• \u001b[1mbold\u001b[22m and \u001b[36mcode\u001b[39m',
  '',
  '\u001b[35mconst\u001b[39m a = \u001b[33m1\u001b[39m;',
  '',
  '\u001b[1ma\u001b[22m │ \u001b[1mb\u001b[22m',
  '──┼──',
  '1 │ 2',
  '',
].join('\n');
const PLAIN = '# Title\n\n• bold and `code`\n\n```js\nconst a = 1;\n```\n\na │ b\n──┼──\n1 │ 2\n';

const onTerminal = (line: string, env: Record<string, string> = {}, columns = 120) =>
  onAnyTerminal(line, { env: { MOM_BASE_URL: sandbox.url, ...env }, columns });
const inPipe = (args: string[], options: CliOptions = {}) =>
  runCli(['ask', 'hi', '-m', `sandbox/say=${encodeURIComponent(TEXT)}`, ...args], {
    ...options,
    env: { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test', ...options.env },
  });

describe('on a terminal', () => {
  it('Markdown is rendered', async () => {
    expect((await onTerminal(`$MOM ask hi -q ${SAY}`)).screen).toContain(COLORED);
  });

  it.each([
    ['--color never', {}],
    ['', { NO_COLOR: '1' }],
  ])('it has no colours with %s %o', async (flags, env) => {
    const { screen } = await onTerminal(`$MOM ask hi -q ${flags} ${SAY}`, env);
    expect(screen).toContain(PLAIN);
    expect(screen).not.toContain('\u001b[');
  });

  it.each([
    ['--raw', {}],
    ['', { TERM: 'dumb' }],
  ])('it stays as it is with %s %o', async (flags, env) => {
    expect((await onTerminal(`$MOM ask hi -q ${flags} ${SAY}`, env)).screen).toContain(TEXT);
  });

  it('it fits into 20 columns', async () => {
    const table = encodeURIComponent('| name | value | more |\n|---|---|---|\n| something | longer | here |');
    const { screen } = await onTerminal(`$MOM ask hi -q --color never -m 'sandbox/say=${table}'`, {}, 20);
    expect(screen).toContain('name: something\nvalue: longer\nmore: here\n');
  });

  it('what is no answer in words is left alone: JSON, code of -x', async () => {
    expect((await onTerminal(`$MOM ask hi -q --json ${SAY}`)).screen).toContain('"answer":"# Title\\n\\n- **bold** and `code`');
    expect(remaining((await onTerminal(`$MOM ask hi -q -x ${SAY}`)).screen)).toBe('const a = 1;\n');
  });

  it('proposals stand side by side, the merged answer below', async () => {
    const panel = '-m sandbox/say=one -m sandbox/text,e500=1 -m sandbox/say=two --critic sandbox/say=merged --retries 0';
    const wide = (await onTerminal(`$MOM ask hi -q --color never --show-proposals ${panel}`, {}, 126)).screen;
    expect(wide).toMatch(/^## sandbox\/say=one \(p1\) +│ ## sandbox\/text,e500=1 \(p2\) +│ ## sandbox\/say=two \(p3\)\n/);
    expect(wide).toMatch(/\none +│ \(no answer: [^\n]+ +│ two\n/);
    expect(wide).toMatch(/\n\n## Answer\n\nmerged\n$/);
    const narrow = (await onTerminal(`$MOM ask hi -q --color never --show-proposals ${panel}`, {}, 60)).screen;
    expect(narrow).toMatch(/^## sandbox\/say=one \(p1\)\n\none\n\n## sandbox\/text,e500=1 \(p2\)\n\n/);
  });
});

describe('in a pipe', () => {
  it('it is the text as it came', async () => {
    expect(await inPipe([])).toMatchObject({ stdout: `${TEXT}\n`, stderr: '', status: 0 });
  });

  it('nothing is loaded that renders, unless it is wished for', async () => {
    const probe = `import fs from 'node:fs';
      const read = fs.readFileSync;
      fs.readFileSync = (path, ...rest) => {
        if (/cli-view-markdown-.*cjs$/.test(String(path))) fs.writeSync(2, path.replace(/.*cli-view-/, '') + ' ');
        return read(path, ...rest);
      };`;
    const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(probe)}`];
    expect((await inPipe([], { nodeArgs })).stderr).toBe('');
    expect((await inPipe(['--render'], { nodeArgs })).stderr).toBe('markdown-stream.cjs markdown-table.cjs ');
  });

  it.each([
    ['without colours', [], {}, PLAIN],
    ['with colours when they are wished for', ['--color', 'always'], {}, COLORED],
    ['with colours when the environment wishes so', [], { FORCE_COLOR: '1' }, COLORED],
  ])('--render shows it %s', async (_what, args, env, expected) => {
    expect((await inPipe(['--render', ...args], { env })).stdout).toBe(expected);
  });

  it('--raw and --render contradict each other: 2', async () => {
    expect(await inPipe(['--raw', '--render'])).toMatchObject({
      stdout: '',
      stderr: 'mom: --raw and --render cannot be used together\nhint: leave one of them out\n',
      status: 2,
    });
  });

  it('-o gets the text as it came, also with --render', async () => {
    const place = newPlace();
    await inPipe(['--render', '-o', 'a.md'], { place });
    const path = join(place.cwd, 'a.md');
    expect(existsSync(path) && readFileSync(path, 'utf8')).toBe(`${TEXT}\n`);
    place.remove();
  });
});
