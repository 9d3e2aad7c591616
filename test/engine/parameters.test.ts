import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/core/message.js';
import { member, mixture } from '../support/mixture.js';
import { play } from '../support/run-engine.js';
import { answers } from '../support/scripted-client.js';

const scripts = { a: answers('1'), b: answers('2'), critic: answers('x') };

describe('what reaches whom', () => {
  it('proposers get the conversation unchanged, images and neighbours of one role included', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'one' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'two' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
        ],
      },
    ];
    const { client } = await play(mixture(['a', 'b'], ['critic']), scripts, { messages });
    expect(client.requests[0]?.messages).toBe(messages);
    expect(client.requests[1]?.messages).toBe(messages);
  });

  it('different roles reach different proposers, after the system prompt', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ];
    const critical = member('', 'a', { role: { name: 'critical', text: 'Doubt everything.' } });
    const creative = member('', 'b', { role: { name: 'creative', text: 'Be bold.' } });
    const { client, result } = await play(mixture([critical, creative], ['critic']), scripts, { messages });
    expect(client.requests.slice(0, 2).map((request) => request.messages[0])).toEqual([
      { role: 'system', content: 'Be brief.\n\nDoubt everything.' },
      { role: 'system', content: 'Be brief.\n\nBe bold.' },
    ]);
    expect(result.proposals.map((p) => p.role)).toEqual(['critical', 'creative']);
  });

  it('a flag is for every call, a writer’s parameter for the writer, a member’s own for itself', async () => {
    const warm = member('', 'a', { params: { temperature: 0.9, top_p: 0.5 } });
    const { client } = await play(mixture([warm, 'b'], ['critic']), scripts, {
      params: { temperature: 0.2 },
      writerParams: { max_tokens: 50 },
    });
    expect(client.requests.map((request) => request.params)).toEqual([
      { temperature: 0.2, top_p: 0.5 },
      { temperature: 0.2 },
      { temperature: 0.2, max_tokens: 50 },
    ]);
  });
});

describe('strategy single', () => {
  it('asks one model with the conversation as it is', async () => {
    const { result, client } = await play(mixture([], ['critic', 'second'], { strategy: 'single' }), scripts);
    expect(result).toMatchObject({ status: 'complete', answer: 'x', answer_source: 'critic', strategy: 'single', proposals: [] });
    expect(client.requests).toHaveLength(1);
  });

  it('says when the call cost more than the cap', async () => {
    const cap = { maxCost: { usd: 0.005, setByUser: true }, strategy: 'single' as const };
    const { result } = await play(mixture([], ['critic'], cap), scripts);
    expect(result).toMatchObject({ status: 'complete', answer: 'x' });
    expect(result.warnings).toEqual([{ code: 'cost_cap', message: 'the run cost $0.01, more than its cap of $0.005' }]);
  });

  it('fails with the provider’s reason', async () => {
    const { result } = await play(mixture([], ['nobody'], { strategy: 'single' }), scripts);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'model_unknown', message: 'no script for nobody' } });
  });
});
