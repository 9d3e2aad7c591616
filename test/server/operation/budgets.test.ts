import { afterEach, describe, expect, it } from 'vitest';
import { logLines } from '../../support/serve-cli.js';
import { fault } from './matrix.js';
import { type Operation, operate, readStream, until } from './support.js';

const KEY = 'key-of-ann-0123456789';
/** US dollars of one word of the model's; each has as many characters as mom counts to a token. */
const WORD = 0.001;
const WORDS = 20;
const MODEL = `sandbox/say=${Array.from({ length: WORDS }, () => 'abc').join('%20')},tps=400,ttft=20,in=0,out=${WORD * 1e6}`;
const LIMIT = 0.1;

const ends: (() => void | Promise<void>)[] = [];
const finished = (then: () => void | Promise<void>) => void ends.unshift(then);

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Asked {
  status: number;
  code: string | null;
  cost: number;
  isWhole: boolean;
}

/** Asks so many times at once, streams and not. */
async function race(mom: Operation, count: number, headers: Record<string, string>): Promise<Asked[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const response = await mom.ask({ model: MODEL, stream: i % 2 === 0, max_tokens: WORDS }, headers);
      const text = await response.text();
      const cost = Number(/"cost_usd":([\d.]+)/.exec(text)?.[1] ?? response.headers.get('x-mom-cost-usd') ?? 0);
      const code = /"code":"(\w+)"/.exec(text)?.[1] ?? null;
      return { status: response.status, code, cost, isWhole: i % 2 === 0 ? text.includes('[DONE]') : response.status === 200 };
    }),
  );
}

const CASES = [
  ['keyBudget', { serve: { keys: [{ name: 'ann', key: KEY, budget: { day: LIMIT } }] } }],
  ['dayBudget', { serve: { keys: [{ name: 'ann', key: KEY }] }, config: { budget: { day: LIMIT } } }],
] as const;

describe('a budget that many requests race for', () => {
  it.each(CASES.map(([name, options]) => [fault(name), options] as const))('%s', async (_fault, options) => {
    const mom = await operate({ ...options, finished });
    const answers = await race(mom, 100, { 'x-api-key': KEY });
    const spent = answers.reduce((sum, { cost }) => sum + cost, 0);
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(LIMIT + WORD + 1e-9);
    for (const { status, code, isWhole } of answers) {
      if (!isWhole) expect([status === 200 || status === 402, code]).toEqual([true, 'cost_cap']);
    }
    expect(answers.some(({ isWhole }) => isWhole)).toBe(true);
    const late = await race(mom, 2, { 'x-api-key': KEY });
    const { stderr } = await mom.stop();
    const told = logLines(stderr).reduce((sum, { cost_usd: cost }) => sum + ((cost as number | undefined) ?? 0), 0);
    expect(told).toBeCloseTo(spent + late.reduce((sum, { cost }) => sum + cost, 0), 9);
  });

  it(fault('outgrown'), async () => {
    const mom = await operate({
      serve: { keys: [{ name: 'ann', key: KEY, budget: { day: LIMIT } }] },
      mixtures: { growing: { strategy: 'single', critic: MODEL.replace('tps=400', 'tps=10'), expected_output: 5 } },
      finished,
    });
    const streams = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const response = await mom.ask({ model: 'mom/growing', stream: true }, { 'x-api-key': KEY });
        return response.ok ? readStream(await response.text()) : null;
      }),
    );
    const begun = streams.filter((stream) => stream !== null);
    const words = begun.reduce((sum, { content }) => sum + content.split(' ').filter((word) => word !== '').length, 0);
    const stopped = begun.filter(({ isWhole }) => !isWhole);
    // What is on its way when a call is stopped can't be called back: here a word comes every 100 ms.
    expect(words).toBeGreaterThan(LIMIT / WORD / 2);
    expect(words).toBeLessThanOrEqual(LIMIT / WORD + 2 * stopped.length);
    for (const { error } of stopped) expect(error).toMatchObject({ code: 'cost_cap' });
    await until(() => mom.sandbox.stats().active === 0, 'the end of the calls');
    const late = await mom.ask({ model: 'mom/growing', stream: true }, { 'x-api-key': KEY });
    expect([late.status, await late.text()]).toEqual([402, expect.stringContaining('"code":"cost_cap"')]);
    await mom.stop();
  });

  it(fault('killed'), async () => {
    const serve = { keys: [{ name: 'ann', key: KEY, budget: { day: LIMIT } }] };
    const options = { serve, env: { MOM_SERVE_KEY: 'key-of-the-operator' }, finished };
    const first = await operate(options);
    const port = String(first.port);
    const [paid] = await race(first, 1, { 'x-api-key': KEY });
    expect(paid).toMatchObject({ status: 200, cost: WORDS * WORD });
    const hanging = first.ask({ model: `sandbox/hang,in=0,out=${WORD * 1e6}`, stream: true, max_tokens: WORDS }, { 'x-api-key': KEY });
    await hanging;
    await until(() => first.sandbox.stats().active === 1, 'a call');
    expect(await first.stop('SIGKILL')).toMatchObject({ status: null, signal: 'SIGKILL' });
    await until(() => first.sandbox.stats().active === 0, 'its end');

    const second = await operate({ ...options, before: first, args: ['--port', port] });
    expect(second.port).toBe(Number(port));
    // Paid is one answer, set aside the call that hung: nobody knows what it has cost.
    expect(await second.metric('mom_budget_left_usd{budget="ann day"}')).toBeCloseTo(LIMIT - 2 * WORDS * WORD, 9);
    const answers = await race(second, 20, { 'x-api-key': KEY });
    const spent = answers.reduce((sum, { cost }) => sum + cost, paid?.cost ?? 0);
    expect(spent).toBeLessThanOrEqual(LIMIT + WORD + 1e-9);
    expect(answers.some(({ isWhole }) => isWhole)).toBe(true);
    expect(answers.some(({ status }) => status === 402)).toBe(true);
    await second.stop();
  });
});
