import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { latestFile, readLatest } from '../../../src/store/evals/latest-file.js';
import { newFolder } from '../support.js';
import { contestant, head, report } from './samples.js';
import { newEvals } from './support.js';

const BOARD = {
  win_rate: 62.5,
  standard_error: 1,
  n_wins: 5,
  n_wins_base: 3,
  n_draws: 0,
  n_total: 8,
  discrete_win_rate: 62.5,
  avg_length: 10,
  length_controlled_winrate: null,
  lc_standard_error: null,
};

it('has the numbers of the report that was kept last, and no text', async () => {
  const { dir, open } = newEvals();
  const store = await open();
  await store.begin(head('a'), []);
  await store.begin(head('b'), []);
  store.keepReport('b', report('b'));
  const accuracy = { value: 0.7, low: 0.5, high: 0.9, right: 7, of: 10 };
  const cost_usd = { value: 0.02, low: 0.01, high: 0.03 };
  store.keepReport('a', report('a', { contestants: [contestant('x', { accuracy, board: BOARD, cost_usd }), contestant('default')] }));
  expect(readLatest(latestFile(dir, false))).toEqual({
    format: 1,
    id: 'a',
    started_at: '2026-01-31T12:00:00.000Z',
    baseline: 'default',
    contestants: [
      { name: 'x', prompts: 10, failed: 1, accuracy: 0.7, win_rate: 0.625, cost_usd: 0.02 },
      { name: 'default', prompts: 10, failed: 1, accuracy: null, win_rate: null, cost_usd: null },
    ],
  });
});

it('of the sandbox stands apart', async () => {
  const { dir, open } = newEvals();
  const store = await open();
  await store.begin(head('a', { sandbox: true }), []);
  store.keepReport('a', report('a', { sandbox: true }));
  expect([readLatest(latestFile(dir, false)), readLatest(latestFile(dir, true))?.id]).toEqual([null, 'a']);
  expect(latestFile(dir, true)).toBe(join(dir, 'sandbox', 'evals-latest.json'));
});

it('goes with its evaluation', async () => {
  const { dir, open } = newEvals();
  const store = await open();
  await store.begin(head('a'), []);
  store.keepReport('a', report('a'));
  const before = readFileSync(latestFile(dir, false), 'utf8');
  store.prune(new Date('2026-01-31T12:00:00.000Z'));
  expect(readFileSync(latestFile(dir, false), 'utf8')).toBe(before);
  store.prune(new Date('2026-01-31T12:00:00.001Z'));
  expect(existsSync(latestFile(dir, false))).toBe(false);
});

it.each([
  '',
  'null',
  '[]',
  '{"format":2,"baseline":"x","started_at":"2026-01-31T12:00:00.000Z","contestants":[]}',
  '{"format":1,"baseline":"x","started_at":"soon","contestants":[]}',
  '{"format":1,"baseline":"x","started_at":"2026-01-31T12:00:00.000Z","contestants":[{"name":"x"}]}',
  '{"format":1,"baseline":"x","started_at":"2026-01-31T12:00:00.000Z","contestants":[{"name":"x","prompts":1,"failed":0,"accuracy":"1","win_rate":null,"cost_usd":null}]}',
])('%j is none', (text) => {
  const path = latestFile(newFolder(), false);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  expect(readLatest(path)).toBeNull();
});
