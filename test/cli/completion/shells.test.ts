import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MOM, newPlace, type Place, runCli } from '../../support/cli.js';
import { hasProgram } from '../../support/programs.js';

const CONFIG = `mixtures:
  quick: { proposers: [a/x, ollama:llama3.2], critic: b/y }
`;

/** A place with `mom` in its PATH, a configuration of its own and a template. */
function place(config = CONFIG): Place {
  const made = newPlace();
  onTestFinished(made.remove);
  const bin = join(made.root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'mom'), `#!/bin/sh\nexec "${process.execPath}" "${MOM}" "$@"\n`);
  chmodSync(join(bin, 'mom'), 0o755);
  mkdirSync(join(made.config, 'mom', 'templates'), { recursive: true });
  writeFileSync(join(made.config, 'mom', 'mom.config.yaml'), config);
  writeFileSync(join(made.config, 'mom', 'templates', 'review.md'), 'Review {{input}}\n');
  return { ...made, env: { ...made.env, PATH: `${bin}:${made.env.PATH}` } };
}

function inShell(shell: string, script: string, { env, cwd }: Place): string[] {
  const text = execFileSync(shell, ['-c', script], { env, cwd, encoding: 'utf8' });
  return text.split('\n').filter((line) => line !== '');
}

/** What bash offers with the cursor behind this line. */
function bash(line: string, where: Place): string[] {
  const setUp = 'source <(mom completion bash)';
  return inShell('bash', `${setUp}; COMP_LINE=${quoted(line)}; COMP_POINT=\${#COMP_LINE}; _mom; printf '%s\\n' "\${COMPREPLY[@]}"`, where);
}

function fish(line: string, where: Place): string[] {
  return inShell('fish', `mom completion fish | source; complete -C ${quoted(line)}`, where).map((found) => found.split('\t')[0] ?? '');
}

/** zsh completes only on a terminal: what the function would hand over is printed in its place. */
function zsh(words: readonly string[], where: Place): string[] {
  const fakes = `compdef() { : }; _describe() { print -rl -- "\${(@P)3}" }; _files() { print files }`;
  const line = `words=(${words.map(quoted).join(' ')}); CURRENT=${words.length}; _mom`;
  return inShell('zsh', `${fakes}; source <(mom completion zsh); ${line}`, where);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

describe('bash', () => {
  let home: Place;
  beforeAll(() => {
    expect(hasProgram('bash')).toBe(true);
  });

  it('offers commands, options, values and names', () => {
    home = place();
    expect(bash('mom co', home)).toEqual(['cost', 'config', 'completion']);
    expect(bash('mom ask --strat', home)).toEqual(['--strategy']);
    expect(bash('mom ask --strategy ca', home)).toEqual(['cascade']);
    expect(bash('mom ask --mixture q', home)).toEqual(['quick']);
    expect(bash('mom ask -t ', home)).toEqual(['review']);
    expect(bash('mom ask "a question" -m a/', home)).toEqual(['a/x']);
    expect(bash('mom keys set openr', home)).toEqual(['openrouter']);
  });

  it('puts what follows a colon or an equals sign behind it, as bash breaks words there', () => {
    home = place();
    expect(bash('mom ask -m ollama:ll', home)).toEqual(['llama3.2']);
    expect(bash('mom ask --mixture=qu', home)).toEqual(['quick']);
  });

  it('leaves files to the shell', () => {
    home = place();
    expect(bash('mom ask -f re', home)).toEqual([]);
  });
});

it.skipIf(!hasProgram('fish'))('fish offers commands, options, values and files', () => {
  const home = place();
  writeFileSync(join(home.cwd, 'notes.txt'), '');
  expect(fish('mom co', home).sort()).toEqual(['completion', 'config', 'cost']);
  expect(fish('mom ask --strategy ca', home)).toEqual(['cascade']);
  expect(fish('mom ask --mixture=q', home)).toEqual(['--mixture=quick']);
  expect(fish('mom ask -m ollama:', home)).toEqual(['ollama:llama3.2']);
  expect(fish('mom ask -f no', home)).toEqual(['notes.txt']);
});

it.skipIf(!hasProgram('zsh'))('zsh offers commands with their meaning, values and files', () => {
  const home = place();
  expect(zsh(['mom', 'as'], home)).toEqual(['ask:ask several models at once and print one merged answer']);
  expect(zsh(['mom', 'ask', '--strategy', 'ca'], home)).toEqual(['cascade']);
  expect(zsh(['mom', 'ask', '-m', 'ollama:'], home)).toEqual(['ollama\\:llama3.2']);
  expect(zsh(['mom', 'ask', '-f', ''], home)).toEqual(['files']);
});

describe('what mom tells a shell', () => {
  it('names runs by their id, with the question', async () => {
    const home = place();
    const asked = await runCli(['ask', '--sandbox', '-m', 'sandbox/say=hello', '--json', 'Say\thello\nto all'], { place: home });
    const { id } = JSON.parse(asked.stdout) as { id: string };
    const { stdout, stderr, status } = await runCli(['__complete', 'fish', 'mom', 'ask', '--resume', id.slice(0, 8)], { place: home });
    expect({ stdout, stderr, status }).toEqual({ stdout: `words\n${id}\tSay hello to all\n`, stderr: '', status: 0 });
  });

  it.each([
    ['a broken configuration', 'mixtures: ['],
    ['an unknown option', 'nonsense: 1'],
  ])('is silent with %s', async (_what, config) => {
    const { stdout, stderr, status } = await runCli(['__complete', 'fish', 'mom', 'ask', '--mixture', ''], { place: place(config) });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  it('is silent with a store that is none', async () => {
    const home = place();
    mkdirSync(join(home.state, 'mom'));
    writeFileSync(join(home.state, 'mom', 'mom.db'), 'no database at all, but longer than a header of one would have to be '.repeat(20));
    const { stdout, stderr, status } = await runCli(['__complete', 'fish', 'mom', 'logs', 'show', ''], { place: home });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });
});

it('names the shells there are', async () => {
  const { stdout, stderr, status } = await runCli(['completion', 'fis']);
  expect({ stdout, stderr, status }).toEqual({
    stdout: '',
    stderr: 'mom: there is no completion for "fis"\nhint: did you mean fish? there is one for bash, zsh, fish\n',
    status: 2,
  });
});
