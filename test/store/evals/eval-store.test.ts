import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import type { EvalPrompt } from '../../../src/core/eval/prompt.js';
import { answer, CHECKED, head, JUDGEMENT, PLAN, prompt, prompts, report } from './samples.js';
import { newEvals } from './support.js';

const OLD = '2025-06-01T00:00:00.000Z';
const BETWEEN = new Date('2026-01-01T00:00:00.000Z');

describe('an evaluation', () => {
  it('is found again by the beginning of its id, with its prompts in their order', async () => {
    const { open } = newEvals();
    const first = await open();
    await first.begin(head('20260131-a'), prompts(450));
    first.close();
    const store = await open();
    expect(store.find('20260131')).toEqual({ ...head('20260131-a'), report: null });
    expect(store.promptCount('20260131-a')).toBe(450);
    expect([...store.prompts('20260131-a')]).toEqual(prompts(450));
    expect(store.prompt('20260131-a', 449)).toEqual(prompt('p449'));
    expect(store.prompt('20260131-a', 450)).toBeNull();
  });

  it('keeps texts to the letter', async () => {
    const store = await newEvals().open();
    const text = 'a\0b \ud800 \u2028 \u{1f600} \'"; DROP TABLE prompts';
    await store.begin(head('a'), [prompt('p\0', text)]);
    store.keepAnswer('k', answer(text));
    expect([...store.prompts('a')]).toEqual([prompt('p\0', text)]);
    expect(store.answer('k')).toEqual(answer(text));
  });

  it.each([
    ['none', 'b', 'no_input', 'there is no evaluation b', 'mom eval show without an id shows the latest one'],
    ['several', 'a', 'usage', 'several evaluations begin with a: a1, a2', 'give more of the id'],
    ['all', '', 'usage', 'several evaluations begin with nothing: a1, a2', 'give more of the id'],
  ])('that could be %s is refused', async (_, id, code, message, hint) => {
    const store = await newEvals().open();
    await store.begin(head('a1'), []);
    await store.begin(head('a2'), []);
    expect(() => store.find(id)).toThrow(expect.objectContaining({ code, message, hint }));
  });

  it('is meant by its whole id though others begin with it', async () => {
    const store = await newEvals().open();
    await store.begin(head('a'), []);
    await store.begin(head('ab'), []);
    expect(store.find('a').id).toBe('a');
  });

  it('is the latest by its start, of the sandbox apart', async () => {
    const store = await newEvals().open();
    expect(store.latest(false)).toBeNull();
    await store.begin(head('new'), []);
    await store.begin(head('old', { startedAt: OLD }), []);
    await store.begin(head('play', { startedAt: OLD, sandbox: true }), []);
    expect([store.latest(false)?.id, store.latest(true)?.id]).toEqual(['new', 'play']);
  });

  it('takes another plan and a report', async () => {
    const store = await newEvals().open();
    await store.begin(head('a'), []);
    store.keepPlan('a', { ...PLAN, judges: ['openai/gpt-5'] });
    store.keepReport('a', report('a'));
    expect(store.find('a')).toEqual({ ...head('a'), plan: { ...PLAN, judges: ['openai/gpt-5'] }, report: report('a') });
  });

  it('is not there while its prompts come, and others write meanwhile', async () => {
    const { open } = newEvals();
    const [store, other] = [await open(), await open()];
    async function* slow(): AsyncIterable<EvalPrompt> {
      yield* prompts(300);
      expect(other.latest(false)).toBeNull();
      other.keepAnswer('meanwhile', answer());
      yield prompt('last');
    }
    await store.begin(head('a'), slow());
    expect(other.promptCount('a')).toBe(301);
  });

  it('is not there at all when a prompt is wrong, which is said as it was', async () => {
    const { open, look } = newEvals();
    const store = await open();
    const wrong = new MomError('input_invalid', 'line 301 is no prompt');
    function* broken(): Iterable<EvalPrompt> {
      yield* prompts(300);
      throw wrong;
    }
    await expect(store.begin(head('a'), broken())).rejects.toBe(wrong);
    expect(store.latest(false)).toBeNull();
    expect(look('SELECT (SELECT count(*) FROM prompts) + (SELECT count(*) FROM evaluations) AS left')).toEqual([{ left: 0 }]);
  });

  it('that another process forgets while its prompts come is lost, and leaves nothing', async () => {
    const { open, look } = newEvals();
    const [store, other] = [await open(), await open()];
    function* pruned(): Iterable<EvalPrompt> {
      yield* prompts(300);
      other.prune(new Date('2027-01-01T00:00:00.000Z'));
      yield prompt('last');
    }
    await expect(store.begin(head('a'), pruned())).rejects.toMatchObject({
      code: 'store_failed',
      message: 'the evaluation a was forgotten by another process while its prompts came',
      hint: 'start it again',
    });
    expect(store.latest(false)).toBeNull();
    await store.begin(head('b'), prompts(2));
    expect(store.promptCount('b')).toBe(2);
    expect(look('SELECT count(*) AS n FROM prompts')).toEqual([{ n: 2 }]);
  });

  it('reads its prompts while more is kept', async () => {
    const store = await newEvals().open();
    await store.begin(head('a'), prompts(500));
    let read = 0;
    for (const { id } of store.prompts('a')) {
      store.keepAnswer(id, answer());
      read += 1;
    }
    expect(read).toBe(500);
  });
});

describe('what was asked', () => {
  it('is found by its key, of its kind only', async () => {
    const { open } = newEvals();
    const store = await open();
    store.keepAnswer('k', answer());
    store.keepJudgement('j', JUDGEMENT);
    store.keepCheck('c', CHECKED);
    const other = await open();
    expect([other.answer('k'), other.judgement('j'), other.check('c')]).toEqual([answer(), JUDGEMENT, CHECKED]);
    expect([other.judgement('k'), other.answer('c'), other.answer('K')]).toEqual([null, null, null]);
  });

  it('is replaced when it is asked anew', async () => {
    const store = await newEvals().open();
    store.keepAnswer('k', answer('first'));
    store.keepAnswer('k', answer('second'));
    expect(store.answer('k')?.text).toBe('second');
  });
});

describe('pruning', () => {
  it('forgets what started before, with all that no other evaluation uses', async () => {
    const { open, look } = newEvals();
    const first = await open();
    await first.begin(head('old', { startedAt: OLD }), prompts(700));
    for (let i = 0; i < 700; i++) first.keepAnswer(`old${i}`, answer());
    first.keepAnswer('shared', answer('shared'));
    first.close();
    const second = await open();
    await second.begin(head('new'), prompts(2));
    expect(second.answer('shared')?.text).toBe('shared');
    second.keepAnswer('own', answer());
    second.keepReport('new', report('new'));
    expect(second.prune(BETWEEN)).toBe(1);
    expect(second.latest(false)?.id).toBe('new');
    expect(second.promptCount('new')).toBe(2);
    expect([second.answer('old1'), second.answer('shared')?.text, second.answer('own')?.text]).toEqual([null, 'shared', 'an answer']);
    expect(look('SELECT count(*) AS n FROM prompts')).toEqual([{ n: 2 }]);
    expect(look('SELECT count(*) AS n FROM uses')).toEqual([{ n: 2 }]);
  });

  it('forgets what was found again when the one that found it goes too', async () => {
    const { open } = newEvals();
    const first = await open();
    await first.begin(head('old', { startedAt: OLD }), []);
    first.keepAnswer('k', answer());
    first.close();
    const second = await open();
    await second.begin(head('older', { startedAt: OLD }), []);
    second.answer('k');
    second.close();
    const third = await open();
    expect(third.prune(BETWEEN)).toBe(2);
    expect(third.answer('k')).toBeNull();
  });

  it('an evaluation that is gone on with uses what it finds', async () => {
    const { open } = newEvals();
    const first = await open();
    await first.begin(head('old', { startedAt: OLD }), []);
    first.keepJudgement('j', JUDGEMENT);
    await first.begin(head('new'), []);
    first.close();
    const second = await open();
    second.keepPlan('new', PLAN);
    second.judgement('j');
    second.close();
    const third = await open();
    third.prune(BETWEEN);
    expect(third.judgement('j')).toEqual(JUDGEMENT);
  });

  it('who only looks uses nothing', async () => {
    const { open } = newEvals();
    const first = await open();
    await first.begin(head('old', { startedAt: OLD }), []);
    first.keepAnswer('k', answer());
    await first.begin(head('new'), []);
    first.close();
    const second = await open();
    second.find('new');
    second.answer('k');
    second.prune(BETWEEN);
    expect(second.answer('k')).toBeNull();
  });

  it('forgets by their own age what no evaluation uses', async () => {
    const store = await newEvals().open();
    store.keepJudgement('j', JUDGEMENT);
    expect(store.prune(BETWEEN)).toBe(0);
    expect(store.judgement('j')).toEqual(JUDGEMENT);
    expect(store.prune(new Date(Date.now() + 1_000))).toBe(0);
    expect(store.judgement('j')).toBeNull();
  });

  it('gives the disk its room back', async () => {
    const { open, path } = newEvals();
    const store = await open();
    await store.begin(head('old', { startedAt: OLD }), []);
    for (let i = 0; i < 200; i++) store.keepAnswer(`k${i}`, answer('x'.repeat(10_000)));
    store.prune(new Date(0));
    const before = statSync(path).size + statSync(`${path}-wal`).size;
    store.prune(BETWEEN);
    expect(before).toBeGreaterThan(2_000_000);
    expect(statSync(path).size + statSync(`${path}-wal`).size).toBeLessThan(200_000);
  });
});

it('files belong to their owner alone', async () => {
  const { open, dir } = newEvals();
  const store = await open();
  await store.begin(head('a'), []);
  store.keepReport('a', report('a'));
  const modes = Object.fromEntries(readdirSync(dir).map((name) => [name, (statSync(join(dir, name)).mode & 0o777).toString(8)]));
  expect(modes).toEqual({ 'evals.db': '600', 'evals.db-wal': '600', 'evals.db-shm': '600', 'evals-latest.json': '600' });
});
