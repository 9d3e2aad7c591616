/**
 * What a strategy costs besides its models: milliseconds of a run whose models answer at once, median of many.
 * Prints one JSON object: strategy -> ms.
 */
import { DEFAULT_TIMEOUTS, EXPECTED_OUTPUT_TOKENS } from '../src/core/limits.js';
import { DEFAULT_RULES, type Member, type Mixture, STRATEGIES } from '../src/core/mixture.js';
import type { CallRequest, ModelClient } from '../src/core/model-client.js';
import { createEngine } from '../src/engine/index.js';

const RUNS = 200;
const WARM_UP = 50;
const ANSWER = 'Each of the four crates holds twelve bottles, so there are 4 * 12 = 48 bottles.\n#### 48';

const client: ModelClient = {
  async *call({ model, messages }: CallRequest) {
    const judged = /<candidate (\S+) /.exec(JSON.stringify(messages))?.[1];
    yield { type: 'attempt', attempt: 1 };
    yield { type: 'open', generationId: null };
    for (const piece of judged ? [`VERDICT: ${judged}`] : `${model}: ${ANSWER}`.split(/(?<= )/)) yield { type: 'text', text: piece };
    yield { type: 'finish', reason: 'stop' };
    const usage = { input_tokens: 50, output_tokens: 30, reasoning_tokens: 0, cached_input_tokens: 0 };
    yield { type: 'usage', usage, cost: { usd: 0.001, source: 'reported' } };
  },
  lookupBill: async () => null,
  embed: async () => ({
    vector: [1],
    usage: { input_tokens: 1, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 },
    cost: { usd: 0, source: 'reported' },
  }),
};

function member(id: string): Member {
  const identity = { id, provider: 'bench', model: `model-${id}`, family: id, weight: 1, role: null, required: false };
  return { ...identity, params: {}, extraBody: {}, privacy: {}, timeouts: DEFAULT_TIMEOUTS, context: null };
}

function mixture(strategy: Mixture['strategy']): Mixture {
  const proposers = ['p1', 'p2', 'p3'].map(member);
  return {
    name: 'bench',
    proposers,
    critics: [member('c1')],
    single: member('s1'),
    strategy,
    strategyChosen: true,
    rules: {
      ...DEFAULT_RULES,
      cascade: { ...DEFAULT_RULES.cascade, tiers: strategy === 'cascade' ? [proposers.slice(0, 2), proposers.slice(2)] : [] },
    },
    auto: { classifier: null, routes: {} },
    verify: null,
    refine: 0,
    quorum: 2,
    minAnswers: 1,
    grace: 'auto',
    runTimeout: DEFAULT_TIMEOUTS.run,
    retries: 0,
    maxCost: null,
    expectedOutput: EXPECTED_OUTPUT_TOKENS,
    allowUnknownPrice: false,
  };
}

async function median(strategy: Mixture['strategy']): Promise<number> {
  const engine = createEngine({ client });
  const messages = [{ role: 'user' as const, content: 'Four crates hold twelve bottles each. How many bottles are there?' }];
  const times: number[] = [];
  for (let i = 0; i < RUNS + WARM_UP; i++) {
    const started = performance.now();
    const { status, error } = await engine.run({ messages, mixture: mixture(strategy), stream: false, seed: i });
    if (i >= WARM_UP) times.push(performance.now() - started);
    if (status !== 'complete') throw new Error(`${strategy} ended ${status}: ${error?.message ?? 'no error'}`);
  }
  return times.sort((a, b) => a - b)[RUNS >> 1] as number;
}

async function main(): Promise<void> {
  const overhead: Record<string, number> = {};
  for (const strategy of STRATEGIES) overhead[strategy] = await median(strategy);
  process.stdout.write(`${JSON.stringify(overhead)}\n`);
}

void main();
