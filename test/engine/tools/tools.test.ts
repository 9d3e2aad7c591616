import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import { type Message, messageText } from '../../../src/core/message.js';
import type { Mixture } from '../../../src/core/mixture.js';
import type { RunRequest } from '../../../src/core/run.js';
import { OFFER, toolCall } from '../../support/agent.js';
import { member, mixture } from '../../support/mixture.js';
import { type Played, play, shown } from '../../support/run-engine.js';
import { answers, callsTools, refuses, type Step } from '../../support/scripted-client.js';

const ONE = [toolCall('call_1')];
const TWO = [toolCall('call_1'), toolCall('call_2', 'edit_file', { text: 'b' })];
const PANEL = { a: answers('I would read a.txt.'), b: answers('read_file') };

function act(scripts: Record<string, readonly Step[]>, request: Partial<RunRequest> = {}, more: Partial<Mixture> = {}) {
  const critics = ['critic', 'other'].filter((name) => scripts[name]);
  return play(mixture(['a', 'b'], critics, more), { ...PANEL, ...scripts }, { tools: OFFER, ...request });
}

/** What went out of the answer, in order. */
const told = ({ events }: Played) =>
  events.flatMap((event) => {
    if (event.type === 'answer.start') return [`from ${event.source}`];
    if (event.type === 'answer.delta') return [event.text];
    return event.type === 'answer.tool_call' ? [`${event.index}: ${event.call.id} ${event.call.name}`] : [];
  });
const warned = ({ result }: Played) => result.warnings.map(({ code, message }) => `${code}: ${message}`);
const asked = ({ client }: Played) => client.requests.map(({ model }) => model);
const sentTo = ({ client }: Played, model: string) => client.requests.find((request) => request.model === model);

describe.each([false, true])('an answer that wants tools called, shown while it is written: %s', (stream) => {
  it('tells its text first, then each call', async () => {
    const played = await act({ critic: callsTools(TWO, { text: 'I look.' }) }, { stream });
    expect(told(played)).toEqual(['from critic', 'I look.', '0: call_1 read_file', '1: call_2 edit_file']);
    expect(played.result).toMatchObject({
      status: 'complete',
      answer: 'I look.',
      tool_calls: TWO,
      finish_reason: 'tool_calls',
      warnings: [],
    });
    expect(played.result.critic?.tool_calls).toEqual(TWO);
  });

  it.each(['', ' \n'])('begins without a text where it has none: %j', async (text) => {
    const played = await act({ critic: callsTools(ONE, { text }) }, { stream });
    expect(told(played)).toEqual(['from critic', '0: call_1 read_file']);
    expect(played.result).toMatchObject({ status: 'complete', answer: null, tool_calls: ONE, answer_source: 'critic' });
  });

  it('ends with tool_calls, whatever the provider says', async () => {
    const played = await act({ critic: callsTools(ONE, { finish: 'stop' }) }, { stream });
    expect([played.result.finish_reason, played.result.critic?.finish_reason]).toEqual(['tool_calls', 'tool_calls']);
  });

  it('of a critic that dies in the middle of a call is none: the next one takes over', async () => {
    const dying: Step[] = [{ type: 'tool_delta', text: '{"pa' }, { fail: new MomError('stream_broken', 'critic: cut') }];
    const played = await act({ critic: dying, other: callsTools([toolCall('x')]) }, { stream });
    expect(told(played)).toEqual(['from critic', '0: x read_file']);
    expect([played.result.status, warned(played)]).toEqual(['degraded', ['writer_failed: critic could not write the answer: critic: cut']]);
  });

  it('with calls that nobody can carry out is none: the next one takes over', async () => {
    const played = await act({ critic: callsTools([...ONE, toolCall('x', 'edit_file', '{"text":')]), other: answers('done') }, { stream });
    expect([told(played), played.result.tool_calls, played.result.status]).toEqual([['from critic', 'done'], [], 'degraded']);
    const why = "called the tool 'edit_file' with arguments that are no JSON object";
    expect(warned(played)).toEqual([`writer_failed: critic could not write the answer: it ${why}`]);
    expect(played.result.calls.find(({ id }) => id === 'c1')).toMatchObject({
      status: 'failed',
      tool_calls: [],
      error: { code: 'bad_response', message: `critic ${why}`, hint: 'ask again, or name a critic that is better at calling tools' },
      cost_usd: 0.01,
    });
  });

  it('has what was called after a new attempt only', async () => {
    const error = { code: 'stream_broken' as const, message: 'cut', hint: null, status: null };
    const steps = callsTools([toolCall('first')]).slice(0, -2);
    const played = await act({ critic: [...steps, { type: 'restart', attempt: 1, error, delayMs: 0 }, ...callsTools(ONE)] }, { stream });
    expect([told(played), played.result.status]).toEqual([['from critic', '0: call_1 read_file'], 'complete']);
  });

  it('of no critic that can leaves the best proposal', async () => {
    const played = await act({ critic: callsTools([toolCall('x', '')]) }, { stream });
    expect(played.result).toMatchObject({ status: 'degraded', answer_source: 'proposal:p1', tool_calls: [] });
    expect(warned(played)[0]).toBe('writer_failed: critic could not write the answer: it called a tool without naming it');
  });
});

describe('an answer whose text is out already', () => {
  it('is cut off where its critic dies in a call, and calls nothing', async () => {
    const dying: Step[] = [
      { type: 'text', text: 'I look.' },
      { type: 'tool_delta', text: '{' },
      { fail: new MomError('stream_broken', 'cut') },
    ];
    const played = await act({ critic: dying, other: answers('done') }, { stream: true });
    expect([told(played), played.result.status, played.result.answer]).toEqual([['from critic', 'I look.'], 'failed', 'I look.']);
    expect([played.result.tool_calls, played.result.error?.code]).toEqual([[], 'stream_broken']);
  });

  it('is cut off where its calls can’t be carried out', async () => {
    const played = await act(
      { critic: callsTools([toolCall('x', 'read_file', '1')], { text: 'I look.' }), other: answers('done') },
      { stream: true },
    );
    expect(played.result).toMatchObject({ status: 'failed', answer: 'I look.', tool_calls: [], error: { code: 'bad_response' } });
    expect(played.result.error?.message).toBe(
      "the answer is cut off: critic called the tool 'read_file' with arguments that are no JSON object",
    );
    expect(told(played)).toEqual(['from critic', 'I look.']);
  });
});

describe('a run that ends early', () => {
  const slow: Step[] = [{ type: 'tool_delta', text: '{"pa' }, { hang: true }];

  it('by its user in the middle of a call has no answer', async () => {
    const controller = new AbortController();
    const mix = mixture(['a', 'b'], ['critic']);
    const played = await play(mix, { ...PANEL, critic: slow }, { tools: OFFER, stream: true, signal: controller.signal }, (event) => {
      if (event.type === 'call.start' && event.call.kind === 'critic') setImmediate(() => controller.abort());
    });
    expect(played.result).toMatchObject({ status: 'cancelled', answer: null, tool_calls: [], error: { code: 'cancelled' } });
    expect([told(played), played.client.aborted]).toEqual([[], ['critic']]);
  });

  it('by its deadline in the middle of a call has the best proposal', async () => {
    const played = await act({ critic: slow }, { stream: true });
    expect(played.result).toMatchObject({ status: 'degraded', answer_source: 'proposal:p1', tool_calls: [] });
  });

  it('after the calls were whole has them, though the bill had not come', async () => {
    const steps = callsTools(ONE, { finish: 'stop' });
    const played = await act({ critic: [...steps.slice(0, -1), { hang: true }] });
    expect(played.result).toMatchObject({ status: 'complete', answer: null, tool_calls: ONE });
  });
});

describe('who decides whether to act', () => {
  it.each<[string, Record<string, readonly Step[]>]>([
    ['one survivor', { b: refuses('provider_error', 500) }],
    ['identical proposals', { a: answers('same'), b: answers('same') }],
  ])('a critic, also with %s', async (_what, scripts) => {
    const played = await act({ ...scripts, critic: callsTools(ONE) });
    expect([asked(played).at(-1), played.result.tool_calls]).toEqual(['critic', ONE]);
    const none = await act({ ...scripts, critic: callsTools(ONE) }, { tools: { ...OFFER, choice: 'none' } });
    expect(asked(none)).toEqual(['a', 'b']);
  });

  it('the critic alone where nobody has proposed anything', async () => {
    const down = { a: refuses('provider_error', 500), b: refuses('provider_error', 500) };
    const played = await act({ ...down, critic: callsTools(ONE) });
    expect(played.result).toMatchObject({ status: 'degraded', tool_calls: ONE });
    expect(sentTo(played, 'critic')).toMatchObject({ tools: OFFER, stable: { messages: 2, characters: null } });
  });

  it('the samples’ own model with strategy self', async () => {
    const mix = mixture(['a', 'a'], ['critic'], { strategy: 'self' });
    const played = await play(mix, { a: answers('same'), critic: callsTools(ONE) }, { tools: OFFER });
    expect([asked(played), played.result.tool_calls]).toEqual([['a', 'a', 'critic'], ONE]);
  });

  it('the single model, which is asked as if mom were not there', async () => {
    const messages: Message[] = [
      { role: 'user', content: 'fix it' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'x', type: 'function', function: { name: 'read_file', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'x', content: 'alpha' },
    ];
    const mix = mixture([], ['critic'], { strategy: 'single' });
    const played = await play(mix, { critic: callsTools(ONE) }, { tools: OFFER, messages });
    expect(played.client.requests[0]).toMatchObject({ messages, tools: OFFER, stable: { messages: 3, characters: null } });
    expect(played.client.requests[0]?.messages).toBe(messages);
    expect(played.result).toMatchObject({
      status: 'complete',
      tool_calls: ONE,
      route_reason: "strategy 'single' of mixture 'test'",
      warnings: [],
    });
  });

  it('nobody where tool_choice is none: proposers are not told of tools, and calls are left out', async () => {
    const played = await act({ critic: callsTools(ONE, { text: 'It is 42.' }) }, { tools: { ...OFFER, choice: 'none' } });
    expect(sentTo(played, 'a')?.messages).toEqual([{ role: 'user', content: 'What is 6 x 7?' }]);
    expect(played.result).toMatchObject({ answer: 'It is 42.', tool_calls: [], finish_reason: 'stop', warnings: [] });
    expect(messageText(sentTo(played, 'critic')?.messages.at(-1) as Message)).toMatch(
      /\nNow write the final answer to the request above: directly/,
    );
  });

  it('nobody in a mixture without a critic', async () => {
    const played = await act({});
    expect([asked(played), played.result.answer]).toEqual([['a', 'b'], null]);
    expect(sentTo(played, 'a')?.messages).toHaveLength(1);
    expect(warned(played)).toEqual([
      "no_effect: the tools of the request have no effect: mixture 'test' has no critic, who alone may call them",
    ]);
  });
});

describe('strategies that call no tools', () => {
  const history: Message[] = [
    { role: 'assistant', content: null, tool_calls: [{ id: 'x', type: 'function', function: { name: 'read_file', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'x', content: 'alpha' },
  ];

  it.each(['vote', 'select', 'cascade'] as const)('%s is obeyed, with one warning', async (strategy) => {
    const critic = strategy === 'select' ? answers('VERDICT: A1') : answers('merged');
    const request = { messages: [{ role: 'user' as const, content: 'What is 6 x 7?' }, ...history] };
    const mix = { strategy, verify: null, refine: 0 };
    const played = await act({ critic, a: answers('It is 41.'), b: answers('It is 42.') }, request, mix);
    expect(played.result.strategy).toBe(strategy);
    expect(warned(played)).toEqual([`no_effect: the tools of the request have no effect: strategy '${strategy}' calls none; 'fuse' does`]);
    for (const { messages, tools } of played.client.requests) {
      expect(tools).toBeNull();
      expect(messages.some(({ role, tool_calls }) => role === 'tool' || tool_calls)).toBe(false);
      expect(messages.map(messageText).join('\n')).not.toContain('can call tools');
    }
  });
});

describe('what the models are told of tools', () => {
  it('proposers: what there is, after the system prompt, in the same words every time', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'You code.' },
      { role: 'user', content: 'Fix a.txt.' },
    ];
    const first = await act({ critic: callsTools(ONE) }, { messages });
    const again = await act({ critic: callsTools(ONE) }, { messages: structuredClone(messages), tools: structuredClone(OFFER) });
    const [system, ...rest] = sentTo(first, 'a')?.messages ?? [];
    expect(rest).toEqual(messages.slice(1));
    expect(sentTo(again, 'b')?.messages[0]).toEqual(system);
    expect(String(system?.content)).toMatch(
      /^You code\.\n\nThe assistant that writes the final reply in this conversation can call tools\. You can't/,
    );
    expect(String(system?.content)).toContain(
      '\n- read_file: Reads a file.\n  arguments: {"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}\n- edit_file: ',
    );
    expect(sentTo(first, 'a')).toMatchObject({ tools: null, stable: { messages: 2, characters: null } });
  });

  it('the critic: to call instead of describing a call, before the conversation and after the candidates', async () => {
    const played = await act({ critic: callsTools(ONE) });
    const { messages = [], tools, stable } = sentTo(played, 'critic') ?? {};
    expect(tools).toBe(OFFER);
    expect(String(messages[0]?.content)).toContain('Never describe a call instead of making it');
    expect(String(messages[1]?.content)).toMatch(
      /^What is 6 x 7\?\n\n---\n2 candidates[\s\S]*\nNow take the next step for the request above: make the tool calls/,
    );
    expect(stable).toEqual({ messages: 2, characters: 'What is 6 x 7?'.length });
  });

  it('nobody says a word of them where there are none, and nothing is marked', async () => {
    for (const tools of [null, { ...OFFER, tools: [] }]) {
      const played = await act({ critic: answers('42') }, { tools });
      for (const { messages, stable } of played.client.requests) {
        expect(messages.map(messageText).join('\n')).not.toMatch(/tool/);
        expect(stable).toBeNull();
      }
      expect(played.client.requests.map((request) => request.tools)).toEqual([null, null, null]);
    }
  });

  it('the last writer of layers: its notes in the last turn, so that all its turns begin alike', async () => {
    const rules = { ...mixture([], []).rules, layers: { count: 3, carry: 'gaps' as const, aggregators: [] } };
    const played = await act({ critic: callsTools(ONE) }, {}, { strategy: 'deep', rules });
    const { messages = [], stable } = sentTo(played, 'critic') ?? {};
    expect(messages[0]).toEqual(sentTo(await act({ critic: callsTools(ONE) }), 'critic')?.messages[0]);
    expect(messageText(messages[1] as Message)).toContain('This time only the best of those answers is shown whole');
    expect([stable, played.result.tool_calls]).toEqual([{ messages: 2, characters: 14 }, ONE]);
  });
});

describe('stages that write an answer anew', () => {
  const verify = { questions: 1, verifier: null, show: 'repaired' as const };

  it('are left out where tools may be called, and the route says so', async () => {
    const played = await act({ critic: callsTools(ONE) }, {}, { refine: 2, verify });
    expect([asked(played), played.result.warnings]).toEqual([['a', 'b', 'critic'], []]);
    expect(played.result.route_reason).toBe("strategy 'fuse' of mixture 'test'; without refine and verify, since tools may be called");
  });

  it('are not where none may be', async () => {
    const played = await act({ critic: answers('42') }, { tools: { ...OFFER, choice: 'none' } }, { refine: 1 });
    expect(asked(played).length).toBeGreaterThan(3);
    expect(played.client.requests.slice(3).every(({ tools }) => tools === null)).toBe(true);
  });
});

it('no stage that gets no tools is shown calls or results as such', async () => {
  const call = { id: 'x', type: 'function' as const, function: { name: 'read_file', arguments: '{"path":"a"}' } };
  const messages: Message[] = [
    { role: 'user', content: 'What is in a?' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'x', content: 'alpha' },
    { role: 'assistant', content: 'Alpha.' },
    { role: 'user', content: 'As JSON.' },
  ];
  const verify = { questions: 1, verifier: null, show: 'repaired' as const };
  const scripts = { critic: answers('QUESTION: What is 1 + 1?'), a: answers('{"a": 1}'), b: answers('[]') };
  const played = await act(scripts, { messages, tools: null, format: { type: 'json_object' } }, { refine: 1, verify });
  const ids = played.result.calls.map(({ id }) => id);
  expect(ids).toEqual(['p1', 'p2', 'c1', 'p1.r1', 'p2.r1', 'c1.r1', 'v0', 'v1', 'c1.v', 'c1.f']);
  for (const [i, request] of played.client.requests.entries()) {
    expect(request.messages.some(({ role, tool_calls }) => role === 'tool' || tool_calls)).toBe(false);
    const sees = request.messages.map(messageText).join('\n').includes('[called read_file with {"path":"a"}]');
    expect([ids[i], sees]).toEqual([ids[i], ids[i] !== 'v1']);
  }
});

it('candidates are shortened where the tools take the room of a critic’s context', async () => {
  const scripts = { a: answers('a'.repeat(4_000)), b: answers('b'.repeat(4_000)), critic: answers('merged') };
  const mix = mixture(['a', 'b'], [member('', 'critic', { context: 6_020 })]);
  const [withTools, without] = [await play(mix, scripts, { tools: OFFER }), await play(mix, scripts)];
  expect([withTools, without].map(({ result }) => result.warnings.map(({ code }) => code))).toEqual([['candidates_shortened'], []]);
});

describe('a form that is asked for', () => {
  it('does not bind tool calls, which go out at the end', async () => {
    const played = await act({ critic: callsTools(ONE, { text: 'I look.' }) }, { stream: true, format: { type: 'json_object' } });
    expect(told(played)).toEqual(['from critic', 'I look.', '0: call_1 read_file']);
    expect(played.result).toMatchObject({ status: 'complete', tool_calls: ONE, warnings: [] });
    expect(shown(played.events)).toBe('I look.');
  });

  it('binds a text', async () => {
    const played = await act({ critic: answers('```json\n{"a": 1}\n```') }, { stream: true, format: { type: 'json_object' } });
    expect(told(played)).toEqual(['from critic', '{"a": 1}']);
  });
});
