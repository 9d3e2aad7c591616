import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { latestEvaluation } from '../../../src/app/service/latest-evaluation.js';
import { newFolder } from '../../store/support.js';

const text = (id: string) =>
  JSON.stringify({ format: 1, id, started_at: '2026-01-31T12:00:00.000Z', baseline: 'default', contestants: [] });

function place() {
  const home = newFolder();
  const dir = join(home, '.local', 'state', 'mom');
  const write = (name: string, content: string, at: number) => {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, at, at);
    return path;
  };
  return { home, write };
}

it('is none, then the one that was written, then the next one, then none again', () => {
  const { home, write } = place();
  const latest = latestEvaluation({}, home, false);
  expect(latest()).toBeNull();
  const path = write('evals-latest.json', text('a'), 1_000);
  expect(latest()?.id).toBe('a');
  write('evals-latest.json', text('b'), 2_000);
  expect(latest()?.id).toBe('b');
  rmSync(path);
  expect(latest()).toBeNull();
});

it('is read only when its file is another one', () => {
  const { home, write } = place();
  const latest = latestEvaluation({}, home, false);
  const path = write('evals-latest.json', text('a'), 1_000);
  const first = latest();
  expect(latest()).toBe(first);
  writeFileSync(path, text('b'));
  utimesSync(path, 1_000, 1_000);
  expect(latest()).toBe(first);
});

it('of the sandbox is seen by the sandbox only', () => {
  const { home, write } = place();
  write('sandbox/evals-latest.json', text('play'), 1_000);
  expect([latestEvaluation({}, home, false)(), latestEvaluation({}, home, true)()?.id]).toEqual([null, 'play']);
});

it('is none where its place makes no sense', () => {
  const { home, write } = place();
  const path = write('evals-latest.json', 'nonsense', 1_000);
  const latest = latestEvaluation({}, home, false);
  expect(latest()).toBeNull();
  chmodSync(path, 0o600);
  rmSync(dirname(path), { recursive: true });
  writeFileSync(dirname(path), 'a file');
  expect(latest()).toBeNull();
});
