import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EvalReport } from '../../src/core/eval/report.js';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { PANEL, recording, sums, writeLines } from '../support/eval-files.js';
import { CAN_MOUNT, mounted } from '../support/namespace.js';
import { problems } from '../support/schema.js';
import { onTerminal, remaining } from '../support/terminal.js';

const SANDBOX_LINE = 'mom: sandbox: built-in simulated and recorded models, no network\n';

let place: Place;
beforeEach(() => {
  const { remove, ...made } = newPlace();
  place = made;
  onTestFinished(remove);
  writeLines(place, 'apples.jsonl', recording(24));
  writeLines(place, 'sums.jsonl', sums(6));
  writeFileSync(join(place.cwd, 'panel.yaml'), PANEL);
});

const mom = (...args: string[]) => runCli(args, { place });
const PANEL_EVAL = ['eval', 'apples.jsonl', '--sandbox', '--config', 'panel.yaml', '--mixture', 'panel', '--no-sampled'];
const SOLVERS = ['eval', 'sums.jsonl', '--sandbox', '-m', 'sandbox/solver', '-m', 'sandbox/solver,right=0'];
const reportOf = (stdout: string) => JSON.parse(stdout) as EvalReport;
/** What differs from run to run. */
const steady = (text: string) =>
  text
    .replace(/\d+(\.\d)? (ms|s|m \d+ s)\b/g, 'TIME')
    .replace(/evaluation \d{8}-\d{6}-\w+/, 'evaluation ID')
    .replace(/ +/g, ' ');

describe('mom eval', () => {
  it('says whether the mixture is worth it, on stdout, and what it asks on stderr', async () => {
    const { stdout, stderr, status } = await mom(...PANEL_EVAL);
    expect(stderr).toMatch(
      /^mom: sandbox: .*\nmom: will ask 4 contestants 24 prompts: \d+ to \d+ calls, \$0\.\d+ to \$\d\.\d+, cap \$10\.00\n$/,
    );
    expect(status).toBe(0);
    const [verdict, table] = stdout.split('\n\n');
    expect(verdict).toMatch(/^panel is worse than recorded\/strong alone: 50\.0 % against 100\.0 % right \(50\.0 points less, /);
    expect(table?.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'contestant',
      'recorded/strong',
      expect.stringMatching(/^panel|recorded/),
      expect.stringMatching(/^panel|recorded/),
      expect.stringMatching(/^panel|recorded/),
    ]);
    expect(stdout).toContain('\n24 prompts, scored 24 by reference; $0.');
  });

  it('prints the report as JSON, and nothing on stderr with -q', async () => {
    const { stdout, stderr, status } = await mom(...SOLVERS, '--json', '-q');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const report = reportOf(stdout);
    expect(problems('eval', report)).toEqual([]);
    expect(report).toMatchObject({ schema_version: 1, sandbox: true, partial: null, prompts: { total: 6, complete: 6, by_reference: 6 } });
    expect(report.contestants.map(({ name, accuracy }) => [name, accuracy?.right, accuracy?.of])).toEqual([
      ['sandbox/solver', 6, 6],
      ['sandbox/solver,right=0', 0, 6],
    ]);
  });

  it('reads prompts from standard input, and names it in errors', async () => {
    const prompts = readFileSync(join(place.cwd, 'sums.jsonl'), 'utf8');
    const args = ['eval', '-', ...SOLVERS.slice(2), '--json', '-q'];
    const good = await runCli(args, { place, stdin: prompts });
    expect(reportOf(good.stdout).prompts).toMatchObject({ total: 6, complete: 6 });
    const bad = await runCli([...args.slice(0, -2)], { place, stdin: `${prompts}{"prompt": 7}\n` });
    expect(bad).toMatchObject({ stdout: '', status: 65 });
    expect(bad.stderr).toMatch(/^mom: standard input, line 7: /m);
    const empty = await runCli(args.slice(0, -2), { place, stdin: '' });
    expect(empty).toMatchObject({
      stdout: '',
      stderr: 'mom: standard input is empty\nhint: pipe prompts in, one a line, or name a file\n',
      status: 66,
    });
  });

  it('shows with --dry-run what it would ask and cost, and asks nobody', async () => {
    const { stdout, stderr, status } = await mom(...PANEL_EVAL, '-n');
    expect({ stderr, status }).toEqual({ stderr: SANDBOX_LINE, status: 0 });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('24 prompts; nobody was asked');
    expect(lines[2]?.split(/ {2,}/)).toEqual(['who', 'as', 'asked', 'kept', 'calls', 'cost']);
    expect(lines.slice(3, 8).map((line) => line.split(/ {2,}/).slice(0, 4).join('|'))).toEqual([
      'panel|mixture|24|0',
      'recorded/strong|member|24|0',
      'recorded/weak|member|24|0',
      'recorded/other|member|24|0',
      'in total|96|0|120 to 168',
    ]);
    const json = JSON.parse((await mom(...PANEL_EVAL, '-n', '--json', '-q')).stdout);
    expect(json).toMatchObject({ schema_version: 1, dry_run: true, prompts: 24, max_cost: 10 });
  });

  it('asks nothing twice, and what is added costs only what is new', async () => {
    const first = reportOf((await mom(...SOLVERS, '--json', '-q')).stdout);
    expect(first.spent_usd).toBe(first.cost_usd);
    const again = await mom(...SOLVERS, '--json');
    expect(again.stderr).toContain('0 calls, $0.00, cap $10.00, 12 of 12 answers are kept from before\n');
    expect(reportOf(again.stdout)).toMatchObject({ spent_usd: 0, cost_usd: first.cost_usd });
    const more = reportOf((await mom('eval', '--resume', '--sandbox', '-m', 'sandbox/solver,right=0.5', '--json', '-q')).stdout);
    expect(more.contestants).toHaveLength(3);
    expect(more.contestants.every(({ n }) => n === 6)).toBe(true);
  });

  it('ends with 4 when the cap is reached, and reports on what there is', async () => {
    const { stdout, status } = await mom(...PANEL_EVAL, '--max-cost', '0.158', '--concurrency', '1', '--json', '-q');
    expect(status).toBe(4);
    const report = reportOf(stdout);
    expect(report.partial).toMatchObject({ code: 'cost_cap' });
    expect(report.prompts.complete).toBeLessThan(24);
    expect(report.spent_usd).toBeLessThanOrEqual(0.158);
  });
});

describe('going on, and applying', () => {
  it('goes on with the line that it names, which asks only the rest', async () => {
    const capped = await mom(...PANEL_EVAL, '--max-cost', '0.158', '--set', 'mixtures.panel.quorum=2', '--concurrency', '1', '-q');
    expect(capped.status).toBe(4);
    const [, line = ''] = /prompts are complete; mom (eval .+) goes on\n/.exec(capped.stdout) ?? [];
    expect(line).toBe('eval --resume --sandbox');
    const rest = await mom(...line.split(' '), '--json');
    expect(rest.status).toBe(0);
    const report = reportOf(rest.stdout);
    expect(report).toMatchObject({ partial: null, prompts: { complete: 24 } });
    expect(report.spent_usd).toBeLessThan(report.cost_usd ?? 0);
    expect(report.contestants.find(({ name }) => name === 'recorded/strong')?.accuracy?.right).toBe(24);
  });

  it('goes on with the seed, the configuration and the recordings that it began with', async () => {
    const begun = ['eval', 'sums.jsonl', '--sandbox', '--recorded', 'apples.jsonl', '--seed', '7', '--config', 'panel.yaml'];
    const first = reportOf(
      (await mom(...begun, '--mixture', 'panel', '--no-sampled', '--set', 'mixtures.panel.quorum=2', '--json', '-q')).stdout,
    );
    const rest = await mom('eval', '--resume', '--sandbox', '--json', '-q');
    expect(rest.status).toBe(0);
    expect(reportOf(rest.stdout)).toMatchObject({ id: first.id, spent_usd: 0, partial: null });
  });

  it('names a recording that is gone', async () => {
    await mom(...PANEL_EVAL, '-q');
    rmSync(join(place.cwd, 'apples.jsonl'));
    expect(await mom('eval', '--resume', '--sandbox', '-q')).toMatchObject({
      stdout: '',
      stderr: `mom: the recording ${join(place.cwd, 'apples.jsonl')}, which this evaluation was answered from, is gone\nhint: put it back, or begin a new evaluation\n`,
      status: 66,
    });
  });

  it('says what may be a secret again, and keeps it nowhere', async () => {
    const secret = ['--set', 'providers.openrouter.api_key=sk-canary-of-a-set'];
    const { stdout } = await mom(...PANEL_EVAL, '--max-cost', '0.158', ...secret, '--concurrency', '1', '-q');
    expect(stdout).toContain('mom eval --resume --set providers.openrouter.api_key=sk-canary-of-a-set --sandbox goes on\n');
    const kept = readFileSync(join(place.state, 'mom', 'evals.db'), 'latin1');
    expect(kept.includes('canary')).toBe(false);
  });

  it('shows what it would change, and changes it, where its recommendations are applied', async () => {
    await mom(...PANEL_EVAL, '-q');
    const on = ['eval', '--resume', '--sandbox', '--apply'];
    const before = readFileSync(join(place.cwd, 'panel.yaml'), 'utf8');
    const shown = await mom(...on, '-n');
    expect(shown.status).toBe(0);
    expect(shown.stderr).toContain(`mom: would be written to ${join(place.cwd, 'panel.yaml')}:\nmom:   mixtures.`);
    expect(readFileSync(join(place.cwd, 'panel.yaml'), 'utf8')).toBe(before);
    const applied = await mom(...on);
    expect(applied.status).toBe(0);
    expect(applied.stderr).toContain(`mom: written to ${join(place.cwd, 'panel.yaml')}:\nmom:   mixtures.`);
    expect(readFileSync(join(place.cwd, 'panel.yaml'), 'utf8')).toContain('strategy: auto');
  });

  it('applies nothing where nothing is recommended, and says so beside the report', async () => {
    const before = readFileSync(join(place.cwd, 'panel.yaml'), 'utf8');
    const { stdout, stderr, status } = await mom(...SOLVERS, '--apply', '--config', 'panel.yaml', '--json');
    expect(reportOf(stdout).recommendations).toEqual([]);
    const note =
      'mom: nothing was applied, as nobody is recommended: a difference like the one found takes about 20 prompts to be shown, and this is on 6 prompts\n';
    expect({ note: stderr.endsWith(note) ? note : stderr, status }).toEqual({ note, status: 0 });
    const shown = await mom('eval', '--resume', '--sandbox', '--apply', '-n');
    expect({ note: shown.stderr.endsWith(note) ? note : shown.stderr, status: shown.status }).toEqual({ note, status: 0 });
    expect(readFileSync(join(place.cwd, 'panel.yaml'), 'utf8')).toBe(before);
  });
});

describe('mom eval on a terminal', () => {
  it('shows how far it is while it asks, and leaves no trace of that', async () => {
    const args = 'sums.jsonl --sandbox -m sandbox/solver,ttft=60 -m sandbox/solver,ttft=60,right=0 --concurrency 2';
    const { screen, status } = await onTerminal(`$MOM eval ${args}`, { place, columns: 100 });
    expect(status).toBe(0);
    expect(screen).toMatch(/asking \d+ of 12 · \$0\.\d+/);
    const left = remaining(screen);
    expect(left).not.toContain('asking');
    expect(left).toMatch(/cap \$10\.00\s+6 prompts are too few [\s\S]+\n\ncontestant +right/);
  });

  it('tells a warning once to who reads both streams there, and in each of them else', async () => {
    writeFileSync(join(place.cwd, 'essays.txt'), 'Write about one.\nWrite about two.\n');
    const words = ['eval', 'essays.txt', '--sandbox', '-m', 'sandbox/talker', '-m', 'sandbox/talker,skill=2', '--judge', 'sandbox/judge'];
    const { screen } = await onTerminal(`$MOM ${words.join(' ')}`, { place });
    expect(remaining(screen).match(/favour their own/g)).toHaveLength(1);
    const { stdout, stderr } = await mom(...words);
    for (const text of [stdout, stderr]) expect(text.match(/favour their own/g)).toHaveLength(1);
  });

  it('opens the page that it keeps, and says where it is when nothing can show it', async () => {
    const { stderr, status } = await runCli([...SOLVERS, '--open'], { place });
    expect(status).toBe(0);
    const [, path = ''] = /mom: warning: the page could not be opened: there is no display here; it is (.+\.html)\n$/.exec(stderr) ?? [];
    expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>/i);
    expect(path.startsWith(join(place.state, 'mom', 'pages'))).toBe(true);
  });
});

describe('the report of mom eval in a folder', () => {
  it('is written with all answers, beside what goes to stdout', async () => {
    const { stdout, stderr, status } = await mom(...SOLVERS, '-o', 'out', '--json');
    expect(status).toBe(0);
    expect(stderr.endsWith('\nmom: the report is in out\n')).toBe(true);
    expect(readdirSync(join(place.cwd, 'out')).sort()).toEqual(['answers.jsonl', 'judgements.jsonl', 'report.html', 'report.json']);
    expect(JSON.parse(readFileSync(join(place.cwd, 'out', 'report.json'), 'utf8'))).toEqual(JSON.parse(stdout));
    const answers = readFileSync(join(place.cwd, 'out', 'answers.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(12);
    expect(answers[0]).toMatchObject({ id: 'sum-1', contestant: 'sandbox/solver', prompt: 'What is 0 + 0?', status: 'answered', score: 1 });
  });

  it('is refused before anything is asked where something else stands', async () => {
    mkdirSync(join(place.cwd, 'out'));
    writeFileSync(join(place.cwd, 'out', 'thesis.tex'), 'mine');
    expect(await mom(...SOLVERS, '-o', 'out')).toMatchObject({
      stdout: '',
      stderr: 'mom: out holds something else than a report: thesis.tex\nhint: name a new folder, or an empty one\n',
      status: 74,
    });
    expect(existsSync(join(place.state, 'mom', 'evals.db'))).toBe(false);
  });

  it.skipIf(!CAN_MOUNT)('that is full leaves the report on stdout', async () => {
    const out = join(place.cwd, 'out');
    mkdirSync(out);
    const within = mounted(`mount -t tmpfs -o size=8k none ${out}`);
    const { stdout, stderr, status } = await runCli([...SOLVERS, '-o', 'out', '--json', '-q'], { place, within });
    expect(reportOf(stdout)).toMatchObject({ partial: null, prompts: { complete: 6 } });
    expect(stderr).toBe('mom: out could not be written: ENOSPC: no space left on device, write\nhint: make room or write somewhere else\n');
    expect(status).toBe(74);
  });
});

describe('mom eval show', () => {
  it('shows the latest report again, as text, as JSON and in a folder', async () => {
    const made = await mom(...SOLVERS, '-q');
    const shown = await mom('eval', 'show', '--sandbox');
    expect(shown).toEqual({ stdout: made.stdout, stderr: '', status: 0, signal: null });
    const json = await mom('eval', 'show', '--sandbox', '--json', '-o', 'out');
    const report = reportOf(json.stdout);
    expect(readdirSync(join(place.cwd, 'out')).sort()).toEqual(['report.html', 'report.json']);
    expect(steady(made.stdout)).toContain('evaluation ID');
    expect((await mom('eval', 'show', report.id.slice(0, -2), '--json')).stdout).toBe(json.stdout);
  });

  it('says what to do where there is none', async () => {
    expect(await mom('eval', 'show')).toMatchObject({
      stdout: '',
      stderr: 'mom: no evaluation is kept yet\nhint: mom eval prompts.jsonl makes one\n',
      status: 66,
    });
    const { stdout, status } = await mom('eval', 'show', '--sandbox', '--json');
    expect(status).toBe(66);
    expect(JSON.parse(stdout)).toEqual({
      schema_version: 1,
      error: { code: 'no_input', message: 'no evaluation is kept yet', hint: 'mom eval --sandbox makes one' },
    });
  });
});

describe('a wrong command line', () => {
  it.each([
    [['eval'], 'there are no prompts to evaluate on'],
    [['eval', 'sums.jsonl', '--from-logs'], 'a file of prompts and --from-logs cannot be used together'],
    [['eval', 'sums.jsonl', 'apples.jsonl'], "'eval' takes 1 argument, not 2"],
    [['eval', 'sums.jsonl', '--samples', '1'], '--samples cannot be "1"'],
  ])('%j ends with 2', async (args, message) => {
    const { stdout, stderr, status } = await mom(...args);
    expect({ stdout, status, first: stderr.split('\n')[0] }).toEqual({ stdout: '', status: 2, first: `mom: ${message}` });
  });

  it('names a file of prompts that is not there', async () => {
    const { stdout, stderr, status } = await mom('eval', 'nowhere.jsonl', '--sandbox', '-q');
    expect({ stdout, status }).toEqual({ stdout: '', status: 66 });
    expect(stderr).toContain('nowhere.jsonl');
  });
});
