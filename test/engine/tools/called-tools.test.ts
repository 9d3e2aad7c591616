import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.js';
import type { ToolCall, ToolOffer } from '../../../src/core/tool.js';
import { toolsCalled } from '../../../src/engine/tools/called-tools.js';
import { OFFER, toolCall } from '../../support/agent.js';

function judged(
  calls: readonly ToolCall[],
  more: { text?: string; finish?: string; offer?: ToolOffer | null; conversation?: Message[] } = {},
) {
  const { text = null, finish = 'tool_calls', offer = OFFER, conversation = [] } = more;
  let drawn = 0;
  const drawNonce = () => `0${drawn++}`;
  return toolsCalled({ model: 'm', text, tool_calls: calls, finish_reason: finish }, { offer, conversation, drawNonce });
}

const used: Message = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'read_file', arguments: '{}' } }],
};

describe('the tool calls of an answer', () => {
  it('go out as the model wrote them, with a finish reason that says so', () => {
    const calls = [toolCall('x', 'read_file', '{ "path" : "a" }'), toolCall('y', 'edit_file')];
    expect(judged(calls)).toEqual({ tool_calls: calls, finish_reason: 'tool_calls' });
    expect(judged(calls, { finish: 'stop', text: 'I look.' })).toEqual({ tool_calls: calls, finish_reason: 'tool_calls' });
  });

  it('get an id where it is missing, used twice, or used before', () => {
    const calls = [toolCall(''), toolCall('x'), toolCall('x'), toolCall('call_0')];
    expect(judged(calls, { conversation: [used] })).toMatchObject({
      tool_calls: [{ id: 'call_00' }, { id: 'x' }, { id: 'call_01' }, { id: 'call_02' }],
    });
  });

  it('have an empty object where a model wrote no arguments', () => {
    expect(judged([toolCall('x', 'read_file', ' ')])).toMatchObject({ tool_calls: [{ arguments: '{}' }] });
  });

  it.each([
    ["m called the tool 'read_file' with arguments that are no JSON object", toolCall('x', 'read_file', '{"path": "a')],
    ["m called the tool 'read_file' with arguments that are no JSON object", toolCall('x', 'read_file', '[]')],
    ["m called the tool 'read_file' with arguments that are no JSON object", toolCall('x', 'read_file', 'null')],
    ['m called a tool without naming it', toolCall('x', ' ')],
  ])('%s', (message, call) => {
    expect(judged([toolCall('good'), call])).toMatchObject({ code: 'bad_response', message });
  });

  it('of a model that may call none are left out beside a text, and no answer without one', () => {
    const none = { ...OFFER, choice: 'none' };
    for (const offer of [null, none]) {
      expect(judged([toolCall('x')], { offer, text: 'Here you are.' })).toEqual({ tool_calls: [], finish_reason: 'stop' });
      expect(judged([toolCall('x')], { offer, text: ' \n' })).toMatchObject({
        code: 'bad_response',
        message: "m called the tool 'read_file', but may call no tool",
        hint: 'ask again, or name another model',
      });
    }
  });

  it('are not announced where there are none', () => {
    expect(judged([], { text: 'done' })).toEqual({ tool_calls: [], finish_reason: 'stop' });
    expect(judged([], { text: 'do', finish: 'length' })).toEqual({ tool_calls: [], finish_reason: 'length' });
  });
});
