import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { start } from '../sandbox/support.js';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { problems } from '../support/schema.js';

let place: Place;
beforeEach(() => {
  place = newPlace();
});

const mom = (...args: string[]) => runCli(['eval', 'judge', ...args], { place });

function write(name: string, ...rows: unknown[]): void {
  writeFileSync(join(place.cwd, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

const answer = (id: number, quality: number | null, more: object = {}) => ({
  id: `q${id}`,
  prompt: `Question ${id}?`,
  text: quality === null ? null : `[simulated, quality ${quality.toFixed(3)}] text ${id}`,
  ...more,
});

function writeAnswers(): void {
  write('ours.jsonl', answer(1, 2), answer(2, 1), answer(3, -3), answer(4, 0));
  write('theirs.jsonl', answer(1, 0), answer(2, 2), answer(3, 3), answer(4, 0));
}

/** In percent: what the simulated judge makes of a lead in quality. */
const share = (lead: number) => 100 / (1 + Math.exp(-lead));

describe('files of answers', () => {
  beforeEach(writeAnswers);

  it('are judged in both orders, blind, and reported', async () => {
    const { stdout, stderr, status } = await mom('ours.jsonl', 'theirs.jsonl', '--sandbox', '--json');
    expect([stderr, status]).toEqual(['mom: sandbox: built-in simulated and recorded models, no network\n', 0]);
    const report = JSON.parse(stdout);
    expect(problems('eval', report)).toEqual([]);
    expect(report).toMatchObject({
      sandbox: true,
      partial: null,
      baseline: 'ours',
      prompts: { total: 4, complete: 4, by_reference: 0, by_judge: 4, unscored: 0 },
      judges: [{ model: 'sandbox/judge', family: 'sandbox', in_panel: false, looks: 6, unreadable: 0 }],
    });
    const theirs = report.contestants.find(({ name }: { name: string }) => name === 'theirs');
    expect(theirs).toMatchObject({
      role: 'given',
      cost_usd: null,
      first_token_ms: null,
      duration_ms: null,
      board: { n_wins: 2, n_wins_base: 1, n_draws: 1 },
    });
    expect(theirs.board.win_rate).toBeCloseTo((share(-2) + share(1) + share(6) + 50) / 4, 9);
    expect(
      report.losses.map(({ prompt, question, loser, winner, reason }: Record<string, unknown>) => [
        prompt,
        question,
        loser,
        winner,
        reason,
      ]),
    ).toEqual([
      [
        'q3',
        'Question 3?',
        { name: 'ours', text: '[simulated, quality -3.000] text 3' },
        { name: 'theirs', text: '[simulated, quality 3.000] text 3' },
        '[simulated] The better answer is marked with the quality 3.000, the other one with -3.000.',
      ],
      [
        'q2',
        'Question 2?',
        { name: 'ours', text: '[simulated, quality 1.000] text 2' },
        { name: 'theirs', text: '[simulated, quality 2.000] text 2' },
        '[simulated] The better answer is marked with the quality 2.000, the other one with 1.000.',
      ],
    ]);
  });

  it('cost only what is new, and nothing is asked twice', async () => {
    const upstream = await start();
    const env = { MOM_BASE_URL: upstream.url, MOM_API_KEY: 'sandbox' };
    const judge = (...args: string[]) => runCli(['eval', 'judge', 'ours.jsonl', 'theirs.jsonl', ...args, '--json'], { place, env });
    const first = JSON.parse((await judge('--judge', 'sandbox/judge')).stdout);
    expect(upstream.stats().requests).toBe(8);
    expect(first.spent_usd).toBeGreaterThan(0);
    const again = JSON.parse((await judge('--judge', 'sandbox/judge', '--baseline', 'theirs')).stdout);
    expect(upstream.stats().requests).toBe(8);
    expect([again.spent_usd, again.cost_usd]).toEqual([0, first.cost_usd]);
    const two = JSON.parse((await judge('--judge', 'sandbox/judge', '--judge', 'sandbox/judge,first=2')).stdout);
    expect(upstream.stats().requests).toBe(14);
    expect(two.agreement).toMatchObject([{ judges: ['sandbox/judge', 'sandbox/judge,first=2'], n: 4 }]);
  });

  it('are priced by a dry run, which asks nobody', async () => {
    const { stdout, stderr, status } = await mom('ours.jsonl', 'theirs.jsonl', '--sandbox', '--dry-run', '--json');
    expect([stderr, status]).toEqual(['', 0]);
    const quote = JSON.parse(stdout);
    expect(quote).toMatchObject({ prompts: 4, max_cost: 10, unpriced: [] });
    expect(quote.lines).toMatchObject([{ name: 'sandbox/judge', role: 'judge', runs: 6, kept: 0, calls: { low: 6, high: 12 } }]);
    await mom('ours.jsonl', 'theirs.jsonl', '--sandbox');
    expect(JSON.parse((await mom('ours.jsonl', 'theirs.jsonl', '--sandbox', '-n', '--json')).stdout)).toMatchObject({
      lines: [{ runs: 6, kept: 6, calls: { low: 0, high: 0 }, usd: { low: 0, high: 0 } }],
    });
  });

  it('end at the cap with a report on what there is', async () => {
    const { stdout, status } = await mom('ours.jsonl', 'theirs.jsonl', '--sandbox', '--concurrency', '1', '--max-cost', '0.0032', '--json');
    expect(status).toBe(4);
    const report = JSON.parse(stdout);
    expect(report.partial.code).toBe('cost_cap');
    expect(report.prompts.by_judge).toBeGreaterThan(0);
    expect(report.prompts.by_judge).toBeLessThan(4);
  });

  it('tell of a judge that talks nonsense, and of one of the same family', async () => {
    const { stdout, status } = await mom('ours.jsonl', 'theirs.jsonl', '--sandbox', '--judge', 'sandbox/judge,rubbish', '--json');
    const report = JSON.parse(stdout);
    expect([status, report.judges]).toMatchObject([0, [{ looks: 6, unreadable: 6 }]]);
    expect(report.warnings.map(({ code }: { code: string }) => code)).toContain('judge_unreadable');
    write('sandbox.jsonl', answer(1, 1, { contestant: 'sandbox/talker' }));
    const own = JSON.parse((await mom('ours.jsonl', 'sandbox.jsonl', '--sandbox', '--json')).stdout);
    expect(own.warnings).toContainEqual({
      code: 'judge_in_panel',
      message: 'the judge sandbox/judge is of the family sandbox, which takes part: judges favour their own; name one of another family',
    });
  });

  it.each([{ MOM_NO_LOG: '1' }, {}])('keep nothing with %j where nothing is to be kept', async (env) => {
    const files = ['ours.jsonl', 'theirs.jsonl', '--sandbox'];
    const { status } = await runCli(['eval', 'judge', ...files, ...('MOM_NO_LOG' in env ? [] : ['--no-log'])], { place, env });
    const state = join(place.env.XDG_STATE_HOME as string, 'mom');
    const kept = existsSync(state) ? readdirSync(state, { recursive: true, withFileTypes: true }) : [];
    expect([status, kept.filter((entry) => entry.isFile()).map(({ name }) => name)]).toEqual([0, []]);
  });

  it('with a reference that fits need no judge', async () => {
    write('a.jsonl', { id: '1', prompt: 'What is 1 + 1?', text: 'It is 2.' }, { id: '2', prompt: 'What is 2 + 2?', text: '5' });
    write('b.jsonl', { id: '1', prompt: 'What is 1 + 1?', text: '3' }, { id: '2', prompt: 'What is 2 + 2?', text: '4' });
    write('prompts.jsonl', { id: '1', prompt: 'What is 1 + 1?', reference: '2' }, { id: '2', prompt: 'What is 2 + 2?', reference: '4' });
    const { stdout, status } = await mom('prompts.jsonl', 'a.jsonl', 'b.jsonl', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      prompts: { by_reference: 2, by_judge: 0 },
      judges: [],
      contestants: [{ accuracy: { right: 1, of: 2 } }, { accuracy: { right: 1, of: 2 } }],
    });
  });
});

describe('what a table for programs has no room for', () => {
  it('is told beside it, and not with -q', async () => {
    writeAnswers();
    const files = ['ours.jsonl', 'theirs.jsonl', '--sandbox', '--judge', 'sandbox/judge,rubbish', '--csv'];
    const told = await mom(...files);
    expect(told.stdout).toMatch(/^name,win_rate/);
    expect(told.stderr).toMatch(
      /^mom: warning: 6 of 6 verdicts of the judge sandbox\/judge,rubbish could not be read; they count nowhere$/m,
    );
    expect((await mom(...files, '-q')).stderr).toBe('');
  });
});

describe('references of files of answers', () => {
  it('that fit no extractor are counted, and judges compare instead', async () => {
    writeAnswers();
    write('prompts.jsonl', {
      id: 'q1',
      prompt: 'Question 1?',
      reference: 'It depends, on the one hand on this, on the other hand on that. '.repeat(9),
    });
    const { stdout } = await mom('prompts.jsonl', 'ours.jsonl', 'theirs.jsonl', '--sandbox', '--json');
    const report = JSON.parse(stdout);
    expect(report.prompts).toMatchObject({ by_reference: 0, by_judge: 4 });
    expect(report.warnings).toContainEqual({
      code: 'reference_unfit',
      message: expect.stringMatching(
        /^1 of 1 references fit no extractor, so judges compare these answers; the first one is that of "q1", /,
      ),
    });
  });
});

describe('recorded preferences', () => {
  const row = {
    model: 'ours',
    baseline: 'base',
    judge: 'j',
    n: 4,
    preference: [2, 1.25, null, 0],
    len_baseline: [10, 10, 10, 10],
    len_model: [20, 5, 9, 12],
  };

  it('are printed as the board has them', async () => {
    write('preferences.jsonl', row, { ...row, model: 'null, "x"', preference: [1, 1, 1, 1] });
    expect(await mom('preferences.jsonl', '--csv')).toEqual({
      stdout:
        'name,win_rate,standard_error,n_wins,n_wins_base,n_draws,n_total,discrete_win_rate,avg_length,length_controlled_winrate,lc_standard_error\r\n' +
        'ours,58.333333333333336,22.04792759220492,1,1,1,3,50,11.5,,\r\n' +
        '"null, ""x""",0,0,0,4,0,4,0,11.5,,\r\n',
      stderr:
        'mom: warning: 1 of 8 comparisons hold no preference and are left out\nmom: warning: 4 prompts with a result: fewer than 20 allow no verdict\n',
      status: 0,
      signal: null,
    });
  });

  it('without a preference are counted', async () => {
    write('preferences.jsonl', row);
    const report = JSON.parse((await mom('preferences.jsonl', '--json')).stdout);
    expect(report).toMatchObject({ baseline: 'base', sandbox: false, spent_usd: 0, judges: [{ model: 'j', looks: 3 }] });
    expect(report.warnings).toContainEqual({
      code: 'preferences_missing',
      message: '1 of 4 comparisons hold no preference and are left out',
    });
  });
});

describe('wrong use', () => {
  it.each([
    [['--csv', '--json'], '--csv and --json cannot be used together', 'leave one of them out'],
    [['--csv', '-o', 'x'], '--csv and --output cannot be used together', 'leave one of them out'],
    [
      ['--open', '-n'],
      '--open and --dry-run cannot be used together',
      'a dry run asks nobody, so there is no report: leave one of them out',
    ],
    [['--difficulty', 'x.json'], '--difficulty is for preferences that are there already', 'leave it out, or name a file of preferences'],
    [['--baseline', 'nobody'], "no contestant of these files is called 'nobody'", 'there are ours, theirs'],
  ])('%j', async (flags, message, hint) => {
    writeAnswers();
    const { stdout, stderr, status } = await mom('ours.jsonl', 'theirs.jsonl', '--sandbox', ...flags);
    expect(status).toBe(2);
    expect(stderr).toBe(`mom: ${message}\nhint: ${hint}\n`);
    expect(flags.includes('--json') || stdout === '').toBe(true);
  });

  it('one contestant alone', async () => {
    writeAnswers();
    expect(await mom('ours.jsonl', '--sandbox')).toMatchObject({
      status: 2,
      stderr:
        'mom: there is nothing to compare: these files hold answers of ours alone\nhint: name the files of two contestants, each line with its "contestant", or one file for each\n',
    });
  });

  it('answers without their question', async () => {
    write('a.jsonl', { id: '1', text: 'x' });
    write('b.jsonl', { id: '1', text: 'y' });
    expect(await mom('a.jsonl', 'b.jsonl', '--sandbox')).toMatchObject({
      status: 65,
      stderr:
        'mom: the prompt "1" has no text, and without it no judge can tell which answer is better\nhint: put a "prompt" into the lines of the answers, or name a file with {"id", "prompt"} lines beside them\n',
    });
  });

  it('judges for preferences without answers', async () => {
    write('p.jsonl', { model: 'a', baseline: 'b', judge: 'j', n: 1, preference: [2], len_baseline: [1], len_model: [1] });
    expect(await mom('p.jsonl', '--judge', 'sandbox/judge', '--sandbox')).toMatchObject({
      status: 2,
      stderr:
        'mom: these files hold preferences without the answers that they are about: there is nothing that a judge could read\nhint: leave out --judge, and the preferences count as they are\n',
    });
  });

  it('difficulties of something else', async () => {
    write('p.jsonl', { model: 'a', baseline: 'b', judge: 'j', n: 1, preference: [2], len_baseline: [1], len_model: [1] });
    write('d.json', {});
    const path = join(place.cwd, 'd.json');
    expect(await mom('p.jsonl', '--difficulty', 'd.json')).toMatchObject({
      status: 65,
      stderr: `mom: ${path} holds no difficulties\nhint: it must hold instruction_difficulty and gamed, as the README of AlpacaEval 2 has them\n`,
    });
    expect(await mom('p.jsonl', '--difficulty', 'none.json')).toMatchObject({ status: 66 });
  });

  it('no judge outside the families, without any key', async () => {
    writeAnswers();
    expect(await mom('ours.jsonl', 'theirs.jsonl')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('mom: no judge is left that is of another family than those that take part: ours, theirs\n'),
    });
  });
});
