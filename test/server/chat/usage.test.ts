import { describe, expect, it } from 'vitest';
import type { CallRecord, RunResult } from '../../../src/core/run.js';
import { chatUsage } from '../../../src/server/chat/usage.js';

const messages = [{ role: 'user' as const, content: 'What is 6 x 7?' }];

function call(
  id: string,
  kind: CallRecord['kind'],
  tokens: [input: number, output: number, cached?: number, thought?: number] | null,
): CallRecord {
  const usage = tokens && {
    input_tokens: tokens[0],
    output_tokens: tokens[1],
    cached_input_tokens: tokens[2] ?? 0,
    reasoning_tokens: tokens[3] ?? 0,
  };
  return { id, kind, status: 'answered', usage } as CallRecord;
}

function result(calls: CallRecord[], more: Partial<RunResult> = {}): RunResult {
  const proposals = calls.filter(({ kind }) => kind === 'proposer');
  const critic = calls.findLast(({ kind }) => kind === 'critic') ?? null;
  return { calls, proposals, critic, answer: 'It is 42.', answer_source: 'critic', tool_calls: [], cost_usd: 0.5, ...more } as RunResult;
}

describe('the usage of a chat', () => {
  it("is the smallest prompt among the calls, the writer's answer, and the price of all", () => {
    const calls = [call('p1', 'proposer', [120, 30]), call('p2', 'proposer', [100, 40, 64]), call('c1', 'critic', [300, 50, 10, 20])];
    expect(chatUsage(result(calls), messages, [])).toEqual({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 20 },
      cost: 0.5,
    });
  });

  it('looks at calls that read the conversation only', () => {
    const calls = [call('r1', 'router', [5, 1]), call('v1', 'verifier', [7, 1]), call('c1', 'critic', [300, 50])];
    expect(chatUsage(result(calls), messages, []).prompt_tokens).toBe(300);
  });

  it('is that of a proposal that went out as it is', () => {
    const calls = [call('p1', 'proposer', [120, 30, 0, 5]), call('p2', 'proposer', [100, 40]), call('c1', 'judge', [300, 1])];
    const { completion_tokens, completion_tokens_details } = chatUsage(result(calls, { answer_source: 'proposal:p1' }), messages, []);
    expect([completion_tokens, completion_tokens_details.reasoning_tokens]).toEqual([30, 5]);
  });

  it('counts every proposal where nothing was merged', () => {
    const calls = [call('p1', 'proposer', [120, 30]), { ...call('p2', 'proposer', [100, 40]), status: 'failed' as const }];
    expect(chatUsage(result(calls, { answer: null, answer_source: null }), messages, []).completion_tokens).toBe(30);
  });

  it('knows what proposals of an earlier run have used', () => {
    const kept = [call('p1', 'proposer', [90, 33])];
    const calls = [call('p1', 'proposer', null), call('p2', 'proposer', [100, 40])];
    expect(chatUsage(result(calls, { answer_source: 'proposal:p1' }), messages, kept)).toMatchObject({
      prompt_tokens: 90,
      completion_tokens: 33,
    });
  });

  it('is estimated where nobody has told one, and leaves out a price that is not known', () => {
    const usage = chatUsage(result([call('c1', 'critic', null)], { cost_usd: null }), messages, []);
    expect(usage.prompt_tokens).toBeGreaterThan(5);
    expect(usage.completion_tokens).toBeGreaterThan(1);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    expect(usage).not.toHaveProperty('cost');
  });
});
