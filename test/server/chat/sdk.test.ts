import OpenAI, { APIError } from 'openai';
import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import { mixture } from '../../support/mixture.js';
import { answers, refuses, type Step } from '../../support/scripted-client.js';
import { type WorldOptions, world } from './support.js';

const PANEL = { a: answers('forty-two', 100), b: answers('42', 200), c: answers('It is 42.', 50) };
const QUESTION = { model: 'mom', messages: [{ role: 'user' as const, content: 'What is 6 x 7?' }] };

/** The official library before a gateway, without a socket between them. */
function sdk(options: WorldOptions, maxRetries = 0) {
  const made = world(options);
  const statuses: number[] = [];
  const openai = new OpenAI({
    apiKey: 'any',
    baseURL: 'http://gateway.test/v1',
    maxRetries,
    fetch: async (url, init) => {
      const response = await made.handle(new Request(url as string, init as RequestInit));
      statuses.push(response.status);
      // How long the library is asked to wait is no matter here.
      if (response.headers.has('retry-after')) response.headers.set('retry-after-ms', '1');
      return response;
    },
  });
  return { ...made, openai, statuses };
}

describe('the official library', () => {
  it('reads a whole answer', async () => {
    const { openai, clock } = sdk({ scripts: PANEL });
    const answer = await clock.play(openai.chat.completions.create(QUESTION));
    expect(answer.choices[0]?.message.content).toBe('It is 42.');
    expect(answer.usage?.total_tokens).toBe(15);
    expect(answer).toMatchObject({ mom: { status: 'complete' } });
  });

  it('reads a stream with its usage', async () => {
    const { openai, clock } = sdk({ scripts: PANEL });
    const seen = await clock.play(
      (async () => {
        const chunks: OpenAI.ChatCompletionChunk[] = [];
        const stream = await openai.chat.completions.create({ ...QUESTION, stream: true, stream_options: { include_usage: true } });
        for await (const chunk of stream) chunks.push(chunk);
        return chunks;
      })(),
    );
    expect(seen.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('It is 42.');
    expect(seen.at(-1)?.usage?.completion_tokens).toBe(5);
  });

  it('reads a stream with its helper, which fails on a chunk without choices', async () => {
    const { openai, clock } = sdk({ scripts: PANEL });
    const stream = openai.chat.completions.stream(QUESTION);
    const answer = await clock.play(stream.finalChatCompletion());
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: 'It is 42.' } });
  });

  it('reads tool calls with its helper', async () => {
    const script: Step[] = [
      { type: 'tool_call', call: { id: 'call_1', name: 'read', arguments: '{"path":"a"}' } },
      { type: 'tool_call', call: { id: 'call_2', name: 'read', arguments: '{"path":"b"}' } },
      { type: 'finish', reason: 'tool_calls' },
    ];
    const { openai, clock } = sdk({ mixture: mixture([], ['c'], { strategy: 'single' }), scripts: { c: script } });
    const tools = [{ type: 'function' as const, function: { name: 'read', parameters: {} } }];
    const answer = await clock.play(openai.chat.completions.stream({ ...QUESTION, tools }).finalChatCompletion());
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    expect(answer.choices[0]?.message.tool_calls).toMatchObject([
      { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } },
      { id: 'call_2', type: 'function', function: { name: 'read', arguments: '{"path":"b"}' } },
    ]);
  });

  it('throws what went wrong in a stream, after the text that came', async () => {
    const broken: Step[] = [{ type: 'text', text: 'It is' }, { wait: 5 }, { fail: new MomError('stream_broken', 'the stream broke') }];
    const { openai, clock } = sdk({ scripts: { ...PANEL, c: broken } });
    let text = '';
    const read = async () => {
      for await (const chunk of await openai.chat.completions.create({ ...QUESTION, stream: true }))
        text += chunk.choices[0]?.delta.content ?? '';
    };
    const error = await clock.play(read().catch((thrown: unknown) => thrown));
    expect(text).toBe('It is');
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'stream_broken', type: 'server_error' });
  });

  it('asks again by itself where that can help, and not once money was spent', async () => {
    const limited = refuses('rate_limited', 429);
    const free = sdk({ scripts: { a: limited, b: limited, c: limited } }, 1);
    const error = await free.openai.chat.completions.create(QUESTION).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 503, code: 'rate_limited' });
    expect(free.statuses).toEqual([503, 503]);

    const paid: Step[] = [{ type: 'text', text: 'x' }, { fail: new MomError('stream_broken', 'it broke') }];
    const dear = sdk({ scripts: { a: paid, b: paid, c: paid } }, 1);
    await dear.clock.play(dear.openai.chat.completions.create(QUESTION).catch((thrown: unknown) => thrown));
    expect(dear.statuses).toEqual([502]);
  });

  it('that aborts closes every upstream call', async () => {
    const { openai, clock, client } = sdk({ scripts: { ...PANEL, c: [{ type: 'text', text: 'It is' }, { hang: true }] } });
    const read = async () => {
      const stream = await openai.chat.completions.create({ ...QUESTION, stream: true });
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    };
    await clock.play(read());
    await clock.play(Promise.resolve());
    expect(client.aborted).toEqual(['c']);
  });
});
