import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.js';
import type { CallRequest } from '../../../src/core/model-client.js';
import type { RunRequest } from '../../../src/core/run.js';
import { OFFER, toolCall, turnsAfter } from '../../support/agent.js';
import { inTurn } from '../../support/in-turn.js';
import { member, mixture } from '../../support/mixture.js';
import { type Played, play } from '../../support/run-engine.js';
import { answers, callsTools } from '../../support/scripted-client.js';

const SYSTEM: Message = { role: 'system', content: 'You are a coding agent.' };
const READ = [toolCall('call_1', 'read_file', { path: 'a.txt' })];
const EDITS = [toolCall('call_2', 'edit_file', { text: 'b' }), toolCall('call_3', 'read_file', { path: 'c.txt' })];

const panel = [member('', 'a', { role: { name: 'critical', text: 'Doubt everything.' } }), 'b'];

/** What the models do, turn by turn: two calls in a row, then an answer, then a question that needs no tool. */
function scripts() {
  return inTurn({
    a: [answers('I would call read_file with a.txt.'), answers('Nothing more to do.')],
    b: [answers('read_file, path a.txt'), answers('You are welcome.')],
    critic: [callsTools(READ, { text: 'I look.' }), callsTools(EDITS), answers('a.txt is fixed.'), answers('Any time.')],
  });
}

async function loop(strategy: 'auto' | 'fuse' | 'deep', first: Message['content'] = 'Fix a.txt.', more: Partial<RunRequest> = {}) {
  const mix = mixture(panel, ['critic'], { strategy, strategyChosen: strategy !== 'auto' });
  const models = scripts();
  const turns: Played[] = [];
  const messages: Message[] = [SYSTEM, { role: 'user', content: first }];
  for (const next of [null, null, 'thanks', 'and now?'] as const) {
    const played = await play(mix, models, { messages: [...messages], tools: OFFER, ...more });
    turns.push(played);
    messages.push(...turnsAfter(played.result, (call) => `said to ${call.id}`));
    if (next !== null) messages.push({ role: 'user', content: next });
  }
  return { turns, messages };
}

const asked = ({ client }: Played) => client.requests.map(({ model }) => model);
const requestsTo = (turns: readonly Played[], model: string) =>
  turns.flatMap(({ client }) => client.requests.filter((request) => request.model === model));

/** Fails unless `next` begins, byte for byte, with what was said to be stable of `request`. */
function expectToBeginLike(next: CallRequest, request: CallRequest): void {
  const { messages, characters, parts } = request.stable ?? { messages: 0, characters: 0 };
  expect(messages).toBeGreaterThan(0);
  expect(next.messages.slice(0, messages - 1)).toEqual(request.messages.slice(0, messages - 1));
  const [last, again] = [request.messages[messages - 1], next.messages[messages - 1]];
  expect(again?.role).toBe(last?.role);
  if (parts !== undefined) expect(again?.content?.slice(0, parts)).toEqual(last?.content?.slice(0, parts));
  else if (characters === null) expect(again).toEqual(last);
  else expect(String(again?.content).slice(0, characters)).toBe(String(last?.content).slice(0, characters));
}

describe.each(['auto', 'fuse', 'deep'] as const)('an agent’s loop with strategy %s', (strategy) => {
  it('asks all in a turn of the user’s, and the critic alone once a tool has answered', async () => {
    const { turns } = await loop(strategy);
    const [first, second, third, fourth] = turns.map(asked);
    expect(first?.slice(0, 2)).toEqual(['a', 'b']);
    expect(first?.at(-1)).toBe('critic');
    expect([second, third]).toEqual([['critic'], ['critic']]);
    expect(fourth?.slice(0, 2)).toEqual(['a', 'b']);
    expect(fourth?.at(-1)).toBe('critic');
    const ends = turns.map(({ result }) => [result.status, result.answer, result.tool_calls.map(({ id }) => id), result.finish_reason]);
    expect(ends).toEqual([
      ['complete', 'I look.', ['call_1'], 'tool_calls'],
      ['complete', null, ['call_2', 'call_3'], 'tool_calls'],
      ['complete', 'a.txt is fixed.', [], 'stop'],
      ['complete', 'Any time.', [], 'stop'],
    ]);
    expect(turns.map(({ result }) => [result.strategy, result.warnings])).toEqual([
      [strategy === 'deep' ? 'deep' : 'fuse', []],
      ['single', []],
      ['single', []],
      [strategy === 'deep' ? 'deep' : 'fuse', []],
    ]);
    const own = strategy === 'auto' ? 'auto:' : `strategy '${strategy}' of mixture 'test';`;
    expect(turns[1]?.result.route_reason).toBe(`${own} a tool has answered, so the critic goes on alone`);
  });

  it('gives the tools to the critic alone, and shows proposers neither calls nor results as such', async () => {
    const { turns } = await loop(strategy);
    for (const { client } of turns) {
      for (const { model, messages, tools } of client.requests) {
        expect(tools).toBe(model === 'critic' && messages[0] && !isLayer(messages[0]) ? OFFER : null);
        if (tools === null) expect(messages.some((each) => each.role === 'tool' || each.tool_calls)).toBe(false);
      }
    }
    const last = requestsTo(turns.slice(3), 'b')[0]?.messages ?? [];
    expect(last.map(({ role, content }) => [role, content]).slice(1)).toEqual([
      ['user', 'Fix a.txt.'],
      ['assistant', 'I look.\n\n[called read_file with {"path":"a.txt"}]'],
      ['user', '[result of read_file]\nsaid to call_1'],
      ['assistant', '[called edit_file with {"text":"b"}]\n[called read_file with {"path":"c.txt"}]'],
      ['user', '[result of edit_file]\nsaid to call_2\n\n[result of read_file]\nsaid to call_3'],
      ['assistant', 'a.txt is fixed.'],
      ['user', 'thanks'],
    ]);
  });

  it('begins each turn like the turn before, for the critic and for each proposer', async () => {
    const { turns } = await loop(strategy);
    const critic = turns.map((turn) => requestsTo([turn], 'critic').at(-1) as CallRequest);
    for (const [i, request] of critic.slice(0, -1).entries()) expectToBeginLike(critic[i + 1] as CallRequest, request);
    expect(critic[0]?.stable).toEqual({ messages: 2, characters: 'Fix a.txt.'.length });
    for (const model of ['a', 'b']) {
      const [first, last] = [turns[0], turns[3]].map((turn) => requestsTo([turn as Played], model)[0] as CallRequest);
      expectToBeginLike(last as CallRequest, first as CallRequest);
      expect(first?.stable).toEqual({ messages: 2, characters: null });
    }
  });

  it('also where the user’s turn is made of parts', async () => {
    const parts = [{ type: 'text' as const, text: 'Fix a.txt.' }];
    const { turns } = await loop(strategy, parts);
    const critic = turns.map((turn) => requestsTo([turn], 'critic').at(-1) as CallRequest);
    for (const [i, request] of critic.slice(0, -1).entries()) expectToBeginLike(critic[i + 1] as CallRequest, request);
    expect(critic.map(({ stable }) => stable?.messages)).toEqual([2, 4, 7, 9]);
    expect(critic[0]?.stable).toEqual({ messages: 2, characters: null, parts: 1 });
  });

  it('never has two turns of one role in a row, but for tools', async () => {
    const { turns } = await loop(strategy);
    for (const { messages } of turns.flatMap(({ client }) => client.requests)) {
      const roles = messages.map(({ role }) => role);
      for (const [i, role] of roles.entries()) if (role !== 'tool') expect([i, role]).not.toEqual([i, roles[i - 1]]);
    }
  });
});

/** Prompts of middle layers begin with instructions of their own. */
function isLayer({ content }: Message): boolean {
  return String(content).startsWith('You prepare');
}

describe('the turns of an agent’s loop', () => {
  it('keep the critic’s instructions where this time no tool may be called', async () => {
    const { turns, messages } = await loop('fuse');
    const told = requestsTo(turns.slice(1, 2), 'critic')[0]?.messages[0];
    const upToResult = messages.slice(0, 4);
    const none = { ...OFFER, choice: 'none' };
    const { client } = await play(mixture(panel, ['critic']), scripts(), { messages: upToResult, tools: none });
    expect(asked({ client } as Played)).toEqual(['critic']);
    expect([client.requests[0]?.tools, client.requests[0]?.messages[0]]).toEqual([none, told]);
  });

  it('are flattened for everybody where the client offers no tools any more', async () => {
    const { messages } = await loop('fuse');
    const { client } = await play(mixture(panel, ['critic']), scripts(), { messages: messages.slice(0, 4) });
    expect(client.requests).toMatchObject([{ model: 'critic', tools: null, stable: null }]);
    expect(client.requests[0]?.messages.map(({ role, content }) => [role, content])).toEqual([
      ['system', 'You are a coding agent.'],
      ['user', 'Fix a.txt.'],
      ['assistant', 'I look.\n\n[called read_file with {"path":"a.txt"}]'],
      ['user', '[result of read_file]\nsaid to call_1'],
    ]);
  });
});
