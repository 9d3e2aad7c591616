import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { History, RunQuery } from '../../../src/core/history.js';
import { createHistory } from '../../../src/store/history/history.js';
import { call, newStore, type Told } from './support.js';

/** Runs a..., one a second. */
function kept(...told: Told[]) {
  const store = newStore();
  const ids = told.map((_, i) => `20260131-12000${i}-${'abcdefgh'[i]}`);
  store.keep(...told.map((each, i) => ({ id: ids[i] as string, at: `2026-01-31T12:00:0${i}.000Z`, ...each })));
  return { ...store, history: store.history() };
}

const letters = (history: History, query: RunQuery, limit = 10) =>
  history
    .list(query, limit)
    .map(({ id }) => id.at(-1))
    .join('');

const critic = (model: string) => ({ id: 'c1', kind: 'critic' as const, model });

describe('the list', () => {
  it('has the newest runs first, with what matters of each', () => {
    const { history } = kept(
      { question: '  What is\n\nthis?\t' },
      { origin: { door: 'serve', client: 'laptop', parent: 'x', link: 'continued' } },
      { status: 'failed', answer: null },
    );
    expect(letters(history, {})).toBe('cba');
    expect(letters(history, {}, 2)).toBe('cb');
    const [failed, served, first] = history.list({}, 10);
    expect(first).toEqual({
      id: '20260131-120000-a',
      started_at: '2026-01-31T12:00:00.000Z',
      door: 'ask',
      client: null,
      sandbox: false,
      mixture: 'default',
      strategy: 'fuse',
      status: 'complete',
      error_code: null,
      models: ['openai/one'],
      question: 'What is this?',
      cost_usd: 0.2,
      cost_source: 'reported',
      duration_ms: 50,
      input_tokens: 20,
      output_tokens: 40,
      parent: null,
      link: null,
      conversation: 'first',
    });
    expect(served).toMatchObject({ door: 'serve', client: 'laptop', parent: 'x', link: 'continued' });
    expect(failed).toMatchObject({ status: 'failed', error_code: 'no_answer' });
  });

  it('sorts by the start of runs, however they came in', () => {
    const { history } = kept({}, { at: '2025-06-01T00:00:00.000Z' }, {});
    expect(letters(history, {})).toBe('cab');
  });

  it('holds runs of the same millisecond, in the order in which they came', () => {
    const at = '2026-01-31T12:00:00.000Z';
    const { history } = kept({ at }, { at }, { at });
    expect(letters(history, {})).toBe('cba');
  });

  it.each<[string, RunQuery, string]>([
    ['a mixture', { mixture: 'best' }, 'b'],
    ['a status', { status: 'failed' }, 'c'],
    ['a door', { door: 'serve' }, 'd'],
    ['all doors but one', { without: 'serve' }, 'cba'],
    ['the sandbox', { sandbox: true }, 'b'],
    ['no sandbox', { sandbox: false }, 'dca'],
    ['a time', { since: new Date('2026-01-31T12:00:02.000Z') }, 'dc'],
    ['a model', { model: 'z/model' }, 'ca'],
    ['a model under the name it answers by', { model: 'z/model-1' }, 'a'],
    ['no part of a model', { model: 'z' }, ''],
    ['a model and a status', { model: 'z/model', status: 'failed' }, 'c'],
    ['a word and a model', { words: 'why', model: 'z/model', since: new Date('2026-01-31T12:00:01.000Z') }, 'c'],
    ['all at once', { words: 'why', model: 'z/model', status: 'failed', mixture: 'default', door: 'ask', sandbox: false }, 'c'],
    ['nothing that there is', { mixture: "' OR 1=1 --" }, ''],
  ])('can be narrowed to %s', (_, query, expected) => {
    const { history } = kept(
      { calls: [{ model: 'z/model', resolved_model: 'z/model-1' }] },
      { mixture: 'best', origin: { sandbox: true } },
      { status: 'failed', calls: [{}, critic('z/model')] },
      { origin: { door: 'serve' } },
    );
    expect(letters(history, query)).toBe(expected);
  });

  it.each<[string, string]>([
    ['orange', 'b'],
    ['ORANGE Blüten', 'b'],
    ['bluten', 'b'],
    ['blut', 'b'],
    ['blossom apple', 'a'],
    ['apple banana', ''],
    ['app banana', ''],
    ['an', 'a'],
    ['ap', ''],
    ["don't", 'c'],
    ['"don\'t', 'c'],
    ['c++', 'c'],
    ['NEAR(orange', ''],
    ['orange OR apple', ''],
    ['orange* -apple', ''],
    ['text:orange', ''],
    ['(orange)', 'b'],
    ['量子', 'd'],
    ['子力', 'd'],
    ['力量', ''],
    ['++', ''],
    ['', ''],
    ['or\0ange', ''],
    ['judge', ''],
    ['proposal', ''],
  ])('finds the words %j', (words, expected) => {
    const { history } = kept(
      { question: 'An apple a day?', answer: 'Blossom.' },
      { question: 'Orange', answer: 'die blüten' },
      { question: "I don't know C++\0 well", answer: null, status: 'failed' },
      { question: '什么是量子力学？', answer: 'x' },
    );
    expect(letters(history, { words })).toBe(expected);
  });
});

describe('a run', () => {
  it('comes back whole', () => {
    const calls = [
      { text: 'NUL \0 and \u{1f600}', cost_usd: null, cost_source: 'unknown' as const },
      { ...critic('anthropic/two'), tool_calls: [] },
    ];
    const choice = { mixture: 'best', models: ['a', 'b'] };
    const { history } = kept({ question: 'why \0?', calls, origin: { choice, conversation: 'x', tools: true } });
    const run = history.find('20260131-120000-a');
    expect(run).toMatchObject({
      origin: { choice, conversation: 'x', tools: true },
      content: true,
      messages: [{ role: 'user', content: 'why \0?' }],
      started: { p1: 10, c1: 20 },
      prompts: { c1: [{ role: 'user', content: 'judge: why \0?' }] },
    });
    expect(run.result.calls).toEqual(calls.map(call));
    expect(run.result.proposals).toEqual([run.result.calls[0]]);
    expect(run.result.critic).toEqual(run.result.calls[1]);
    expect(run.summary).toEqual(history.list({}, 1)[0]);
  });

  it('may hold half a character, and end in the middle of one where the search ends', () => {
    const long = `${'word '.repeat(52_428)}xx\u{1f600} never`;
    const { history } = kept({ question: 'half \ud800 a character', answer: long });
    const run = history.find('2026');
    expect([run.messages[0]?.content, run.result.answer]).toEqual(['half \ud800 a character', long]);
    expect([letters(history, { words: 'character word' }), letters(history, { words: 'never' })]).toEqual(['a', '']);
  });

  it('is found by the beginning of its id, where that is one only', () => {
    const { history } = kept({}, {});
    expect(history.find('20260131-120001').summary.id).toBe('20260131-120001-b');
    expect(() => history.find('2026')).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: 'several runs begin with 2026: 20260131-120000-a, 20260131-120001-b',
        hint: 'give more of the id',
      }),
    );
    expect(() => history.find('2027')).toThrow(
      expect.objectContaining({ code: 'no_input', message: 'there is no run 2027', hint: 'mom logs lists the runs that are kept' }),
    );
    for (const odd of ['%', '_', "'", '2026%']) expect(() => history.find(odd)).toThrow(`there is no run ${odd}`);
  });

  it('whose id another one begins with is found by it', () => {
    const { history } = kept({ id: 'run' }, { id: 'run-2' });
    expect(history.find('run').summary.id).toBe('run');
  });

  it('of which only numbers are kept has no texts, and no words to be found by', () => {
    const numbers = { content: false, question: 'secret', answer: null, calls: [{ text: null }] };
    const { history } = kept(numbers);
    expect(history.find('2026')).toMatchObject({ content: false, messages: [], prompts: {}, summary: { question: null, cost_usd: 0.1 } });
    expect(letters(history, { words: 'secret' })).toBe('');
    expect(letters(history, {})).toBe('a');
  });
});

describe('the last conversation', () => {
  it('is that of the newest run of the shell with an answer', () => {
    const failed = { status: 'failed' as const, answer: null };
    const { history } = kept({}, { status: 'degraded' }, failed, { origin: { door: 'serve' } }, { origin: { sandbox: true } });
    expect(history.latestAnswered(false)?.summary.id).toBe('20260131-120001-b');
    expect(history.latestAnswered(true)?.summary.id).toBe('20260131-120004-e');
    expect(kept(failed).history.latestAnswered(false)).toBeNull();
  });
});

describe('ids for completion', () => {
  it('are the newest that begin so', () => {
    const { history } = kept({ question: 'one' }, { question: 'two' }, { id: 'x' });
    expect(history.ids('2026', 1)).toEqual([{ id: '20260131-120001-b', question: 'two' }]);
    expect(history.ids('', 9).map(({ id }) => id)).toEqual(['x', '20260131-120001-b', '20260131-120000-a']);
    expect(history.ids('y', 9)).toEqual([]);
  });

  it('are none of an evaluation, which is found by its id all the same', () => {
    const { history } = kept({}, { origin: { door: 'eval' }, content: false });
    expect(history.ids('', 9).map(({ id }) => id)).toEqual(['20260131-120000-a']);
    expect(history.find('20260131-120001-b').summary).toMatchObject({ door: 'eval', question: null });
    expect(history.latestAnswered(false)?.summary.id).toBe('20260131-120000-a');
  });
});

describe('costs', () => {
  const none = { input_tokens: 0, output_tokens: 0 };

  it('are of real runs, exact, and what is unknown is no 0', () => {
    const tenth = { cost_usd: 0.1, usage: null };
    const { history } = kept(
      { calls: [tenth, { ...tenth, id: 'p2' }, { ...tenth, id: 'p3', cost_source: 'estimated' }] },
      {
        calls: [
          { cost_usd: null, cost_source: 'unknown' },
          { id: 'p2', cost_usd: 0.00000001, usage: null },
        ],
      },
      { origin: { sandbox: true } },
    );
    expect(history.costs('mixture', null)).toEqual([
      {
        key: 'default',
        runs: 2,
        calls: 5,
        input_tokens: 10,
        output_tokens: 20,
        cost_usd: 0.30000001,
        estimated_usd: 0.1,
        unpriced_calls: 1,
      },
    ]);
  });

  it('can be grouped, the dearest first, and days in their order', () => {
    const [cheap, dear] = [
      { cost_usd: 0.1, usage: null },
      { cost_usd: 3, model: 'anthropic/dear', usage: null },
    ];
    const { history } = kept(
      { at: '2026-01-30T23:59:59.999Z', calls: [dear], mixture: 'best', origin: { client: 'laptop', door: 'serve' } },
      { at: '2026-01-31T00:00:00.000Z', calls: [cheap, { ...cheap, id: 'p2' }] },
      { at: '2026-01-31T01:00:00.000Z', calls: [cheap], origin: { door: 'serve' } },
      { at: '2026-01-31T02:00:00.000Z', calls: [], status: 'failed', answer: null },
    );
    const row = (key: string, runs: number, calls: number, usd: number) => ({
      key,
      runs,
      calls,
      ...none,
      cost_usd: usd,
      estimated_usd: 0,
      unpriced_calls: 0,
    });
    expect(history.costs('day', null)).toEqual([row('2026-01-30', 1, 1, 3), row('2026-01-31', 3, 3, 0.3)]);
    expect(history.costs('model', null)).toEqual([row('anthropic/dear', 1, 1, 3), row('openai/one', 2, 3, 0.3)]);
    expect(history.costs('mixture', null)).toEqual([row('best', 1, 1, 3), row('default', 3, 3, 0.3)]);
    expect(history.costs('client', null)).toEqual([row('laptop', 1, 1, 3), row('shell', 2, 2, 0.2), row('gateway', 1, 1, 0.1)]);
    expect(history.costs('mixture', new Date('2026-01-31T00:00:00.000Z'))).toEqual([row('default', 3, 3, 0.3)]);
  });

  it('of evaluations count, under a name of their own', () => {
    const { history } = kept({ origin: { door: 'eval' }, content: false }, { calls: [{ cost_usd: 0.5 }] });
    expect(history.costs('client', null)).toMatchObject([
      { key: 'shell', runs: 1, cost_usd: 0.5 },
      { key: 'eval', runs: 1, calls: 2, cost_usd: 0.2 },
    ]);
  });
});

describe('pruning', () => {
  it('forgets what is older, words and costs too, and makes the file smaller', () => {
    const store = newStore();
    const long = Array.from({ length: 3_000 }, (_, i) => `word${i}`).join(' ');
    store.keep(...Array.from({ length: 60 }, (_, i) => ({ id: `old-${i}`, at: '2025-01-01T00:00:00.000Z', question: long })), {
      id: 'new',
    });
    const history = store.history();
    store.open().exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const before = statSync(store.path).size;
    expect(history.prune(new Date('2026-01-01'))).toBe(60);
    expect(history.list({}, 99).map(({ id }) => id)).toEqual(['new']);
    expect(history.list({ words: 'word7' }, 9)).toEqual([]);
    expect(history.list({ words: 'because' }, 9)).toHaveLength(1);
    expect(history.costs('mixture', null)).toMatchObject([{ runs: 1, calls: 2 }]);
    expect(statSync(store.path).size).toBeLessThan(before / 5);
    expect(history.prune(new Date('2026-01-01'))).toBe(0);
    expect(store.open().pragma('quick_check')).toEqual([{ quick_check: 'ok' }]);
  });
});

describe('all runs', () => {
  it('come oldest first, whole', () => {
    const { history } = kept(...Array.from({ length: 8 }, () => ({})));
    const all = [...history.all(null)];
    expect(all.map(({ summary }) => summary.id.at(-1)).join('')).toBe('abcdefgh');
    expect(all[3]).toEqual(history.find('20260131-120003-d'));
    expect([...history.all(new Date('2026-01-31T12:00:06.000Z'))].map(({ summary }) => summary.id.at(-1))).toEqual(['g', 'h']);
  });

  it('come page by page, while some are forgotten', () => {
    const store = newStore();
    store.keep(...Array.from({ length: 50 }, (_, i) => ({ id: `run-${100 + i}` })));
    const history = store.history();
    const all = history.all(null);
    expect(all.next().value?.summary.id).toBe('run-100');
    history.prune(new Date('2027-01-01'));
    expect([...all].length).toBe(19);
  });
});

describe('a history of nothing', () => {
  it('has nothing, and makes no file', () => {
    const { path, size } = newStore();
    const history = createHistory(path, null);
    expect([
      history.list({}, 9),
      history.latestAnswered(false),
      history.ids('', 9),
      history.costs('day', null),
      [...history.all(null)],
    ]).toEqual([[], null, [], [], []]);
    expect(history.prune(new Date())).toBe(0);
    expect(() => history.find('x')).toThrow('there is no run x');
    expect(size()).toBeNull();
  });
});
