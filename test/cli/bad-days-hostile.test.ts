import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MOM, newPlace, type Place, runCli } from '../support/cli.js';
import { families, mixtureCli, says } from '../support/mixture-cli.js';
import { onTerminal } from '../support/terminal.js';

function placeOfTest(): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

const QUESTION = 'tab\there\nline $(touch pwned) `touch pwned` \u001b]0;evil\u0007 \u202etxet "quote\' \\ end';
/** Drives a terminal: title, clipboard, clear, a link, C1, a NUL, an order of its own. */
const ANSWER = 'A\u001b]0;evil\u0007B\u001b]52;c;ZXZpbA==\u001b\\C\u001b[2JD\u009b31mE\u0000F\u202eG\u001b[31mH';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
const DRIVES = /\u001b(?!\[[\d;]*m)|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('what a model, a question or a name holds drives no terminal', () => {
  it('in any command that shows runs', async () => {
    const cli = await mixtureCli({ proposers: families(says(ANSWER), says(`${ANSWER}2`)), critic: says(ANSWER) });
    expect((await cli.ask(QUESTION)).status).toBe(0);
    for (const command of [
      'logs',
      'logs --json',
      'logs show',
      'logs show --raw',
      'logs show --proposals',
      'logs show --json',
      'logs show --critic-prompt',
      'logs export',
      'cost',
      'cost --by model',
      'cost --csv --by model',
      'cost --json --by model',
    ]) {
      const { screen, status } = await onTerminal(`$MOM ${command}`, { place: cli.place });
      expect([command, status, DRIVES.exec(screen)?.[0] ?? null]).toEqual([command, 0, null]);
    }
    const { stdout } = await runCli(['logs'], { place: cli.place });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout.split('\t')).toHaveLength(10);
  });
});

describe('completion', () => {
  /** What bash puts behind these lines, with functions of its own only. */
  function bash(line: string, place: Place): string[] {
    const bin = join(place.root, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'mom'), `#!/bin/sh\nexec "${process.execPath}" "${MOM}" "$@"\n`, { mode: 0o755 });
    const script = `source <(mom completion bash); COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; _mom; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...place.env, PATH: `${bin}:${place.env.PATH}` };
    return execFileSync('bash', ['-c', script, 'bash', line], { cwd: place.cwd, env, encoding: 'utf8' })
      .split('\n')
      .filter((word) => word !== '');
  }

  it('offers runs without running what was asked in them', async () => {
    const cli = await mixtureCli({ strategy: 'single', single: says('well') });
    await cli.ask(QUESTION);
    const offered = bash('mom logs show ', cli.place);
    expect(offered).toEqual([expect.stringMatching(/^\d{8}-\d{6}-[0-9a-f]{6}$/)]);
    const { stdout } = await runCli(['__complete', 'zsh', 'mom', 'logs', 'show', ''], { place: cli.place });
    expect(DRIVES.test(stdout)).toBe(false);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(existsSync(join(cli.place.cwd, 'pwned'))).toBe(false);
  });

  it('offers no name that a shell would run', () => {
    const place = placeOfTest();
    const member = { proposers: ['a/x', 'b/y;id'], critic: 'b/`id`' };
    const names = ['$(touch pwned)', 'x;touch pwned', 'a b', '`id`', 'a|b', '<a', "it's", 'good', 'gut-ü.1'];
    writeFileSync(
      join(place.cwd, 'mom.config.yaml'),
      JSON.stringify({ mixtures: Object.fromEntries(names.map((name) => [name, member])) }),
    );
    mkdirSync(join(place.cwd, '.git'));
    const offered = bash('mom ask --mixture ', place);
    expect(offered).toEqual(expect.arrayContaining(['good', 'gut-ü.1']));
    expect(offered.filter((word) => names.includes(word))).toEqual(['good', 'gut-ü.1']);
    expect(bash('mom ask -m ', place).filter((word) => /[;`]/.test(word))).toEqual([]);
    expect(existsSync(join(place.cwd, 'pwned'))).toBe(false);
  });
});

describe('an id', () => {
  const IDS = ["' OR 1=1 --", '%', '*', '../../etc/passwd', '$(touch pwned)', '\u001b]0;x\u0007', '_', 'é', '\\', '2026*', '"'];
  for (const id of IDS) {
    it(`${JSON.stringify(id)} is that of no run`, async () => {
      const place = placeOfTest();
      await runCli(['ask', '--sandbox', '-q', 'hi'], { place });
      for (const args of [
        ['logs', 'show', id],
        ['ask', '--sandbox', '--resume', id],
        ['ask', '--sandbox', '--from', id, 'hi'],
      ]) {
        const { stdout, stderr, status } = await runCli(args, { place });
        const shown = id.startsWith('\u001b') ? '' : id;
        const first = args[0] === 'ask' ? 'mom: sandbox: built-in simulated and recorded models, no network\n' : '';
        expect({ stdout, status, stderr: stderr.replace(first, '') }).toEqual({
          stdout: '',
          status: 66,
          stderr: `mom: there is no run ${shown}\nhint: mom logs lists the runs that are kept\n`,
        });
      }
    });
  }
});

describe('a project of somebody else', () => {
  const GUARDED: Record<string, object> = {
    'a key command': { providers: { openrouter: { api_key_cmd: ['touch', 'pwned'] } } },
    'what is kept': { log: { content: true } },
  };
  for (const [name, config] of Object.entries(GUARDED)) {
    it(`sets ${name} only when it is trusted`, async () => {
      const place = placeOfTest();
      mkdirSync(join(place.config, 'mom'));
      writeFileSync(join(place.config, 'mom', 'mom.config.yaml'), 'log: { content: false }\n');
      mkdirSync(join(place.cwd, '.git'));
      writeFileSync(join(place.cwd, 'mom.config.yaml'), JSON.stringify(config));
      const { stdout, stderr, status } = await runCli(['ask', 'hi'], { place, env: { MOM_API_KEY: 'key-of-the-test' } });
      expect({ stdout, status }).toEqual({ stdout: '', status: 78 });
      expect(stderr).toContain('mom config trust');
      expect(existsSync(join(place.cwd, 'pwned'))).toBe(false);
    });
  }
});

describe('a reader that goes away, and a full disk', () => {
  it('end each command with 0 without a word, and with 74', { timeout: 120_000 }, async () => {
    const place = placeOfTest();
    await runCli(['ask', '--sandbox', '-q', 'hi'], { place });
    const COMMANDS = [
      'logs',
      'logs --json',
      'logs show',
      'logs show --json',
      'logs show --html',
      'logs export',
      'logs path',
      'cost --json',
      'cost --csv',
      'keys list',
      'completion bash',
      'config show',
      'ask --help-all',
    ];
    const lines = COMMANDS.map((command) => `($MOM ${command}; echo "s $?" >&2) | head -n 0; $MOM ${command} > /dev/full; echo "f $?"`);
    const { screen } = await onTerminal(lines.join('\n'), { place });
    const full = 'mom: stdout could not be written: ENOSPC: no space left on device, write\nhint: make room or write somewhere else\n';
    const each = screen.split('f 74\n').slice(0, -1);
    expect(each.map((said, i) => [COMMANDS[i], said])).toEqual(COMMANDS.map((command) => [command, `s 0\n${full}`]));
  });
});
