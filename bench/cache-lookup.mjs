/**
 * How much longer a lookup takes among 100,000 stored answers than among 1,000: node bench/cache-lookup.mjs
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
const ROUNDS = 15;
const LOOKUPS = 2_000;
const MUST = 2;

const keyOf = (i) => i.toString(16).padStart(64, '0').split('').reverse().join('');

/** A cache with `size` answers: the first is stored by the cache itself, which makes the file, the others beside it. */
async function filled(folder, size) {
  const dir = join(folder, String(size));
  const options = { dir, ttl: 3_600_000, maxSize: size, clock: () => new Date(), onNote: (note) => console.error(note.message) };
  const cache = createAnswerCache(options);
  const entry = {
    answer: 'x'.repeat(2_000),
    finish_reason: 'stop',
    question: 'Why?',
    run_id: 'bench',
    stored_at: new Date().toISOString(),
  };
  await cache.put(keyOf(0), entry, null);
  const database = new Database(join(dir, 'answers.db'));
  database.exec('BEGIN');
  const insert = database.prepare('INSERT INTO answers (key, stored_at, entry) VALUES (?, ?, ?)');
  for (let i = 1; i < size; i++) insert.run(keyOf(i), Date.now(), JSON.stringify(entry));
  database.exec('COMMIT');
  database.close();
  return { cache, size };
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
  const [few, many] = samples.map(median);
  for (const [at, size] of SIZES.entries()) console.log(`lookup among ${size}: ${median(samples[at]).toFixed(1)} µs`);
  const ratio = many / few;
  console.log(`${SIZES[1]} / ${SIZES[0]}: ${ratio.toFixed(2)}x (must: ${MUST}x)`);
  for (const { cache } of caches) cache.close();
  process.exitCode = ratio <= MUST ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
