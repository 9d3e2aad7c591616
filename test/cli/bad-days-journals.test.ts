import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costText } from '../../src/cli/view/history/cost-text.js';
import { costTotal } from '../../src/cli/view/history/cost-total.js';
import { runLines as runFields } from '../../src/cli/view/history/run-lines.js';
import { runTable } from '../../src/cli/view/history/run-table.js';
import { runText } from '../../src/cli/view/history/run-text.js';
import type { History } from '../../src/core/history.js';
import { END, newStore, runLines, start, text } from '../store/history/support.js';

const SCREEN = { columns: 80, color: false, draws: true };
/** What stands in a journal instead of what should. */
const WRONG: readonly unknown[] = [null, 5, -1e308, 'text', '\u0000\u001b]0;x\u0007', [], {}, true, [null], '__proto__'];

/** Every place in a value, with the value that has something else there. */
function* mutants(value: unknown): IterableIterator<{ at: string; value: unknown }> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const own = (value as Record<string, unknown>)[key];
    const changed = (to: unknown) => {
      const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
      copy[key] = to;
      return copy;
    };
    for (const wrong of WRONG) yield { at: `${key}=${JSON.stringify(wrong)}`, value: changed(wrong) };
    if (!Array.isArray(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield { at: `no ${key}`, value: rest };
    }
    for (const inner of mutants(own)) yield { at: `${key}.${inner.at}`, value: changed(inner.value) };
  }
}

/** Reads everything that is kept, in every form. */
function readAll(history: History): void {
  const runs = history.list({}, 100);
  runTable(runs, SCREEN, new Date());
  runFields(runs);
  JSON.stringify(runs);
  history.latestAnswered(false);
  for (const run of history.all(null)) {
    history.find(run.summary.id);
    runText(run, [], true, { screen: SCREEN, render: null });
  }
  for (const by of ['day', 'model', 'mixture', 'client'] as const) {
    const rows = history.costs(by, null);
    costText({ by, since: null, rows, total: costTotal(rows) }, [], SCREEN);
  }
}

describe('a journal with something else in any place', () => {
  const lines = runLines({ calls: [{}, { id: 'c1', kind: 'critic', model: 'anthropic/two' }] });
  for (const [n, line] of lines.entries()) {
    it(`of line ${n} (${(line as { type: string }).type}) stops nothing and nobody`, { timeout: 120_000 }, () => {
      const wrong: string[] = [];
      let store = newStore();
      let count = 0;
      for (const { at, value } of mutants(line)) {
        if (count++ % 200 === 0) store = newStore();
        const changed = [start('ask'), ...lines.map((each, i) => (i === n ? (value as object) : each)), END];
        const whole = text(changed);
        store.file('a.jsonl', whole);
        try {
          store.take();
          readAll(store.history());
        } catch (error) {
          wrong.push(`${at}: ${String((error as Error).stack).split('\n').slice(0, 4).join(' | ')}`);
        }
        const left = store.left();
        if (left.some((name) => name.endsWith('.unreadable'))) {
          expect(readFileSync(join(store.runs, left[0] ?? ''), 'utf8')).toBe(whole);
        } else if (store.history().list({}, 1).length === 0) wrong.push(`${at}: gone`);
        for (const table of ['runs', 'summaries', 'calls', 'records', 'run_models']) store.open().prepare(`DELETE FROM ${table}`).run();
        for (const name of left) require('node:fs').rmSync(join(store.runs, name));
      }
      writeFileSync(`/tmp/bd/fuzz-${n}.txt`, `${count}\n${wrong.join('\n')}`);
      expect(wrong.length).toBe(0);
    });
  }
});
