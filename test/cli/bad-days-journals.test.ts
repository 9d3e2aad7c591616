import { chownSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
const WRONG: readonly unknown[] = [null, -5, 'text\u0000\u001b]0;x\u0007', [null], {}, true];

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
          wrong.push(
            `${at}: ${String((error as Error).stack)
              .split('\n')
              .slice(0, 4)
              .join(' | ')}`,
          );
        }
        const left = store.left();
        if (left.some((name) => name.endsWith('.unreadable'))) {
          expect(readFileSync(join(store.runs, left[0] ?? ''), 'utf8')).toBe(whole);
        } else if (store.history().list({}, 1).length === 0) wrong.push(`${at}: gone`);
        for (const table of ['runs', 'summaries', 'calls', 'records', 'run_models']) store.open().prepare(`DELETE FROM ${table}`).run();
        for (const name of left) rmSync(join(store.runs, name));
      }
      expect(wrong).toEqual([]);
    });
  }
});

describe('a folder of journals with what is none', () => {
  const whole = text([start('ask'), ...runLines(), END]);

  it('links lead nowhere, and what they lead to stays', () => {
    const store = newStore();
    const elsewhere = join(store.dir, 'elsewhere');
    writeFileSync(elsewhere, whole);
    symlinkSync(elsewhere, join(store.runs, 'a.jsonl'));
    symlinkSync('/dev/zero', join(store.runs, 'b.jsonl'));
    symlinkSync('/nowhere', join(store.runs, 'c.jsonl'));
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual(['a.jsonl', 'b.jsonl', 'c.jsonl']);
    expect(readFileSync(elsewhere, 'utf8')).toBe(whole);
  });

  it.skipIf(process.getuid?.() !== 0)('a journal of another user is left alone', () => {
    const store = newStore();
    store.file('a.jsonl', whole);
    chownSync(join(store.runs, 'a.jsonl'), 65_534, 65_534);
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual(['a.jsonl']);
  });

  it('is read on after lines that are too much for a reader', () => {
    const store = newStore();
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const noise = [`{"type":"call.delta","run_id":"x","__proto__":{"polluted":1}}`, `{"type":${deep}}`, 'x'.repeat(3_000_000), '\u0000'];
    store.file('a.jsonl', `${text([start('ask'), ...runLines()])}${noise.join('\n')}\n${text([END])}`);
    expect(store.take()).toMatchObject({ runs: 1, unreadable: [join(store.runs, 'a.jsonl.unreadable')] });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    readAll(store.history());
  });

  for (const [name, change] of Object.entries({
    'a cost beyond all money': { cost_usd: 1e300 },
    'a cost below 0': { cost_usd: -5 },
    'tokens beyond all numbers': { usage: { input_tokens: 1e18, output_tokens: 1, reasoning_tokens: 0, cached_input_tokens: 0 } },
  })) {
    it(`${name} is believed of nobody`, () => {
      const store = newStore();
      store.file('a.jsonl', text([start('ask'), ...runLines({ calls: [change] }), END]));
      store.file('b.jsonl', text([start('ask'), ...runLines({ id: '20260131-120001-bbbbbb' }), END]));
      expect(store.take()).toMatchObject({ runs: 1, unreadable: [join(store.runs, 'a.jsonl.unreadable')] });
      expect(store.history().costs('day', null)).toMatchObject([{ runs: 1, cost_usd: 0.2 }]);
      expect(existsSync(join(store.runs, 'a.jsonl.unreadable'))).toBe(true);
    });
  }

  for (const at of ['+275760-01-01T00:00:00.000Z', '9999-12-31T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', 'yesterday']) {
    it(`a run of ${at} is none`, () => {
      const store = newStore();
      store.file('a.jsonl', text([start('ask'), ...runLines({ at }), END]));
      expect(store.take()).toMatchObject({ runs: 0, unreadable: [join(store.runs, 'a.jsonl.unreadable')] });
      readAll(store.history());
    });
  }

  for (const id of ['../../x', '__proto__', "x' OR 1=1 --", 'a\u0000b', '$(touch x)', '\u001b]0;x\u0007', '']) {
    it(`a run whose id is ${JSON.stringify(id)} harms nobody`, () => {
      const store = newStore();
      store.file('a.jsonl', text([start('ask'), ...runLines({ id }), END]));
      store.take();
      readAll(store.history());
      expect(
        store
          .history()
          .list({}, 9)
          .map((run) => run.id),
      ).toEqual(id === '__proto__' ? ['__proto__'] : []);
    });
  }
});
