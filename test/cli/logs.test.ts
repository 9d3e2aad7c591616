import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunSummary, StoredRun } from '../../src/core/history.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { newPlace, runCli } from '../support/cli.js';
import { problems } from '../support/schema.js';
import { onTerminal } from '../support/terminal.js';

const ONE = 'sandbox/say=one,in=0,out=1000';
const HOSTILE = `sandbox/say=${encodeURIComponent('safe\u001b]0;owned\u0007\u001b[2J\u009b31m\u202etext')}`;

let sandbox: Sandbox;
const place = newPlace();
const env = () => ({ MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' });
const mom = (...args: string[]) => runCli(args, { place, env: env() });
const onScreen = (line: string, columns = 100, more: Record<string, string> = {}) =>
  onTerminal(line, { place, columns, env: { ...env(), NO_COLOR: '1', ...more } });
const listed = async (...args: string[]) => {
  const { stdout } = await mom('logs', '--json', ...args);
  const list = JSON.parse(stdout) as { runs: RunSummary[] };
  expect(problems('runs', list)).toEqual([]);
  return list.runs;
};
const questions = async (...args: string[]) => (await listed(...args)).map(({ question }) => question);

// Runs of one millisecond could change places, so each waits for the one before.
beforeAll(async () => {
  sandbox = await startSandbox({});
  await mom('ask', 'what is a race condition?', '-m', ONE, '-s', 'Be brief.');
  await mom('ask', 'name a city', '-m', HOSTILE, '-m', 'sandbox/say=two', '--critic', 'sandbox/say=merged');
  await mom('ask', 'this fails', '-m', 'sandbox/e401=1');
  await mom('ask', 'only simulated', '--sandbox', '-q');
});
afterAll(async () => {
  await sandbox.close();
  place.remove();
});

describe('mom logs', () => {
  it('lists runs, the newest first', async () => {
    expect(await listed()).toMatchObject([
      { question: 'only simulated', sandbox: true, status: 'complete', mixture: 'default', strategy: 'fuse' },
      { question: 'this fails', sandbox: false, status: 'failed', error_code: 'key_refused' },
      { question: 'name a city', status: 'complete', models: [HOSTILE, 'sandbox/say=two'] },
      { question: 'what is a race condition?', status: 'complete', cost_usd: 0.001, cost_source: 'reported', models: [ONE] },
    ]);
  });

  it('prints a line of fields for each where stdout is no terminal, and nothing else', async () => {
    const { stdout, stderr, status } = await mom('logs');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').length)).toEqual([10, 10, 10, 10]);
    const [id = '', started = '', ...rest] = lines.at(-1)?.split('\t') ?? [];
    expect(id).toMatch(/^\d{8}-\d{6}-[\da-f]{6}$/);
    expect(started).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(rest.toSpliced(6, 1)).toEqual(['complete', 'default', 'single', ONE, '0.001', 'reported', 'what is a race condition?']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it.each([
    [
      ['--limit', '2'],
      ['only simulated', 'this fails'],
    ],
    [['--status', 'failed'], ['this fails']],
    [['--model', 'sandbox/say=two'], ['name a city']],
    [['--mixture', 'default', '-n', '1'], ['only simulated']],
    [['--mixture', 'fast'], []],
    [['--since', '1h', '--limit', '1'], ['only simulated']],
    [['--since', '2999-01-01'], []],
    [['--search', 'RACE condition'], ['what is a race condition?']],
    [['--search', 'merged'], ['name a city']],
    [['--search', 'race merged'], []],
  ])('with %j finds %j', async (args, found) => {
    expect(await questions(...args)).toEqual(found);
  });

  it.each([[['--search', 'nowhere']], [['--mixture', 'fast']]])('says on stderr that nothing fits %j', async (args) => {
    expect(await mom('logs', ...args)).toMatchObject({ stdout: '', stderr: 'mom: none of the runs that are kept fits\n', status: 0 });
  });

  it('says how to begin where nothing is kept', async () => {
    const stderr = 'mom: no run is kept yet; mom ask "your question" makes one, mom ask --sandbox one without a key\n';
    expect(await runCli(['logs'])).toMatchObject({ stdout: '', stderr, status: 0 });
    expect(await runCli(['logs', '--search', 'x'])).toMatchObject({ stdout: '', stderr, status: 0 });
    expect(await runCli(['logs', '--json'])).toMatchObject({
      stdout: '{\n  "schema_version": 1,\n  "runs": []\n}\n',
      stderr: '',
      status: 0,
    });
  });

  it('is a table on a terminal', async () => {
    const { screen, status } = await onScreen('$MOM logs');
    expect(status).toBe(0);
    expect(screen.split('\n').map((line) => line.replace(/^\S+ {2}\d\d-\d\d \d\d:\d\d/, 'ID  WHEN').replace(/\d+ m?s/, 'TIME'))).toEqual([
      expect.stringMatching(/^run {21}when {9}status {4}asked {2,}cost {2,}took {2}question$/),
      expect.stringMatching(/^ID {2}WHEN {2}complete {2}default\/fuse {2,}sandbox +TIME {2}only simulated$/),
      expect.stringMatching(/^ID {2}WHEN {2}failed {4}sandbox\/e401\S+ {2,}\S+ +TIME {2}this fails$/),
      expect.stringMatching(/^ID {2}WHEN {2}complete {2}default\/fuse {2,}\$\S+ +TIME {2}name a city$/),
      expect.stringMatching(/^ID {2}WHEN {2}complete {2}sandbox\/say=\S*… {2,}\$0\.001 +TIME {2}what is a race/),
      '',
    ]);
  });

  it('fits 20 columns', async () => {
    const { screen } = await onScreen('$MOM logs', 20);
    expect(Math.max(...screen.split('\n').map((line) => line.length))).toBe(20);
    expect(screen).toContain('\ncost: $0.001\n');
  });

  it.each([
    [{ NO_COLOR: '' }, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '', TERM: 'dumb' }, false],
  ])('has colours with %o: %s', async (more, colored) => {
    const { screen } = await onScreen('$MOM logs', 100, more);
    expect(screen.includes('\u001b[32mcomplete\u001b[39m')).toBe(colored);
    expect(screen.includes('\u001b')).toBe(colored);
  });

  it.each([
    ['$MOM logs', 'name a city'],
    ['$MOM logs --json', '"name a city"'],
    ['$MOM logs show --json "$($MOM logs --search city | cut -f1)"', '"safe\\u001b]0;owned'],
    ['$MOM logs export', '"safe\\u001b]0;owned'],
    ['$MOM logs show --proposals "$($MOM logs --search city | cut -f1)"', 'safetext'],
  ])('drives no terminal: %s', async (line, shown) => {
    const { screen } = await onScreen(line);
    expect(screen).toContain(shown);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(screen).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('tells of a store that cannot be read: 74', async () => {
    const broken = newPlace();
    try {
      mkdirSync(join(broken.state, 'mom'));
      writeFileSync(join(broken.state, 'mom', 'mom.db'), 'no database at all, but long enough to be one. '.repeat(100));
      const { stdout, stderr, status } = await runCli(['logs'], { place: broken });
      expect({ stdout, status }).toEqual({ stdout: '', status: 74 });
      expect(stderr).toContain(join(broken.state, 'mom', 'mom.db'));
      expect(stderr).toMatch(/\nhint: .+\n$/);
    } finally {
      broken.remove();
    }
  });

  it('refuses a status that there is not', async () => {
    expect(await mom('logs', '--status', 'done')).toMatchObject({
      stdout: '',
      stderr: 'mom: --status cannot be "done"\nhint: --status takes complete, degraded, failed or cancelled\n',
      status: 2,
    });
  });
});

describe('mom logs show', () => {
  let ids: { simulated: string; failed: string; merged: string; single: string };
  beforeEach(async () => {
    const [simulated, failed, merged, single] = (await listed()).map(({ id }) => id) as [string, string, string, string];
    ids = { simulated, failed, merged, single };
  });
  const show = (...args: string[]) => mom('logs', 'show', ...args);

  it('shows the last run without an id', async () => {
    const { stdout, stderr, status } = await show();
    expect(stdout).toMatch(/^## User\n\nonly simulated\n\n## Answer\n\n\[simulated answer of /);
    expect(stdout).toContain(`\nrun:     ${ids.simulated}\n`);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('shows question, answer, facts and the way on', async () => {
    const { stdout } = await show(ids.single);
    expect(stdout.replace(/\nstarted: .*/, '')).toContain(
      '## System\n\nBe brief.\n\n## User\n\nwhat is a race condition?\n\n## Answer\n\none\n\n## Run\n\n' +
        `run:     ${ids.single}\nstatus:  complete\nmixture: default, single (`,
    );
    expect(stdout).toContain(`go on:   mom ask --from ${ids.single} "..."\nagain:   mom ask --resume ${ids.single}\n`);
    expect(stdout).toMatch(/\ns1 {4}sandbox\/say=one,in=0,out=1000 {2}answered +\d+ m?s {2}\d+ m?s +\d+ {2}\$0\.001 reported\n$/);
  });

  it('takes the beginning of an id, and tells of an unknown or ambiguous one', async () => {
    expect((await show(ids.merged.slice(0, -1))).stdout).toContain('name a city');
    expect(await show('1999')).toMatchObject({
      stdout: '',
      stderr: 'mom: there is no run 1999\nhint: mom logs lists the runs that are kept\n',
      status: 66,
    });
    const century = await show('20');
    expect(century).toMatchObject({ stdout: '', status: 2 });
    expect(century.stderr).toMatch(/^mom: several runs begin with 20: /);
  });

  it('shows each proposal under its heading', async () => {
    const { stdout } = await show(ids.merged, '--proposals');
    expect(stdout).toContain('\n\n## sandbox/say=two (p2)\n\ntwo\n\n## Answer\n\nmerged\n');
  });

  it('shows what the critic was sent', async () => {
    const { stdout, status } = await show(ids.merged, '--critic-prompt');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^## System\n\n/);
    expect(stdout).toContain('\n\n## User\n\nname a city\n\n');
    expect(stdout).toMatch(/<candidate A\d \w+>\ntwo\n/);
  });

  it('has no critic prompt where no critic was asked: 66', async () => {
    const other = newPlace();
    try {
      const there = (...args: string[]) => runCli(args, { place: other, env: env() });
      await there('ask', 'unmerged', '-m', 'sandbox/say=a', '-m', 'sandbox/say=b', '--no-critic');
      const { stdout } = await there('logs', 'show');
      expect(stdout).toContain('## sandbox/say=a (p1)\n\na\n\n## sandbox/say=b (p2)\n\nb\n\n## Run\n');
      const id = /^run: +(\S+)$/m.exec(stdout)?.[1];
      expect(await there('logs', 'show', '--critic-prompt')).toMatchObject({
        stdout: '',
        stderr: `mom: no critic was asked in run ${id}\nhint: mom logs show ${id} tells who answered\n`,
        status: 66,
      });
    } finally {
      other.remove();
    }
  });

  it('has numbers only where texts were not kept', async () => {
    const other = newPlace();
    try {
      const there = (...args: string[]) => runCli(args, { place: other, env: env() });
      await there(
        'ask',
        'a secret',
        '-m',
        'sandbox/say=a',
        '-m',
        'sandbox/say=b',
        '--critic',
        'sandbox/say=c',
        '--set',
        'log.content=false',
      );
      const { stdout } = await there('logs', 'show');
      expect(stdout).toMatch(/^## Run\n\nrun: /);
      expect(stdout).toContain('texts:   not kept (log.content: false)\n');
      const id = /^run: +(\S+)$/m.exec(stdout)?.[1];
      const refusal = {
        stdout: '',
        stderr: `mom: the texts of run ${id} were not kept\nhint: log.content: false keeps numbers only\n`,
        status: 65,
      };
      expect(await there('logs', 'show', '--critic-prompt')).toMatchObject(refusal);
      expect(await there('logs', 'show', '--proposals')).toMatchObject(refusal);
    } finally {
      other.remove();
    }
  });

  it('renders answers on a terminal, unless they are wanted raw', async () => {
    const other = newPlace();
    try {
      await runCli(['ask', '*as it is*', '-m', `sandbox/say=${encodeURIComponent('A **bold** word.')}`], { place: other, env: env() });
      const rendered = await onTerminal('$MOM logs show', { place: other });
      expect(rendered.screen).toContain(
        '\u001b[1mUser\u001b[22m\n\n*as it is*\n\n\u001b[1mAnswer\u001b[22m\n\nA \u001b[1mbold\u001b[22m word.\n',
      );
      const raw = '## User\n\n*as it is*\n\n## Answer\n\nA **bold** word.\n';
      expect((await onTerminal('$MOM logs show --raw --color never', { place: other })).screen).toContain(raw);
      expect((await onTerminal('$MOM logs show', { place: other, env: { TERM: 'dumb' } })).screen).toContain(raw);
      expect((await onTerminal('$MOM logs show | cat', { place: other })).screen).toContain(raw);
      expect((await runCli(['logs', 'show', '--color', 'always'], { place: other })).stdout).toContain('\u001b[1m## User\u001b[22m\n');
    } finally {
      other.remove();
    }
  });

  it('links runs of a conversation, and those that were resumed', async () => {
    const other = newPlace();
    try {
      const there = (...args: string[]) => runCli(args, { place: other, env: env() });
      const ids = async () => (JSON.parse((await there('logs', '--json')).stdout) as { runs: RunSummary[] }).runs.map(({ id }) => id);
      await there('ask', 'first', '-m', 'sandbox/say=a', '-m', 'sandbox/say=b', '--critic', 'sandbox/say=c');
      const [first = ''] = await ids();
      await there('ask', '-c', 'second');
      await there('ask', '--resume', first, '--critic', 'sandbox/say=d');
      const [resumed = '', second = ''] = await ids();
      expect((await there('logs', 'show', first)).stdout).toContain(`\nnext:       ${second}\nresumed as: ${resumed}\n`);
      const continued = (await there('logs', 'show', second)).stdout;
      expect(continued).toContain('## User\n\nfirst\n\n## Assistant\n\nc\n\n## User\n\nsecond\n\n## Answer\n');
      expect(continued).toContain(`\ngoes on: after ${first}\n`);
      const again = (await there('logs', 'show', resumed)).stdout;
      expect(again).toContain(`\nresumes: ${first}\n`);
      expect(again).toMatch(/\np1 {4}sandbox\/say=a {2}answered {2,}paid before\n/);
    } finally {
      other.remove();
    }
  });

  it('prints everything that is kept as JSON', async () => {
    const run = JSON.parse((await show(ids.merged, '--json')).stdout) as StoredRun;
    expect(problems('runs', run)).toEqual([]);
    expect(run.result).toMatchObject({ id: ids.merged, answer: 'merged', critic: { model: 'sandbox/say=merged' } });
    expect(run.result.proposals[0]?.text).toBe('safe\u001b]0;owned\u0007\u001b[2J\u009b31m\u202etext');
  });

  it('writes a file instead of stdout with -o', async () => {
    expect(await show(ids.single, '-o', 'run.md')).toMatchObject({ stdout: '', stderr: '', status: 0 });
    expect(await runCli(['logs', 'show', ids.single], { place })).toMatchObject({
      stdout: readFileSync(join(place.cwd, 'run.md'), 'utf8'),
    });
    expect(await show(ids.single, '-o', join('no', 'folder', 'run.md'))).toMatchObject({ stdout: '', status: 74 });
  });

  it.each([
    [['--proposals', '--critic-prompt'], '--proposals and --critic-prompt'],
    [['--json', '--proposals'], '--proposals and --json'],
    [['--html', '--critic-prompt'], '--critic-prompt and --html'],
  ])('refuses %j together', async (args, named) => {
    expect(await show(...args)).toMatchObject({
      stdout: '',
      stderr: `mom: ${named} cannot be used together\nhint: leave one of them out\n`,
      status: 2,
    });
  });

  it('shows a failed run with its error', async () => {
    const { stdout } = await show(ids.failed);
    expect(stdout).toContain('## Answer\n\n(none)\n');
    expect(stdout).toMatch(/\nerror: {3}.*\(key_refused\)\n/);
    expect(stdout).not.toContain('go on:');
    expect(stdout).toContain(`again:   mom ask --resume ${ids.failed}\n`);
  });

  it('tells of a store with nothing in it: 66', async () => {
    expect(await runCli(['logs', 'show'])).toMatchObject({
      stdout: '',
      stderr: 'mom: no run is kept yet\nhint: mom ask "your question" makes one\n',
      status: 66,
    });
  });
});
