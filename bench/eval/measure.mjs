import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../gateway/server.mjs';
import { createChance } from '../history/chance.mjs';
import { cleanRoom, printed, runWell } from '../process.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const MOM = path('../../bin/mom.js');

const PROMPTS = { few: 500, many: 5_000 };
const CONTESTANTS = 6;
const AT_ONCE = 32;
const THINKING = 100;
const JUDGED = { systems: 20, prompts: 500 };

/**
 * All promises of `mom eval`, against a sandbox in a process of its own.
 * @returns samples of each round
 */
export async function measureEval(node, { rounds }) {
  const upstream = await startServer(node, [MOM, 'sandbox', '--port', '0']);
  const room = cleanRoom(upstream.url);
  try {
    const files = { few: promptsFile(room, 'few'), many: promptsFile(room, 'many'), preferences: preferencesFile(room) };
    const samples = [];
    for (let i = 0; i < rounds; i++) {
      samples.push(await round({ node, room, files }));
    }
    return samples;
  } finally {
    await upstream.stop();
    room.remove();
  }
}

/** What the statistics take of it, in a process of their own: milliseconds of each step. */
export function measureStatistics(node) {
  return printed(node, path('../../scripts/run-ts.mjs'), path('statistics.ts'));
}

async function round({ node, room, files }) {
  const runs = PROMPTS.few * CONTESTANTS;
  const timed = await runWell(node, evaluation(files.few, THINKING), room, { usage: true });
  const few = await runWell(node, evaluation(files.few, 0), room, { usage: true });
  const many = await runWell(node, evaluation(files.many, 0), room, { usage: true });
  const judged = await runWell(node, [MOM, 'eval', 'judge', files.preferences, '--json', '--no-log'], room);
  return {
    runs,
    wall: timed.wall,
    ideal: Math.ceil(runs / AT_ONCE) * THINKING,
    cpu: timed.used.cpu_ms,
    fewMemory: few.used.peak_mb,
    manyMemory: many.used.peak_mb,
    judged: judged.wall,
  };
}

/** Each round keeps nothing, so that the next one asks again. */
function evaluation(file, thinking) {
  const models = Array.from({ length: CONTESTANTS }, (_, i) => ['-m', `sandbox/ttft=${thinking},say=The%20answer%20is%20${i}.`]);
  return [MOM, 'eval', file, ...models.flat(), '--no-sampled', '--concurrency', String(AT_ONCE), '--max-cost', '100', '--no-log'];
}

function promptsFile(room, name) {
  const file = join(room.folder, `${name}.jsonl`);
  const row = (i) => ({ id: `q${i}`, prompt: `How many are ${i} times ${i + 1}, modulo 7?`, reference: String((i * (i + 1)) % 7) });
  writeFileSync(file, Array.from({ length: PROMPTS[name] }, (_, i) => `${JSON.stringify(row(i))}\n`).join(''));
  return file;
}

/** Judges as sure as AlpacaEval's are, of systems of rising strength. */
function preferencesFile(room) {
  const file = join(room.folder, 'preferences.jsonl');
  const { draw } = createChance(1);
  const lengths = () => Array.from({ length: JUDGED.prompts }, () => 200 + Math.floor(draw() * 3_000));
  const system = (_, i) => ({
    model: `system-${i}`,
    baseline: 'baseline',
    judge: 'judge',
    n: JUDGED.prompts,
    preference: Array.from({ length: JUDGED.prompts }, () => 1 + (draw() < (i + 1) / (JUDGED.systems + 1) ? 0.9 : 0.1) + draw() / 10),
    len_baseline: lengths(),
    len_model: lengths(),
  });
  writeFileSync(
    file,
    Array.from({ length: JUDGED.systems }, system)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
  return file;
}
