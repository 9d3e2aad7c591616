import { describe, expect, it } from 'vitest';
import { type Json, start, whole } from './support.js';

async function says(model: string, question: string, seed = 1, body: Record<string, unknown> = {}): Promise<string> {
  const { body: answer } = await whole(await start({ seed }), model, question, body);
  return answer.choices[0].message.content;
}

function pair(a: string, b: string, task = 'A, B or T'): string {
  return `Which?\n\n<candidate A n0nce>\n${a}\n</candidate A n0nce>\n\n<candidate B n0nce>\n${b}\n</candidate B n0nce>\n\n---\nReply ${task}`;
}

const GOOD = '[simulated, quality 2.000] good';
const BAD = '[simulated, quality -1.500] bad';

describe('solver', () => {
  it.each([
    ['What is 12 + 30?', '12 + 30 = 42'],
    ['What is 12 - 30?', '12 - 30 = -18'],
    ['What is -12 * 3?', '-12 * 3 = -36'],
    ['Compute 999999999 × 999999999', '999999999 × 999999999 = 999999998000000001'],
  ])('%s', async (question, sum) => {
    expect(await says('sandbox/solver', question)).toBe(`[simulated answer of sandbox/solver - no model was asked] ${sum}`);
  });

  it('says that it is simulated where there is nothing to solve', async () => {
    expect(await says('sandbox/solver', 'Who are you?')).toBe(
      '[simulated answer of sandbox/solver - no model was asked] This text is filler and says nothing about the question.',
    );
  });

  it('is right as often as it is told, and a little off otherwise', async () => {
    const sandbox = await start({ seed: 3 });
    let right = 0;
    for (let i = 0; i < 400; i++) {
      const { body } = await whole(sandbox, 'sandbox/solver,right=0.7', `What is ${i} + 1000?`);
      const result = Number(/= (-?\d+)$/.exec(body.choices[0].message.content)?.[1]);
      expect(Math.abs(result - i - 1000)).toBeLessThanOrEqual(9);
      if (result === i + 1000) right += 1;
    }
    // Three standard errors of 400 draws.
    expect(Math.abs(right / 400 - 0.7)).toBeLessThan(0.07);
  });

  it('depends on the seed, the model and the question, and on nothing else', async () => {
    const all = async (seed: number, model: string) =>
      Promise.all(Array.from({ length: 20 }, (_, i) => says(model, `What is ${i} + 1?`, seed)));
    const before = await all(1, 'sandbox/solver,right=.5');
    expect(await all(1, 'sandbox/solver,right=.5')).toEqual(before);
    expect(await all(2, 'sandbox/solver,right=.5')).not.toEqual(before);
  });
});

describe('talker', () => {
  it('marks its text with a quality around its skill', async () => {
    const sandbox = await start();
    const qualities: number[] = [];
    const words: number[] = [];
    for (let i = 0; i < 400; i++) {
      const { body } = await whole(sandbox, 'sandbox/talker,skill=-1.5,words=40', `Question ${i}`);
      const [, quality, text = ''] = /^\[simulated, quality (-?\d+\.\d{3})\] (.+)$/.exec(body.choices[0].message.content) ?? [];
      qualities.push(Number(quality));
      words.push(text.split(' ').length);
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(mean(qualities.map((value) => (value - mean(qualities)) ** 2)));
    expect(Math.abs(mean(qualities) + 1.5)).toBeLessThan(0.15);
    expect(Math.abs(spread - 1)).toBeLessThan(0.11);
    expect(Math.abs(mean(words) - 40)).toBeLessThan(2);
  });
});

describe('judge', () => {
  it.each([
    ['sandbox/judge,tie=1', pair(GOOD, BAD), 'A'],
    ['sandbox/judge,tie=1', pair(BAD, GOOD), 'B'],
    ['sandbox/judge,tie=4', pair(GOOD, BAD), 'T'],
    ['sandbox/judge,first=20', pair(BAD, GOOD), 'A'],
    ['sandbox/judge,first=-20', pair(GOOD, BAD), 'B'],
    ['sandbox/judge,long=20', pair(GOOD, `${BAD} and much longer`), 'B'],
    [
      'sandbox/judge',
      pair(GOOD, BAD, 'WHY: reason'),
      'WHY: [simulated] The better answer is marked with the quality 2.000, the other one with -1.500.',
    ],
  ])('%s compares', async (model, question, expected) => {
    expect(await says(model, question, 1, { logprobs: true })).toBe(expected);
  });

  it('tells the probability of its letter', async () => {
    const { body } = await whole(await start(), 'sandbox/judge', pair(BAD, GOOD), { logprobs: true });
    const [token]: Json = body.choices[0].logprobs.content;
    expect(token.token).toBe('B');
    expect(Math.exp(token.logprob)).toBeCloseTo(1 / (1 + Math.exp(-3.5)), 12);
  });

  it('draws its letter where no probability is asked for', async () => {
    const sandbox = await start({ seed: 2 });
    let first = 0;
    for (let i = 0; i < 400; i++) {
      const { body } = await whole(sandbox, 'sandbox/judge', pair(`[simulated, quality 1.000] ${i}`, `[simulated, quality 0.000] ${i}`));
      if (body.choices[0].message.content === 'A') first += 1;
    }
    expect(Math.abs(first / 400 - 1 / (1 + Math.exp(-1)))).toBeLessThan(0.067);
  });

  it('answers anything else as any simulated model does', async () => {
    expect(await says('sandbox/judge', 'Hello')).toContain('This text is filler');
  });

  it('stands in for real models too', async () => {
    expect(await says('openai/gpt-5', pair('The answer is 41.', 'I do not know.'))).toBe('A');
    expect(await says('openai/gpt-5', pair('no', 'The answer is 41.', 'WHY: reason'))).toMatch(/^WHY: \[simulated\] /);
  });
});

it('talks rubbish until it is cured', async () => {
  const sandbox = await start();
  const model = 'sandbox/judge,rubbish,fail=1';
  const ask = async () => (await whole(sandbox, model, pair(GOOD, BAD), { logprobs: true })).body.choices[0].message.content;
  expect(await ask()).toBe('[simulated rubbish] Seventeen green ideas sleep on the shelf.');
  expect(await ask()).toBe('A');
});

it.each(['solver,right=1.5', 'solver,right=-0.5', 'talker,skill=x', 'talker,skill=-', 'talker,words=-1', 'judge,tie=-1', 'judge=1'])(
  'does not know %s',
  async (items) => {
    expect((await whole(await start(), `sandbox/${items}`)).status).toBe(400);
  },
);
