/**
 * Sends every question of a recording through the real configuration, engine, client and sandbox, once for each
 * strategy, and says what came out: `npm run eval:recorded -- FILE [--config FILE]`
 * (JSON Lines of `{question, gold, answers: {system: {text}}}`, plain or `.gz`).
 */
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '../src/app.js';
import { isMomError } from '../src/core/error.js';
import { extractNumber } from '../src/core/extract/number.js';
import { readLines } from '../src/sandbox/jsonl.js';
import { CONTESTANTS, type Contestant, STRONGEST } from './eval-contestants.js';
import { type Outing, outingOf, report, type Tried } from './eval-report.js';

const CONCURRENCY = 16;
const CONFIG = 'bench/recorded.config.yaml';

interface Question {
  question: string;
  gold: string;
}

async function main(file: string, configFile: string): Promise<void> {
  const questions = (await readLines(file, 'recording')).map(({ value }) => value as Question);
  const outings: Outing[] = [];
  for (const contestant of CONTESTANTS) {
    const started = performance.now();
    const tried = await run(contestant, questions, file, configFile);
    outings.push(outingOf(contestant, tried, STRONGEST.model));
    process.stderr.write(`${contestant.label}: ${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
  }
  process.stdout.write(`${report(outings, questions.length)}\n`);
}

async function run({ mixture, strategy }: Contestant, questions: readonly Question[], file: string, configFile: string): Promise<Tried[]> {
  const app = await createApp({
    env: {},
    cwd: tmpdir(),
    home: tmpdir(),
    configFile: resolve(configFile),
    choice: { mixture, strategy, maxCost: 1_000 },
    sandbox: { recorded: [file], reportsCost: false },
  });
  try {
    return await eachOf(questions, async ({ question, gold }, seed) => {
      const messages = [{ role: 'user' as const, content: question }];
      const result = await app.engine.run({ messages, mixture: app.mixture, stream: false, seed });
      return { gold: extractNumber(gold) ?? gold, said: extractNumber(result.answer ?? ''), result };
    });
  } finally {
    await app.close();
  }
}

/** `work` on every item, CONCURRENCY at a time, results in the order of the items. */
async function eachOf<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await work(item, i);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: { config: { type: 'string', default: CONFIG } },
});
const [file] = positionals;
if (file === undefined) {
  process.stderr.write('usage: npm run eval:recorded -- FILE [--config FILE]\n');
  process.exitCode = 2;
} else {
  main(file, values.config).catch((error: unknown) => {
    process.stderr.write(`${isMomError(error) ? `${error.message}\n${error.hint ?? ''}` : String(error)}\n`);
    process.exitCode = 1;
  });
}
