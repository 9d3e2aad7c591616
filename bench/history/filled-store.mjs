import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createChance } from './chance.mjs';
import { madeRun } from './made-run.mjs';

const { importJournals } = createRequire(import.meta.url)('../../dist/app-history.cjs');

/** Runs in one journal, and journals that are written before they are taken in: the folder never holds much. */
const RUNS_OF_A_JOURNAL = 500;
const AT_ONCE = 20;
const YEAR = 365 * 24 * 3_600_000;

/** A process that is over, as far as mom can tell: no process has this number. */
const START = { type: 'journal.start', format: 1, mom: 'bench', door: 'serve', pid: 2 ** 22 + 1, process_start: '1', host: hostname() };

/**
 * Makes a folder of state with so many runs of the last year, taken in from journals by mom itself; in a process of its own, since
 * one that has grown starts others slowly.
 * @param kind as for `madeRun`, with `runs`
 * @returns the number of `runs`; `mb`: what the store takes; `seconds` it took
 */
export function fillStore(node, folder, kind) {
  const printed = execFileSync(node, [fileURLToPath(import.meta.url), folder, JSON.stringify(kind)], { encoding: 'utf8' });
  return JSON.parse(printed);
}

async function fill(folder, { runs, sizes, mixed }) {
  const beganAt = performance.now();
  const chance = createChance(runs);
  const journals = join(folder, 'mom', 'runs');
  mkdirSync(journals, { recursive: true, mode: 0o700 });
  const end = Date.now() - 60_000;
  for (let n = 0; n < runs; ) {
    for (let files = 0; files < AT_ONCE && n < runs; files++) {
      const lines = [JSON.stringify(START)];
      for (const last = Math.min(runs, n + RUNS_OF_A_JOURNAL); n < last; n++) {
        const startedAt = new Date(end - YEAR + Math.floor((n / runs) * YEAR));
        lines.push(...madeRun(chance, { n, startedAt, sizes, mixed }));
      }
      const name = `serve-${String(n).padStart(9, '0')}.jsonl`;
      writeFileSync(join(journals, name), `${lines.join('\n')}\n{"type":"journal.end"}\n`, { mode: 0o600 });
    }
    await takeIn(folder);
  }
  const seconds = (performance.now() - beganAt) / 1000;
  return { runs, seconds, mb: statSync(join(folder, 'mom', 'mom.db')).size / 2 ** 20 };
}

async function takeIn(folder) {
  const notes = [];
  await importJournals({ env: { XDG_STATE_HOME: folder }, home: folder, onNote: ({ message }) => notes.push(message) });
  if (notes.length > 0) throw new Error(`the store could not be filled: ${notes.join('; ')}`);
}

const [, program, folder, kind] = process.argv;
if (program === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await fill(folder, JSON.parse(kind))));
