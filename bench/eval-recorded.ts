/**
 * Sends every question of a recording through the real client and engine and says what came out:
 * `npm run eval:recorded -- FILE` (JSON Lines of `{question, gold, answers: {system: {text}}}`, plain or `.gz`).
 */
import { createClient } from '../src/client/index.js';
import { isMomError } from '../src/core/error.js';
import { extractNumber } from '../src/core/extract/number.js';
import { DEFAULT_TIMEOUTS, RETRY } from '../src/core/limits.js';
import { defaultQuorum, type Member, type Mixture } from '../src/core/mixture.js';
import { familyOf, type Provider } from '../src/core/model.js';
import { createEngine } from '../src/engine/index.js';
import { startSandbox } from '../src/sandbox/index.js';
import { readLines } from '../src/sandbox/jsonl.js';
import { type EvalRow, figures, report } from './eval-report.js';

const SYSTEMS = ['gpt-4-1106-preview', 'mistralai/Mixtral-8x7B-Instruct-v0.1', 'gpt3-175b_verification'];
const CONCURRENCY = 16;

interface Question {
  question: string;
  gold: string;
  answers: Record<string, { text: string } | undefined>;
}

async function main(file: string): Promise<void> {
  const questions = (await readLines(file, 'recording')).map(({ value }) => value as Question);
  const sandbox = await startSandbox({ recorded: [file] });
  const client = createClient({ providers: [sandboxProvider(sandbox.url)], env: {} });
  try {
    const engine = createEngine({ client });
    const started = performance.now();
    const rows = await eachOf(questions, async (question, i): Promise<EvalRow> => {
      const messages = [{ role: 'user' as const, content: question.question }];
      const result = await engine.run({ messages, mixture: MIXTURE, stream: false, seed: i });
      return {
        gold: extractNumber(question.gold) ?? question.gold,
        texts: SYSTEMS.map((system) => question.answers[system]?.text ?? ''),
        result,
      };
    });
    const seconds = (performance.now() - started) / 1_000;
    process.stdout.write(`${report(SYSTEMS, figures(rows, SYSTEMS.length))}\n`);
    process.stdout.write(
      `upstream requests: ${sandbox.stats().requests}; wall time: ${seconds.toFixed(1)} s, ${CONCURRENCY} runs at once\n`,
    );
  } finally {
    client.close();
    await sandbox.close();
  }
}

const MIXTURE: Mixture = {
  name: 'recorded',
  proposers: SYSTEMS.map((system, i) => member(`p${i + 1}`, `recorded/${system}`)),
  critics: [member('c1', 'sandbox/critic')],
  single: null,
  strategy: 'fuse',
  quorum: defaultQuorum(SYSTEMS.length),
  minAnswers: 1,
  grace: 'auto',
  runTimeout: DEFAULT_TIMEOUTS.run,
  retries: RETRY.max,
  maxCost: null,
};

function member(id: string, model: string): Member {
  return {
    id,
    provider: 'sandbox',
    model,
    family: familyOf(model),
    role: null,
    required: false,
    params: {},
    extraBody: {},
    privacy: {},
    timeouts: DEFAULT_TIMEOUTS,
    context: null,
  };
}

function sandboxProvider(baseUrl: string): Provider {
  return {
    name: 'sandbox',
    dialect: 'openrouter',
    baseUrl,
    apiKey: null,
    needsKey: false,
    headers: {},
    extraBody: {},
    privacy: {},
    attribution: false,
  };
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

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('usage: npm run eval:recorded -- FILE\n');
  process.exitCode = 2;
} else {
  main(file).catch((error: unknown) => {
    process.stderr.write(`${isMomError(error) ? `${error.message}\n${error.hint ?? ''}` : String(error)}\n`);
    process.exitCode = 1;
  });
}
