import { describe, expect, it } from 'vitest';
import { createThoughts } from '../../../src/client/answer/thoughts.js';
import { KEPT_THOUGHTS } from '../../../src/core/limits.js';
import type { Message } from '../../../src/core/message.js';
import type { Provider } from '../../../src/core/model.js';
import type { ToolCall, ToolOffer } from '../../../src/core/tool.js';
import { ask, client, data, good, type Seen, sse, stillClock, type Told, told, upstream } from '../support.js';

const OFFER: ToolOffer = { tools: [{ type: 'function', function: { name: 'read' } }], choice: undefined, parallel: undefined };
const OPENROUTER: Partial<Provider> = { dialect: 'openrouter' };

function chunk(delta: object, finish: string | null = null): string {
  return data({ choices: [{ index: 0, delta, finish_reason: finish }] });
}

function call(id: string, more: object = {}, name = 'read'): object {
  return { index: 0, id, type: 'function', function: { name, arguments: '{"path":"a"}' }, ...more };
}

const END = chunk({}, 'tool_calls') + data('[DONE]');

function calls({ events }: Told): ToolCall[] {
  return events.flatMap((event) => (event.type === 'tool_call' ? [event.call] : []));
}

/** The next turn of the loop, as a client sends it that has never seen a thought. */
function nextTurn(...made: readonly ToolCall[]): Message[] {
  return [
    { role: 'user', content: 'read a' },
    {
      role: 'assistant',
      content: null,
      tool_calls: made.map(({ id, name, arguments: text }) => ({ id, type: 'function', function: { name, arguments: text } })),
    },
    ...made.map(({ id }): Message => ({ role: 'tool', content: 'text of a', tool_call_id: id })),
  ];
}

function assistant(seen: Seen | undefined): Record<string, unknown> {
  const messages = seen?.body.messages as Record<string, unknown>[];
  return messages.find(({ role }) => role === 'assistant') ?? {};
}

/** An upstream that calls tools in its first answer, and a client that keeps thoughts. */
async function loop(first: string, provider: Partial<Provider> = {}, type: Record<string, string> = sse) {
  const thoughts = createThoughts();
  const up = await upstream((res, _, n) => (n === 1 ? res.writeHead(200, type).end(first) : good(res)));
  const model = 'google/gemini-3-pro';
  const one = client(up.url, provider, { thoughts });
  const made = calls(await told(one.call(ask({ model, tools: OFFER }))));
  return { up, one, made, model, thoughts };
}

const MOMS_OWN = expect.stringMatching(/^call_[0-9a-f]{24}$/);

describe('the thoughts before a tool call go back to the model that had them', () => {
  it('Gemini at Google: the signature beside the call', async () => {
    const signed = { extra_content: { google: { thought_signature: 'AY89a18Iw' } } };
    // Google tells each call whole, and signs the first of those made at once.
    const stream =
      chunk({ tool_calls: [call('function-call-1', signed)] }) + chunk({ tool_calls: [call('function-call-2', { index: 1 })] });
    const { up, one, made, model } = await loop(stream + END);
    expect(made.map(({ id }) => id)).toEqual([MOMS_OWN, MOMS_OWN]);
    await told(one.call(ask({ model, tools: OFFER, messages: nextTurn(...made) })));
    const [first, second] = nextTurn(...made)[1]?.tool_calls ?? [];
    expect(assistant(up.seen[1])).toEqual({ role: 'assistant', content: null, tool_calls: [{ ...first, ...signed }, second] });
  });

  it('Gemini at OpenRouter: encrypted details, under the id that the call goes by now', async () => {
    const encrypted = { type: 'reasoning.encrypted', data: 'Q2FuYXJ5', id: 'tool_0_read', format: 'google-gemini-v1', index: 0 };
    const summary = { type: 'reasoning.summary', summary: '**Reading', format: 'google-gemini-v1', index: 0 };
    const stream =
      chunk({ reasoning_details: [summary] }) +
      chunk({ reasoning_details: [{ ...summary, summary: ' the file**' }] }) +
      chunk({ tool_calls: [call('tool_0_read')], reasoning_details: [encrypted] });
    const { up, one, made, model } = await loop(stream + END, OPENROUTER);
    await told(one.call(ask({ model, tools: OFFER, messages: nextTurn(...made) })));
    expect(assistant(up.seen[1]).reasoning_details).toEqual([
      { ...summary, summary: '**Reading the file**' },
      { ...encrypted, id: made[0]?.id },
    ]);
  });

  it('Claude at OpenRouter: blocks in one piece each, signed', async () => {
    const text = { type: 'reasoning.text', format: 'anthropic-claude-v1' };
    const stream = [
      { ...text, text: 'Let', index: 0 },
      { ...text, text: ' me see.', signature: null, index: 0 },
      { ...text, signature: 'Et8BCmUIDxgC', index: 0 },
      { ...text, text: 'And then', index: 1 },
      { ...text, text: '', signature: 'ErUBCkYIBRgC', index: 1 },
    ].map((detail) => chunk({ reasoning_details: [detail] }));
    const { up, one, made, model } = await loop(stream.join('') + chunk({ tool_calls: [call('toolu_01')] }) + END, OPENROUTER);
    await told(one.call(ask({ model, tools: OFFER, messages: nextTurn(...made) })));
    expect(assistant(up.seen[1]).reasoning_details).toEqual([
      { ...text, text: 'Let me see.', signature: 'Et8BCmUIDxgC', index: 0 },
      { ...text, text: 'And then', signature: 'ErUBCkYIBRgC', index: 1 },
    ]);
  });

  it('DeepSeek: reasoning_content', async () => {
    const stream = chunk({ reasoning_content: 'I should ' }) + chunk({ reasoning_content: 'look.' }) + chunk({ tool_calls: [call('c')] });
    const { up, one, made, model } = await loop(stream + END);
    await told(one.call(ask({ model, tools: OFFER, messages: nextTurn(...made) })));
    expect(assistant(up.seen[1])).toMatchObject({ reasoning_content: 'I should look.', tool_calls: [{ id: made[0]?.id }] });
  });

  it('an answer that came whole, without a stream', async () => {
    const details = [{ type: 'reasoning.text', text: 'hm', signature: 's', index: 0 }];
    const message = { role: 'assistant', content: null, tool_calls: [call('c')], reasoning_details: details };
    const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
    const { up, one, made, model } = await loop(body, OPENROUTER, { 'content-type': 'application/json' });
    await told(one.call(ask({ model, tools: OFFER, messages: nextTurn(...made) })));
    expect(assistant(up.seen[1]).reasoning_details).toEqual(details);
  });

  it('calls of one answer that the client tells apart or leaves out have theirs only', async () => {
    const encrypted = (id: string) => ({ type: 'reasoning.encrypted', data: `of ${id}`, id, index: 0 });
    const stream = chunk({ tool_calls: [call('a'), call('b', { index: 1 })], reasoning_details: [encrypted('a'), encrypted('b')] });
    const { up, one, made, model } = await loop(stream + END, OPENROUTER);
    const [a, b] = made as [ToolCall, ToolCall];
    await told(one.call(ask({ model, tools: OFFER, messages: nextTurn(b) })));
    expect(assistant(up.seen[1]).reasoning_details).toEqual([{ ...encrypted('b'), id: b.id }]);
    await told(one.call(ask({ model, tools: OFFER, messages: [...nextTurn(a), ...nextTurn(b)] })));
    const turns = (up.seen[2]?.body.messages ?? []) as Record<string, unknown>[];
    expect(turns.filter(({ role }) => role === 'assistant').map(({ reasoning_details }) => reasoning_details)).toEqual([
      [{ ...encrypted('a'), id: a.id }],
      undefined,
    ]);
  });
});

describe('thoughts are for nobody else', () => {
  const THOUGHT = chunk({ reasoning_content: 'secret' }) + chunk({ tool_calls: [call('c')] }) + END;

  it('not for another model, another provider, or another address under the same name', async () => {
    const { up, one, made, thoughts } = await loop(THOUGHT);
    const messages = nextTurn(...made);
    await told(one.call(ask({ model: 'google/gemini-3-flash', tools: OFFER, messages })));
    const elsewhere = await upstream((res) => good(res));
    const model = 'google/gemini-3-pro';
    await told(client(elsewhere.url, {}, { thoughts }).call(ask({ model, tools: OFFER, messages })));
    await told(client(up.url, { name: 'other' }, { thoughts }).call(ask({ provider: 'other', model, tools: OFFER, messages })));
    for (const { body } of [...up.seen.slice(1), ...elsewhere.seen]) expect(body.messages).toEqual(messages);
    expect(up.seen).toHaveLength(3);
  });

  it('not in events, but as reasoning', async () => {
    const up = await upstream((res) =>
      res.writeHead(200, sse).end(THOUGHT.replace('"c"', '"c","extra_content":{"google":{"x":"SIGNED"}}')),
    );
    const { events } = await told(client(up.url, {}, { thoughts: createThoughts() }).call(ask({ tools: OFFER })));
    expect(JSON.stringify(events)).not.toContain('SIGNED');
    expect(JSON.stringify(events.filter(({ type }) => type !== 'reasoning'))).not.toContain('secret');
  });

  it('and not kept where nobody asked for it: calls have the ids that they came with', async () => {
    const up = await upstream((res, _, n) => (n === 1 ? res.writeHead(200, sse).end(THOUGHT) : good(res)));
    const one = client(up.url);
    const made = calls(await told(one.call(ask({ tools: OFFER }))));
    expect(made).toEqual([{ id: 'c', name: 'read', arguments: '{"path":"a"}' }]);
    await told(one.call(ask({ tools: OFFER, messages: nextTurn(...made) })));
    expect(up.seen[1]?.body.messages).toEqual(nextTurn(...made));
  });
});

describe('what is kept is bounded', () => {
  const WHOSE = { provider: { name: 'up', baseUrl: 'http://x' } as Provider, model: 'm' };
  const keep = (thoughts: ReturnType<typeof createThoughts>, text: string) =>
    thoughts.keep(WHOSE, [{ id: 'c', name: 'read', arguments: '{}' }], {
      details: [],
      fields: { reasoning_content: text },
      extras: [null],
    });
  const knows = (thoughts: ReturnType<typeof createThoughts>, made: readonly ToolCall[]) => {
    const messages = nextTurn(...made);
    return thoughts.putBack(WHOSE, messages) !== messages;
  };

  it('in time since its last use', () => {
    const clock = stillClock();
    const thoughts = createThoughts({ clock });
    const made = keep(thoughts, 'hm');
    clock.pass(KEPT_THOUGHTS.time - 1);
    expect(knows(thoughts, made)).toBe(true);
    clock.pass(KEPT_THOUGHTS.time - 1);
    expect(knows(thoughts, made)).toBe(true);
    clock.pass(KEPT_THOUGHTS.time + 1);
    expect(knows(thoughts, made)).toBe(false);
  });

  it('in characters: the oldest go first', () => {
    const thoughts = createThoughts();
    const text = 'x'.repeat(KEPT_THOUGHTS.characters / 4);
    const made = Array.from({ length: 5 }, () => keep(thoughts, text));
    expect(made.map((one) => knows(thoughts, one))).toEqual([false, false, true, true, true]);
  });

  it('the same id of a provider in two conversations is two', () => {
    const thoughts = createThoughts();
    const [one, other] = [keep(thoughts, 'one'), keep(thoughts, 'other')];
    expect(thoughts.putBack(WHOSE, nextTurn(...one))[1]).toMatchObject({ reasoning_content: 'one' });
    expect(thoughts.putBack(WHOSE, nextTurn(...other))[1]).toMatchObject({ reasoning_content: 'other' });
  });
});

describe('thoughts that are missed, or not wanted', () => {
  const MADE: ToolCall[] = [
    { id: 'a', name: 'read', arguments: '{}' },
    { id: 'b', name: 'read', arguments: '{}' },
  ];
  const UNSIGNED = 'skip_thought_signature_validator';

  /** An upstream that refuses the first request in these words. */
  async function refused(error: unknown, provider: Partial<Provider> = {}) {
    const up = await upstream((res, _, n) => {
      if (n === 1) res.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(error));
      else good(res);
    });
    const answer = await told(client(up.url, provider).call(ask({ tools: OFFER, messages: nextTurn(...MADE) })));
    return { answer, sent: up.seen.map(assistant) };
  }

  const MISSING =
    'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:read` , position 2.';

  it('Google: calls of another model are marked as such', async () => {
    const { answer, sent } = await refused([{ error: { code: 400, message: MISSING, status: 'INVALID_ARGUMENT' } }]);
    expect(answer).toMatchObject({ text: 'hi', error: null });
    const [a, b] = nextTurn(...MADE)[1]?.tool_calls ?? [];
    expect(sent[1]?.tool_calls).toEqual([{ ...a, extra_content: { google: { thought_signature: UNSIGNED } } }, b]);
    expect(answer.events).toContainEqual({
      type: 'warning',
      code: 'parameter_dropped',
      message: 'up does not take unsigned tool calls for openai/gpt-5: asked again with a mark that says so',
    });
  });

  it('OpenRouter: the same in its own form', async () => {
    const error = { message: 'Provider returned error', code: 400, metadata: { raw: `Upstream error: {"message": "${MISSING}"}` } };
    const { answer, sent } = await refused({ error }, OPENROUTER);
    expect(answer).toMatchObject({ text: 'hi', error: null });
    const mark = { type: 'reasoning.encrypted', data: UNSIGNED, format: 'google-gemini-v1' };
    expect(sent[1]?.reasoning_details).toEqual([
      { ...mark, id: 'a', index: 0 },
      { ...mark, id: 'b', index: 1 },
    ]);
  });

  it('DeepSeek: empty ones', async () => {
    const message = 'The `reasoning_content` in the thinking mode must be passed back to the API.';
    const { answer, sent } = await refused({ error: { message, type: 'invalid_request_error' } });
    expect(answer).toMatchObject({ text: 'hi', error: null });
    expect(sent[1]).toMatchObject({ reasoning_content: '', tool_calls: [{ id: 'a' }, { id: 'b' }] });
  });

  it('a signature that is not believed: once more without any', async () => {
    const error = { error: { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' } };
    const thoughts = createThoughts();
    const stream = chunk({ reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 'of another' }], tool_calls: [call('c')] });
    const up = await upstream((res, _, n) => {
      if (n === 2) res.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(error));
      else if (n === 1) res.writeHead(200, sse).end(stream + END);
      else good(res);
    });
    const one = client(up.url, OPENROUTER, { thoughts });
    const made = calls(await told(one.call(ask({ tools: OFFER }))));
    const answer = await told(one.call(ask({ tools: OFFER, messages: nextTurn(...made) })));
    expect(answer).toMatchObject({ text: 'hi', error: null });
    expect(assistant(up.seen[1])).toHaveProperty('reasoning_details');
    expect(up.seen[2]?.body.messages).toEqual(nextTurn(...made));
  });

  it('nothing is mended twice, or where there is nothing to mend', async () => {
    const up = await upstream((res) =>
      res.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: MISSING } })),
    );
    const answer = await told(client(up.url).call(ask({ tools: OFFER, messages: nextTurn(...MADE) })));
    expect(answer.error).toMatchObject({ code: 'request_refused' });
    expect(up.seen).toHaveLength(2);
    await told(client(up.url).call(ask()));
    expect(up.seen).toHaveLength(3);
  });
});
