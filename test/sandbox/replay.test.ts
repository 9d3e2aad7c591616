import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createClient } from '../../src/client/index.js';
import type { Exchange } from '../../src/core/exchange.js';
import { DEFAULT_TIMEOUTS } from '../../src/core/limits.js';
import type { Message } from '../../src/core/message.js';
import { criticPrompt } from '../../src/engine/synthesis/critic-prompt.js';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { start } from './support.js';

const folder = mkdtempSync(path.join(tmpdir(), 'mom-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const QUESTION: Message[] = [{ role: 'user', content: 'What is it?' }];
const A = { label: 'A1', proposalId: 'a', text: 'so it is 5', omitted: 0 };
const B = { label: 'B1', proposalId: 'b', text: 'it is 5', omitted: 0 };

interface Asked {
  model: string;
  messages?: Message[];
}

/** Asks through the real client, one after the other: the text of each answer, or the code of its error; and the traffic. */
async function talk(options: SandboxOptions, calls: Asked[]): Promise<{ answers: string[]; exchanges: Exchange[] }> {
  const sandbox = await startSandbox(options);
  const exchanges: Exchange[] = [];
  const provider = {
    name: 'p',
    dialect: 'openrouter',
    baseUrl: sandbox.url,
    apiKey: 'x',
    needsKey: true,
    headers: {},
    extraBody: {},
  } as const;
  const client = createClient({
    providers: [{ ...provider, privacy: {}, attribution: false }],
    env: {},
    random: () => 0,
    onExchange: (exchange) => exchanges.push(exchange),
  });
  const answers: string[] = [];
  for (const { model, messages = QUESTION } of calls) {
    let text = '';
    try {
      const events = client.call({
        provider: 'p',
        model,
        messages,
        params: {},
        tools: null,
        format: null,
        stable: null,
        extraBody: {},
        privacy: {},
        timeouts: DEFAULT_TIMEOUTS,
        retries: 1,
        maxRetryAfter: null,
        canRestart: () => true,
        signal: new AbortController().signal,
      });
      for await (const event of events) {
        if (event.type === 'restart') text = '';
        if (event.type === 'text') text += event.text;
      }
      answers.push(text);
    } catch (error) {
      answers.push(`error ${(error as { code?: string }).code}`);
    }
  }
  client.close();
  await sandbox.close();
  return { answers, exchanges };
}

function keep(name: string, exchanges: readonly Exchange[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, exchanges.map((exchange) => `${JSON.stringify(exchange)}\n`).join(''));
  return file;
}

it('gives what was recorded, faults and retries too, run after run', async () => {
  const calls = ['sandbox/say=one%20two', 'sandbox/fail=1,say=three', 'sandbox/cut=400,len=40', 'sandbox/e402'].map((model) => ({ model }));
  const first = await talk({}, calls);
  expect(first.answers).toEqual(['one two', 'three', 'error stream_broken', 'error no_credit']);
  expect(first.exchanges.map(({ response }) => [response.status, response.broken])).toEqual([
    [200, false],
    [503, false],
    [200, false],
    [200, true],
    [200, true],
    [402, false],
  ]);
  const again = await talk({ replay: keep('faults.jsonl', first.exchanges) }, [...calls, ...calls]);
  expect(again.answers).toEqual([...first.answers, ...first.answers]);
});

it('knows a critic by its candidates, whatever their nonce, labels and order', async () => {
  const critic = (nonce: string, candidates = [A, B], question = QUESTION): Asked => ({
    model: 'sandbox/critic',
    messages: [...criticPrompt(question, candidates, () => nonce).messages],
  });
  const { exchanges, answers } = await talk({}, [critic('n-one')]);
  expect(answers).toEqual(['so it is 5']);
  const others = [
    critic('n-one'),
    critic('n-two', [B, A]),
    critic('n-three', [
      { ...A, label: 'B1' },
      { ...B, label: 'A1' },
    ]),
    critic('n-four', [A, { ...B, text: 'it is 6' }]),
    critic('n-five', [A, B], [{ role: 'user', content: 'What else is it?' }]),
    { model: 'sandbox/critic' },
  ];
  const missing = 'error model_unknown';
  expect((await talk({ replay: keep('critic.jsonl', exchanges) }, others)).answers).toEqual([
    'so it is 5',
    'so it is 5',
    'so it is 5',
    missing,
    missing,
    missing,
  ]);
});

it('keeps the pace of the recording', async () => {
  const { exchanges } = await talk({}, [{ model: 'sandbox/say=one,ttft=120' }]);
  const started = performance.now();
  await talk({ replay: keep('pace.jsonl', exchanges) }, [{ model: 'sandbox/say=one,ttft=120' }]);
  expect(performance.now() - started).toBeGreaterThan(100);
});

it('names the line that is no exchange', async () => {
  const file = path.join(folder, 'broken.jsonl');
  writeFileSync(file, '\n{"request":{}}\n');
  await expect(start({ replay: file })).rejects.toMatchObject({
    code: 'input_invalid',
    message: `recording of exchanges ${file}, line 2: not {request, response}`,
  });
});
