import { describe, expect, it } from 'vitest';
import type { LoadedConfig } from '../../src/config/load.js';
import { sideRulesOf } from '../../src/config/serve/side-requests.js';
import { readRequest } from '../../src/server/chat/request.js';
import { sideRuleFor } from '../../src/server/chat/side-request.js';
import { AGENTS, bodiesOf, sideRequests } from './recordings.js';

const rules = sideRulesOf({ values: {} } as LoadedConfig);
const CLIENTS = [...AGENTS, 'aider'];

/** opencode and continue send an empty text beside tool calls, which some providers refuse: mom passes on null. */
function withoutEmptyText(message: { content: unknown; tool_calls?: unknown }): unknown {
  return message.tool_calls !== undefined && message.content === '' ? { ...message, content: null } : message;
}

describe('what real clients send', () => {
  it.each(CLIENTS)('%s: is taken as it is, turn by turn and tool by tool', (client) => {
    for (const body of bodiesOf(client)) {
      const request = readRequest(body);
      expect(request.messages).toEqual(body.messages.map(withoutEmptyText));
      expect(request.tools?.tools ?? []).toEqual(body.tools ?? []);
    }
  });
  it.each(CLIENTS)('%s: is never mistaken for a side request', (client) => {
    for (const { messages, tools } of bodiesOf(client).map(readRequest)) expect(sideRuleFor(rules, messages, tools !== null)).toBeNull();
  });
  it.each([
    ['opencode title', 'opencode title'],
    ['aider commit', 'aider commit message'],
    ['aider summary', 'aider history summary'],
    ['qwen title', 'qwen-code title'],
    ['qwen memory', 'qwen-code memory keeper'],
    ['qwen summary', 'history summary'],
    ['pi summary', 'pi summary'],
  ])('%s: is known as "%s"', (request, rule) => {
    const { messages, tools } = readRequest(sideRequests().get(request));
    expect(sideRuleFor(rules, messages, tools !== null)?.name).toBe(rule);
  });
  it('an agent repeats its conversation to the letter, so that caches of prompts hold', () => {
    for (const client of AGENTS) {
      const conversations = bodiesOf(client).map(({ messages }) => messages as unknown[]);
      for (const [index, messages] of conversations.slice(1).entries()) {
        const before = conversations[index] ?? [];
        expect(messages.slice(0, before.length)).toEqual(before);
      }
    }
  });
});
