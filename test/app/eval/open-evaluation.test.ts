import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvaluation } from '../../../src/app/eval/read-evaluation.js';
import { MomError } from '../../../src/core/error.js';
import type { EvalPlan } from '../../../src/core/eval/plan.js';
import { STRATEGIES } from '../../../src/core/mixture.js';
import { contestant, essays, evalPlace, sums } from './support.js';

const GOOD = 'sandbox/solver';
const HALF = 'sandbox/solver,right=0.5';
const PANEL = `
mixtures:
  trio:
    proposers: [sandbox/solver, "sandbox/solver,right=0.5", "sandbox/solver,right=0.2"]
    critic: sandbox/critic
`;

/** Everybody answers everything, and asking them takes and costs what was said before. */
async function expectWithinQuote(config: string, wishes: Partial<EvalPlan>, lines = sums(6)): Promise<void> {
  const { open, calls } = await evalPlace(config);
  const evaluation = await open({ lines, wishes });
  const quote = await evaluation.quote();
  const asked = calls();
  const report = await evaluation.run();
  await evaluation.close();
  expect(report.contestants.filter(({ n, failed }) => n !== lines.length || failed > 0)).toEqual([]);
  expect(report.partial).toBeNull();
  const total = (bound: 'low' | 'high') => quote.lines.reduce((sum, line) => sum + line.calls[bound], 0);
  expect(calls() - asked).toBeGreaterThanOrEqual(total('low'));
  expect(calls() - asked).toBeLessThanOrEqual(total('high'));
  expect(report.spent_usd).toBeGreaterThanOrEqual(quote.usd?.low ?? Number.NaN);
  expect(report.spent_usd).toBeLessThanOrEqual(quote.usd?.high ?? Number.NaN);
}

describe('an evaluation', () => {
  it('asks mixtures, models, members and the best model sampled, and scores by reference', async () => {
    const { run, calls, notes } = await evalPlace(PANEL);
    const report = await run({
      lines: sums(30),
      wishes: { mixtures: ['trio'], models: ['sandbox/solver,right=0.9'], strategies: ['fuse'], samples: 3 },
    });
    expect(report.contestants.map(({ name, role }) => `${role} ${name}`).sort()).toEqual([
      'member sandbox/solver',
      'member sandbox/solver,right=0.2',
      'member sandbox/solver,right=0.5',
      'mixture trio:fuse',
      'model sandbox/solver,right=0.9',
      'sampled sandbox/solver x3',
    ]);
    expect(contestant(report, GOOD).accuracy?.value).toBe(1);
    expect(contestant(report, `${GOOD} x3`)).toMatchObject({ samples: 3, matches: ['trio:fuse'], strategy: 'self' });
    expect(report.prompts).toEqual({ total: 30, complete: 30, by_reference: 30, by_check: 0, by_judge: 0, unscored: 0 });
    expect(report).toMatchObject({ partial: null, baseline: 'trio:fuse', sandbox: false, judges: [] });
    expect(report.verdicts.map(({ against_role }) => against_role)).toEqual(['best_single', 'sampled']);
    expect(report.losses.every(({ winner }) => winner.name === GOOD)).toBe(true);
    // Four of the mixture, four alone; three samples that say the same need nobody who merges them.
    expect(calls()).toBe(30 * (4 + 4 + 3));
    expect(notes).toEqual([]);
  });

  it('takes the default mixture where nobody is named, and leaves out whom it is told to', async () => {
    const { run } = await evalPlace(`mixture: trio\n${PANEL}`);
    const report = await run({ lines: sums(2), wishes: { members: false, sampled: false } });
    expect(report.contestants.map(({ name }) => name)).toEqual(['trio']);
  });

  it('asks nobody twice', async () => {
    const { run, calls } = await evalPlace(PANEL);
    const wishes = { models: [GOOD, HALF], sampled: false };
    const first = await run({ lines: [...sums(10), '{"id":"again","prompt":"What is 3 + 30?","reference":"33"}'], wishes });
    expect(calls()).toBe(2 * 10);
    const second = await run({ lines: sums(10), wishes });
    expect(calls()).toBe(2 * 10);
    expect(second.spent_usd).toBe(0);
    expect(contestant(second, HALF).accuracy).toEqual(contestant(await run({ lines: sums(10), wishes }), HALF).accuracy);
    expect(second.cost_usd).toBeGreaterThan(0);
    expect(first.spent_usd).toBeGreaterThan(0);
    expect(second.id).not.toBe(first.id);
  });

  it('pays only for a contestant that comes later, and for all with refresh', async () => {
    const { run, calls } = await evalPlace();
    await run({ lines: sums(6), wishes: { models: [GOOD], sampled: false } });
    const report = await run({ wishes: { models: [HALF] } });
    expect(report.contestants.map(({ name }) => name).sort()).toEqual([GOOD, HALF]);
    expect(calls()).toBe(12);
    const anew = await run({ refresh: true });
    expect(anew.contestants).toHaveLength(2);
    expect(calls()).toBe(24);
  });

  it('keeps the report of before where nobody answers what is new', async () => {
    const { home, open, run } = await evalPlace('retries: 0\n');
    const report = await run({ lines: sums(6), wishes: { models: [GOOD], sampled: false } });
    const down = 'sandbox/solver,e500=1';
    await expect(run({ wishes: { models: [down] } })).rejects.toMatchObject({
      message: expect.stringMatching(/^nobody has answered anything that was asked now: /),
      hint: 'the report of before stands (mom eval show); `mom doctor --live` shows who answers; --resume asks again when that has changed',
    });
    const read = () => readEvaluation({ env: { XDG_STATE_HOME: join(home, 'state') }, home, id: null, sandbox: false, onNote: () => {} });
    expect(await read()).toEqual(report);
    // What has failed before tells nothing new when it fails again.
    const again = await run();
    expect(contestant(again, down)).toMatchObject({ n: 6, failed: 6 });
    expect(await read()).toEqual(again);
    const controller = new AbortController();
    const cut = await open({
      wishes: { models: ['sandbox/talker,e500=1'] },
      signal: controller.signal,
      concurrency: 1,
      onProgress: ({ failed }) => failed > 7 && controller.abort(new MomError('cancelled', 'cancelled by SIGINT')),
    });
    expect((await cut.run()).partial?.code).toBe('cancelled');
    await cut.close();
    expect(await read()).toEqual(again);
  });

  it('reports what is there when it is cancelled, and asks only the rest later', async () => {
    const { open, run, calls, sandbox } = await evalPlace();
    const controller = new AbortController();
    const slow = 'sandbox/solver,ttft=20';
    const evaluation = await open({
      lines: sums(12),
      wishes: { models: [slow, GOOD], sampled: false },
      concurrency: 2,
      signal: controller.signal,
      onProgress: ({ done }) => done >= 9 && controller.abort(new MomError('cancelled', 'cancelled by SIGINT')),
    });
    const partial = await evaluation.run();
    await evaluation.close();
    expect(partial.partial).toEqual({ code: 'cancelled', message: 'cancelled by SIGINT' });
    expect(partial.prompts.complete).toBeGreaterThanOrEqual(4);
    expect(partial.prompts.complete).toBeLessThan(7);
    const kept = partial.contestants.reduce((sum, { n }) => sum + n, 0);
    const before = calls();
    const report = await run();
    expect(report).toMatchObject({ id: partial.id, partial: null });
    expect(report.prompts.complete).toBe(12);
    // One that was cut before it arrived may be counted late.
    expect(calls() - before).toBeGreaterThanOrEqual(24 - kept);
    expect(calls() - before).toBeLessThanOrEqual(24 - kept + 2);
    expect(sandbox.stats().cancelled).toBeLessThanOrEqual(2);
  });

  it('ends at its cap with whole answers, and goes on with a higher one', async () => {
    const { run, calls } = await evalPlace('max_cost: 1000\n');
    const dear = 'sandbox/solver,in=10000,out=10000';
    const wishes = { models: [dear], sampled: false };
    const partial = await run({ lines: sums(20), wishes, maxCost: 43, concurrency: 3 });
    expect(partial.partial?.code).toBe('cost_cap');
    expect(partial.partial?.message).toMatch(
      /^the evaluation's cap of \$43 is reached: the next run may cost \$40\.\d+, and \$(39|40)\.\d+ is left$/,
    );
    const { n, failed, missing } = contestant(partial, dear);
    expect({ failed, total: n + missing }).toEqual({ failed: 0, total: 20 });
    expect(n).toBeGreaterThan(0);
    expect(missing).toBeGreaterThan(0);
    expect(partial.spent_usd).toBeLessThanOrEqual(43);
    const report = await run({ maxCost: 1_000 });
    expect(report.partial).toBeNull();
    expect(calls()).toBe(20);
  });

  it('reports a contestant that fails, asks it again later, and only what failed', async () => {
    const { run, calls } = await evalPlace('retries: 0\n');
    const flaky = 'sandbox/solver,e500=0.5';
    const report = await run({ lines: sums(40), wishes: { models: [GOOD, flaky], sampled: false } });
    const { n, failed, accuracy } = contestant(report, flaky);
    expect(n).toBe(40);
    expect(failed).toBeGreaterThan(8);
    expect(failed).toBeLessThan(32);
    expect(accuracy?.right).toBe(40 - failed);
    expect(report.warnings.map(({ code }) => code)).toEqual(['contestant_fails']);
    const before = calls();
    await run();
    expect(calls() - before).toBe(failed);
  });

  it('gives up at once where all fail for one lasting reason', async () => {
    const { open, calls } = await evalPlace('', { apiKey: 'another' });
    const evaluation = await open({ lines: sums(50), wishes: { models: [GOOD, HALF], sampled: false } });
    await expect(evaluation.run()).rejects.toMatchObject({
      code: 'key_refused',
      message: expect.stringMatching(/^all 2 contestants failed from the first prompt on: /),
    });
    await evaluation.close();
    expect(calls()).toBeLessThan(12);
  });

  it('goes on where only one of them always fails', async () => {
    const { run } = await evalPlace();
    const report = await run({ lines: sums(5), wishes: { models: [GOOD, 'missing/model'], sampled: false } });
    expect(contestant(report, 'missing/model')).toMatchObject({ n: 5, failed: 5 });
    expect(contestant(report, GOOD)).toMatchObject({ n: 5, failed: 0 });
  });

  it('is priced without asking anybody, and makes as many calls as it said', async () => {
    const { open, run, calls } = await evalPlace(PANEL);
    const wishes = { mixtures: ['trio:fuse'], samples: 3 };
    const evaluation = await open({ lines: sums(8), wishes, planOnly: true });
    const quote = await evaluation.quote();
    await evaluation.close();
    expect(calls()).toBe(0);
    expect(quote.prompts).toBe(8);
    expect(quote.lines.map(({ role, runs, kept }) => [role, runs, kept])).toEqual([
      ['mixture', 8, 0],
      ['member', 8, 0],
      ['member', 8, 0],
      ['member', 8, 0],
      ['sampled', 8, 0],
    ]);
    await expect(open({ prompts: null })).rejects.toMatchObject({ code: 'no_input' });
    await run({ lines: sums(8), wishes });
    const asked = quote.lines.filter(({ role }) => role !== 'sampled');
    const sampled = contestant(await run({ lines: sums(8), wishes }), 'sandbox/solver x3');
    const made = calls() - 8 * (sampled.samples ?? 0);
    expect(made).toBeGreaterThanOrEqual(asked.reduce((sum, { calls: { low } }) => sum + low, 0));
    expect(made).toBeLessThanOrEqual(asked.reduce((sum, { calls: { high } }) => sum + high, 0));
    const after = await open({ lines: sums(8), wishes });
    expect((await after.quote()).lines.map(({ name, kept, usd }) => [name, kept, usd])).toEqual([
      ['trio:fuse', 8, { low: 0, high: 0 }],
      ['sandbox/solver', 8, { low: 0, high: 0 }],
      ['sandbox/solver,right=0.5', 8, { low: 0, high: 0 }],
      ['sandbox/solver,right=0.2', 8, { low: 0, high: 0 }],
      ['sandbox/solver x3', 8, { low: 0, high: 0 }],
    ]);
    await after.close();
  });

  it('says between which bounds it will ask and cost, though who is sampled, and how often, shows only later', async () => {
    const { open, calls } = await evalPlace(PANEL);
    const evaluation = await open({ lines: sums(8), wishes: { mixtures: ['trio:fuse'] } });
    const { lines, usd } = await evaluation.quote();
    expect(lines.at(-1)).toMatchObject({ role: 'sampled', calls: { low: 8 * 2, high: 8 * 21 } });
    const before = calls();
    const { spent_usd } = await evaluation.run();
    await evaluation.close();
    expect(calls() - before).toBeGreaterThanOrEqual(lines.reduce((sum, { calls: { low } }) => sum + low, 0));
    expect(calls() - before).toBeLessThanOrEqual(lines.reduce((sum, { calls: { high } }) => sum + high, 0));
    expect(spent_usd).toBeGreaterThanOrEqual(usd?.low ?? Number.NaN);
    expect(spent_usd).toBeLessThanOrEqual(usd?.high ?? Number.NaN);
  });

  it.each(STRATEGIES)('asks a mixture by strategy %s, within the bounds of its quote', async (strategy) => {
    await expectWithinQuote(PANEL, { mixtures: [`trio:${strategy}`] });
  });

  it('keeps within its quote with rounds of refining, checks, judges, and mixtures that may share who is sampled', async () => {
    await expectWithinQuote(`${PANEL}    verify: true\n    refine: 1\n`, { mixtures: ['trio'] });
    await expectWithinQuote(PANEL, { mixtures: ['trio:fuse', 'trio:vote', 'trio:deep'] }, [...sums(3), ...essays(3)]);
    await expectWithinQuote(PANEL, { mixtures: ['trio:fuse', 'trio:select'], samples: 2 });
  });

  it('has judges compare what nothing else tells about, each pair in both orders, once', async () => {
    const { run, calls } = await evalPlace();
    const [strong, weak] = ['sandbox/talker,skill=2', 'sandbox/talker,skill=-2'];
    const wishes = { models: [weak, strong], sampled: false, judges: ['sandbox/judge'] };
    const report = await run({ lines: [...essays(20), ...sums(3)], wishes });
    expect(report.baseline).toBe(weak);
    expect(contestant(report, strong).board?.win_rate).toBeGreaterThan(80);
    expect(report.prompts).toMatchObject({ by_judge: 20, by_reference: 3 });
    expect(report.judges).toMatchObject([{ model: 'sandbox/judge', looks: 40, unreadable: 0 }]);
    expect(calls()).toBe(46 + 40);
    const again = await run();
    expect(calls()).toBe(86);
    expect(again.contestants).toEqual(report.contestants);
    const other = await run({ wishes: { judges: ['sandbox/judge,first=1'] } });
    expect(calls()).toBe(126);
    expect(other.agreement).toMatchObject([{ judges: ['sandbox/judge', 'sandbox/judge,first=1'], n: 20 }]);
  });

  it('offers what is kept of it', async () => {
    const { open } = await evalPlace();
    const evaluation = await open({
      lines: [...essays(1), ...sums(1)],
      wishes: { models: [GOOD, HALF], sampled: false, judges: ['sandbox/judge'] },
    });
    await evaluation.run();
    const { answers, comparisons } = evaluation.records();
    expect([...answers()].map(({ id, contestant: name, status, score, scored_by }) => [id, name, status, score, scored_by])).toEqual([
      ['e0', GOOD, 'answered', null, null],
      ['e0', HALF, 'answered', null, null],
      ['q0', GOOD, 'answered', 1, 'reference'],
      ['q0', HALF, 'answered', expect.any(Number), 'reference'],
    ]);
    expect([...comparisons()]).toEqual([
      { id: 'e0', a: HALF, b: GOOD, judge: 'sandbox/judge', preference: 0.5, orders: expect.anything() },
    ]);
    await evaluation.close();
  });

  it('scores by a command where no reference fits', async () => {
    const { home, run } = await evalPlace();
    const folder = join(home, 'folder');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(folder);
    writeFileSync(join(folder, 'check.sh'), 'grep -q "$(cat "$MOM_EVAL_REFERENCE" | tail -c 3)" "$MOM_EVAL_ANSWER"');
    const long = 'a reference in prose that no extractor can take an answer out of, however hard it tries to do that. '.repeat(2);
    const lines = [`{"id":"c","prompt":"What is 1 + 30?","reference":"${long}31"}`];
    const check = { command: 'sh check.sh', folder, timeout: 20_000 };
    const report = await run({ lines, wishes: { models: [GOOD, 'sandbox/solver,right=0'], sampled: false, check } });
    expect(report.prompts).toMatchObject({ by_check: 1, by_judge: 0 });
    expect(contestant(report, GOOD).accuracy?.right).toBe(1);
    expect(contestant(report, 'sandbox/solver,right=0').accuracy?.right).toBe(0);
  });
});

describe('what is refused before anybody is asked', () => {
  it.each([
    [
      { mixtures: ['tria'] },
      'usage',
      "there is no mixture 'tria'",
      "did you mean 'trio'? there are: default, fast, best, trio, local, self",
    ],
    [{ mixtures: ['trio:vots'] }, 'usage', "there is no strategy 'vots'", expect.stringContaining("did you mean 'vote'?")],
    [{ models: [GOOD], baseline: 'trio' }, 'usage', "--baseline: no contestant is named 'trio'", 'there is: sandbox/solver'],
  ])('%j', async (wishes, code, message, hint) => {
    const { open, calls } = await evalPlace(PANEL);
    await expect(open({ lines: sums(2), wishes })).rejects.toMatchObject({ code, message, hint });
    expect(calls()).toBe(0);
  });

  it('a price that is not known, under a cap of the user', async () => {
    const { open, calls } = await evalPlace('', {}, 'openai');
    const evaluation = await open({ lines: sums(2), wishes: { models: ['nobody/knows'], sampled: false }, maxCost: 3 });
    await expect(evaluation.run()).rejects.toMatchObject({
      code: 'cost_cap',
      message: 'the price of nobody/knows, which nobody/knows asks, is not known, so no cap can be held',
    });
    await evaluation.close();
    expect(calls()).toBe(0);
  });

  it('to go on with nothing', async () => {
    const { open } = await evalPlace();
    await expect(open()).rejects.toMatchObject({ code: 'no_input', message: 'no evaluation is kept that could be gone on with' });
  });
});

describe('what is kept', () => {
  it('is nothing where the configuration keeps no texts', async () => {
    const { run, open, notes } = await evalPlace('log: { content: false }\n');
    await run({ lines: sums(2), wishes: { models: [GOOD], sampled: false } });
    await expect(open()).rejects.toMatchObject({ code: 'no_input' });
    expect(notes[0]).toEqual({
      code: 'evaluation_not_kept',
      message: 'log.content is off: this evaluation is not kept, and --resume will not find it',
    });
  });
});
