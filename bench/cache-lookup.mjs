/**
 * How long a lookup takes among 1,000 and among 100,000 stored answers. Prints one JSON object: answers -> microseconds.
 *
 * Each answer is about 2 KB. The lookups go through the cache as a run uses it, half of them for answers that are there; the two files
 * take turns, and of each round of lookups the median counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const Database = require('libsql');
const { createAnswerCache } = require('../dist/store-answers.cjs');

const SIZES = [1_000, 100_000];
const ROUNDS = 9;
const LOOKUPS = 1_000;
/** Answers put in at once. */
const BATCH = 500;

const keyOf = (i) => i.toString(16).padStart(64, '0').split('').reverse().join('');

/** A cache with `size` answers: the first is stored by the cache itself, which makes the file, the others beside it. */
async function filled(folder, size) {
  const dir = join(folder, String(size));
  const options = { dir, ttl: 3_600_000, maxSize: size, clock: () => new Date(), onNote: (note) => console.error(note.message) };
  const entry = {
    answer: 'x'.repeat(2_000),
    finish_reason: 'stop',
    question: 'Why?',
    run_id: 'bench',
    stored_at: new Date().toISOString(),
  };
  const maker = createAnswerCache(options);
  await maker.put(keyOf(0), entry, null);
  maker.close();
  const database = new Database(join(dir, 'answers.db'));
  const insert = database.prepare('INSERT INTO answers (key, stored_at, entry) VALUES (?, ?, ?)');
  for (let next = 1; next < size; ) {
    database.exec('BEGIN');
    for (const end = Math.min(size, next + BATCH); next < end; next++) insert.run(keyOf(next), Date.now(), JSON.stringify(entry));
    database.exec('COMMIT');
  }
  // A log as long as no run leaves it would be searched by each lookup.
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  database.close();
  return { cache: createAnswerCache(options), size };
}

/** Microseconds for one lookup. */
async function round({ cache, size }) {
  let found = 0;
  const start = performance.now();
  for (let i = 0; i < LOOKUPS; i++) found += Number((await cache.get(keyOf(((i * 7_919) % size) + (i % 2) * size))) !== null);
  const took = performance.now() - start;
  if (found !== LOOKUPS / 2) throw new Error(`${found} of ${LOOKUPS / 2} answers found`);
  return (took / LOOKUPS) * 1_000;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const folder = mkdtempSync(join(tmpdir(), 'mom-bench-cache-'));
try {
  const caches = [];
  for (const size of SIZES) caches.push(await filled(folder, size));
  const samples = caches.map(() => []);
  for (let i = 0; i < ROUNDS; i++) for (const [at, cache] of caches.entries()) samples[at].push(await round(cache));
  for (const { cache } of caches) cache.close();
  console.log(JSON.stringify(Object.fromEntries(SIZES.map((size, at) => [size, median(samples[at])]))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
