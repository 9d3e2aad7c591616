import { describe, expect, it } from 'vitest';
import { member, mixture } from '../../support/mixture.js';
import { play } from '../../support/run-engine.js';
import { answers, refuses } from '../../support/scripted-client.js';

describe('single', () => {
  const alone = mixture([], ['first', 'second'], { strategy: 'single' });

  it('asks one model, and its answer is complete', async () => {
    const { result, client } = await play(alone, { first: answers('42') });
    expect(client.requests.map(({ model }) => model)).toEqual(['first']);
    expect(result).toMatchObject({ status: 'complete', answer: '42', answer_source: 'critic' });
  });

  it('that can’t answer is an error, though the mixture has critics left', async () => {
    const { result } = await play({ ...alone, single: member('s1', 'first') }, { first: refuses('overloaded', 503) });
    expect(result).toMatchObject({ status: 'failed', answer: null, error: { code: 'overloaded' } });
  });

  it('answered by another than the first that the plan names is degraded', async () => {
    const messages = [
      { role: 'user' as const, content: 'What is 6 x 7?' },
      {
        role: 'assistant' as const,
        content: null,
        tool_calls: [{ id: 't1', type: 'function' as const, function: { name: 'multiply', arguments: '{}' } }],
      },
      { role: 'tool' as const, content: '42', tool_call_id: 't1' },
    ];
    const scripts = { first: refuses('overloaded', 503), second: answers('42') };
    const auto = mixture(['a', 'b'], ['first', 'second'], { strategy: 'auto' });
    const { result } = await play(auto, scripts, { messages });
    expect(result).toMatchObject({ status: 'degraded', strategy: 'single', answer: '42', answer_source: 'critic', critic: { id: 'c2' } });
    expect((await play(auto, { first: answers('42') }, { messages })).result.status).toBe('complete');
  });
});
