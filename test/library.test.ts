import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMom, isMomError, type Message, type MomOptions, type Run, type RunEvent, type ToolOffer } from '../src/index.js';
import { ROOT } from './house/source-files.js';

const exec = promisify(execFile);

afterEach(() => vi.unstubAllEnvs());

/** A folder that is home and working directory at once, with nothing in it. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mom-library-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '.git'));
  return folder;
}

function makeMom(options: MomOptions = {}) {
  const folder = emptyFolder();
  const mom = createMom({ env: {}, cwd: folder, home: folder, ...options });
  onTestFinished(() => mom.close());
  return { mom, folder };
}

const inSandbox = (options: MomOptions = {}) => makeMom({ sandbox: {}, ...options }).mom;
const PAIR = { models: ['sandbox/say=one', 'sandbox/say=two'], critics: ['sandbox/say=both'] };
/** One model that answers at once and one that never does; both are waited for. */
const STUCK = { models: ['sandbox/say=one', 'sandbox/hang'], critics: ['sandbox/say=both'], quorum: 2 };

async function all(run: Run): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events) events.push(event);
  return events;
}

async function rejection(run: Run) {
  const error: unknown = await run.result.then(
    () => expect.unreachable(),
    (reason) => reason,
  );
  if (!isMomError(error)) throw error;
  return { code: error.code, message: error.message, hint: error.hint };
}

describe('a run', () => {
  it('tells what happens as it happens and what became of it', async () => {
    const run = inSandbox({ choice: PAIR }).ask('How many?');
    const events = await all(run);
    const result = await run.result;
    expect(result).toMatchObject({ status: 'complete', answer: 'both', answer_source: 'critic', error: null });
    expect(result.proposals.map((proposal) => proposal.text)).toEqual(['one', 'two']);
    expect([events[0]?.type, events.at(-1)]).toEqual(['run.start', expect.objectContaining({ type: 'run.end', result })]);
  });

  it('lets the critic call tools, and goes on with what they said', async () => {
    const parameters = { type: 'object', properties: { path: { type: 'string' } } };
    const tools: ToolOffer = { tools: [{ type: 'function', function: { name: 'read', parameters } }], choice: 'auto', parallel: undefined };
    const turns = encodeURIComponent(JSON.stringify([{ calls: [{ name: 'read', arguments: { path: 'a' } }] }, { say: 'It says alpha.' }]));
    // Models that take no history with tools unless they get tools.
    const models = ['sandbox/say=one,needtools', 'sandbox/say=two,needtools'];
    const mom = inSandbox({ choice: { models, critics: [`sandbox/turns=${turns}`] } });
    const question: Message = { role: 'user', content: 'What is in a?' };
    const run = mom.ask([question], { tools });
    const called = (await all(run)).flatMap((event) => (event.type === 'answer.tool_call' ? event.call : []));
    const first = await run.result;
    expect(first).toMatchObject({
      status: 'complete',
      answer: null,
      finish_reason: 'tool_calls',
      tool_calls: [{ name: 'read', arguments: '{"path":"a"}' }],
    });
    expect(called).toEqual(first.tool_calls);
    const calls = first.tool_calls.map(({ id, name, arguments: args }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: args },
    }));
    const result: Message = { role: 'tool', tool_call_id: calls[0]?.id ?? '', content: 'alpha' };
    const talk: Message[] = [question, { role: 'assistant', content: null, tool_calls: calls }, result];
    const next = await mom.ask(talk, { tools }).result;
    expect([next.status, next.answer, next.tool_calls, next.proposals]).toEqual(['complete', 'It says alpha.', [], []]);
    const last = await mom.ask([...talk, { role: 'assistant', content: next.answer }, question], { tools }).result;
    expect([last.status, last.proposals.map(({ text }) => text), last.tool_calls.length]).toEqual(['complete', ['one', 'two'], 1]);
    expect(last.tool_calls[0]?.id).not.toBe(calls[0]?.id);
  });

  it('checks the form of an answer', async () => {
    const ask = (model: string) => inSandbox().ask('As JSON?', { choice: { models: [model] }, format: { type: 'json_object' } }).result;
    expect(await ask('sandbox/json')).toMatchObject({ status: 'complete', error: null });
    expect(await ask('sandbox/say=no')).toMatchObject({ status: 'failed', error: { code: 'schema_mismatch' } });
  });

  it('gives a stored answer again, asks anew, or does without, where a cache is configured', async () => {
    const overrides = [{ path: 'cache.ttl', value: '1h', flag: 'the test' }];
    const mom = inSandbox({ choice: { models: ['sandbox/say=one'] }, overrides });
    const source = async (cache?: 'use' | 'refresh' | 'off') => (await mom.ask('q', cache ? { cache } : {}).result).answer_source;
    expect([await source(), await source(), await source('refresh'), await source('off')]).toEqual(['critic', 'cache', 'critic', 'critic']);
  });

  it('takes a conversation', async () => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Say it.' },
    ];
    const run = inSandbox({ choice: { models: ['sandbox/echo'] } }).ask(messages);
    expect(await run.result).toMatchObject({ status: 'complete', strategy: 'single', answer: 'Say it.' });
    expect((await all(run))[0]).toMatchObject({ type: 'run.start', messages });
  });

  it('takes a conversation as it is when asked, also one that the program goes on writing', async () => {
    const history: Message[] = [
      { role: 'user', content: 'What is in a?' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'alpha' },
    ];
    const mom = inSandbox({ choice: PAIR });
    const asked = async (run: Run) =>
      (await all(run)).flatMap((event) => (event.type === 'call.start' ? [JSON.stringify(event.messages)] : []));
    const first = mom.ask(history);
    history.push({ role: 'user', content: 'And in b?' });
    const before = await asked(first);
    const after = await asked(mom.ask(history));
    // What a tool said goes to one model alone, a new question to all.
    expect(before.map((messages) => messages.includes('And in b?'))).toEqual([false]);
    expect(after.map((messages) => messages.includes('And in b?'))).toEqual([true, true, true]);
  });

  it('gives every reader all events, also one that comes when it is over', async () => {
    const run = inSandbox({ choice: PAIR }).ask('How many?');
    const [first, second] = await Promise.all([all(run), all(run)]);
    expect(second).toEqual(first);
    expect(await all(run)).toEqual(first);
  });

  it('is not held up by a reader that stops reading', async () => {
    const run = inSandbox({ choice: PAIR }).ask('How many?');
    const reader = run.events[Symbol.asyncIterator]();
    expect((await reader.next()).value).toMatchObject({ type: 'run.start' });
    expect((await run.result).status).toBe('complete');
    expect((await reader.next()).value).toMatchObject({ type: 'call.start' });
  });

  it('takes its mixture and its seed from the question', async () => {
    const mom = inSandbox({ choice: PAIR });
    const [asked, usual] = [mom.ask('q', { choice: { models: ['sandbox/say=other'] }, seed: 7 }), mom.ask('q')];
    expect(await asked.result).toMatchObject({ strategy: 'fuse', answer: 'other', seed: 7 });
    expect(await usual.result).toMatchObject({ strategy: 'fuse', answer: 'both' });
  });

  it('answers a recorded question with what was recorded', async () => {
    const [line = ''] = readFileSync(join(ROOT, 'recorded', 'gsm8k.jsonl'), 'utf8').split('\n');
    const { question, answers } = JSON.parse(line);
    const recorded = [join(ROOT, 'recorded', 'gsm8k.jsonl')];
    const run = inSandbox({ sandbox: { recorded }, choice: { models: ['recorded/gpt-4-1106-preview'] } }).ask(question);
    expect((await run.result).answer).toBe(answers['gpt-4-1106-preview'].text);
  });

  it('reports the failure of all models as a result', async () => {
    const run = inSandbox({ choice: { models: ['sandbox/e401', 'sandbox/e401'], critics: ['sandbox/e401'] } }).ask('q');
    expect(await run.result).toMatchObject({ status: 'failed', answer: null, error: { code: 'key_refused' } });
  });
});

describe('cancelling', () => {
  it.each(['abort()', 'a signal'])('with %s ends the run at once and keeps what was paid for', async (way) => {
    const controller = new AbortController();
    const run = inSandbox({ choice: STUCK }).ask('q', { signal: controller.signal });
    let abortedAt = 0;
    for await (const event of run.events) {
      if (event.type !== 'call.end' || abortedAt > 0) continue;
      abortedAt = performance.now();
      if (way === 'abort()') run.abort();
      else controller.abort();
    }
    const result = await run.result;
    expect(performance.now() - abortedAt).toBeLessThan(2000);
    expect(result).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
    expect(result.proposals.map(({ status, text }) => [status, text])).toEqual([
      ['answered', 'one'],
      ['cancelled', null],
    ]);
  });

  it('before the start asks nobody', async () => {
    const run = inSandbox({ choice: STUCK }).ask('q', { signal: AbortSignal.abort() });
    const result = await run.result;
    expect(result.status).toBe('cancelled');
    expect(result.proposals.filter((proposal) => proposal.attempts > 0)).toEqual([]);
  });
});

describe('a run that cannot start', () => {
  it('without a key says so, and looks only into the environment it was given', async () => {
    vi.stubEnv('OPENROUTER_API_KEY', 'not for this one');
    const run = makeMom().mom.ask('q');
    expect(await all(run)).toEqual([]);
    const { code, message, hint } = await rejection(run);
    expect([code, message]).toEqual(['key_missing', 'no API key is set']);
    expect(hint).toContain('set OPENROUTER_API_KEY');
  });

  it('names what is wrong with the choice', async () => {
    expect(await rejection(inSandbox({ choice: { mixture: 'fats' } }).ask('q'))).toEqual({
      code: 'usage',
      message: "there is no mixture 'fats'",
      hint: "did you mean 'fast'? there are: default, fast, best, local, self",
    });
  });

  it('does not spoil the next one', async () => {
    const { mom, folder } = makeMom({ sandbox: {}, choice: PAIR });
    writeFileSync(join(folder, 'mom.config.yaml'), 'quorom: 1\n');
    expect(await rejection(mom.ask('q'))).toMatchObject({ code: 'config_invalid' });
    writeFileSync(join(folder, 'mom.config.yaml'), 'log: false\n');
    expect((await mom.ask('q').result).status).toBe('complete');
  });
});

it('a warning from before the run is part of the result and of the last event', async () => {
  const { mom } = makeMom({
    overrides: [{ path: 'providers.openai', value: { base_url: 'http://127.0.0.1:9/v1', api_key: 'k' }, flag: '--set' }],
    choice: { retries: 0 },
  });
  const run = mom.ask('q');
  const result = await run.result;
  expect(result.warnings[0]?.message).toMatch(/openai/i);
  expect((await all(run)).at(-1)).toMatchObject({ type: 'run.end', result });
});

it('the example of the docs runs', async () => {
  const folder = emptyFolder();
  const env = { PATH: process.env.PATH, HOME: folder };
  const { stdout, stderr } = await exec(process.execPath, [join(ROOT, 'docs', 'examples', 'library.mjs')], { cwd: folder, env });
  expect(stdout).toMatch(/no model was asked[^\n]*\ncomplete, 4 calls, 0 US dollars\n$/);
  expect(stderr.trimEnd().split('\n').sort()).toEqual([
    '~anthropic/claude-opus-latest: answered',
    '~anthropic/claude-sonnet-latest: answered',
    '~google/gemini-pro-latest: answered',
    '~openai/gpt-latest: answered',
  ]);
});
