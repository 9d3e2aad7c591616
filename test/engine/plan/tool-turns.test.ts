import { describe, expect, it } from 'vitest';
import { type ModelFacts, NO_CATALOG } from '../../../src/core/catalog.js';
import type { Message } from '../../../src/core/message.js';
import type { Mixture } from '../../../src/core/mixture.js';
import type { RunRequest } from '../../../src/core/run.js';
import { plan } from '../../../src/engine/plan/index.js';
import { OFFER } from '../../support/agent.js';
import { member, mixture } from '../../support/mixture.js';

const user = (content: string): Message => ({ role: 'user', content });
const RESULT: Message[] = [
  user('Fix a.txt.'),
  { role: 'assistant', content: null, tool_calls: [{ id: 'x', type: 'function', function: { name: 'read_file', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: 'x', content: 'alpha' },
];
const EDITS = [{ role: 'system' as const, content: 'Every change is a SEARCH/REPLACE block.' }, user('Rename x to y.')];
const NONE = { ...OFFER, choice: 'none' };
const FORMAT = { type: 'json_object' as const };

async function decide(mix: Partial<Mixture>, request: Partial<RunRequest> = {}, facts: Record<string, Partial<ModelFacts>> = {}) {
  const whole = mixture(['a', 'b'], ['critic', 'second'], { single: member('s1', 'solo'), ...mix });
  const catalog = { ...NO_CATALOG, facts: (_provider: string, id: string) => (facts[id] as ModelFacts | undefined) ?? null };
  const made = await plan({ messages: [user('Fix a.txt.')], mixture: whole, stream: false, ...request }, catalog);
  const { strategy, reason, writers, proposers, warnings, goesOn } = made;
  const models = (members: typeof writers) => members.map(({ model }) => model);
  return { strategy, reason, writers: models(writers), proposers: models(proposers), warnings, goesOn };
}

describe('auto', () => {
  const auto = { strategy: 'auto' as const };
  const MERGED = 'auto: tools may be called, which only the critic does, so the answers are merged';

  it.each<[string, Partial<RunRequest>, string, string]>([
    ['tools on offer', { tools: OFFER }, 'fuse', MERGED],
    ['tools before an edit format', { tools: OFFER, messages: EDITS }, 'fuse', MERGED],
    ['tools before a form', { tools: OFFER, format: FORMAT }, 'fuse', MERGED],
    ['tools before a vote', { tools: OFFER, messages: [user('What is 6 x 7?')] }, 'fuse', MERGED],
    [
      'tools that may not be called',
      { tools: NONE, messages: EDITS },
      'select',
      'auto: the answer must be edits in an exact format, so one answer is chosen and goes out unchanged',
    ],
    [
      'an empty list of tools',
      { tools: { ...OFFER, tools: [] }, messages: [user('What is 6 x 7?')] },
      'vote',
      'auto: the question asks for a number, so the answers can be voted on',
    ],
    ['a form', { format: FORMAT }, 'select', 'auto: the answer must be JSON, so one answer is chosen and goes out unchanged'],
    ['the result of a tool', { tools: OFFER, messages: RESULT }, 'single', 'auto: a tool has answered, so the critic goes on alone'],
    [
      'the result of a tool and a form',
      { tools: OFFER, messages: RESULT, format: FORMAT },
      'single',
      'auto: a tool has answered, so the critic goes on alone',
    ],
  ])('%s', async (_what, request, strategy, reason) => {
    expect(await decide(auto, request)).toMatchObject({ strategy, reason, warnings: [] });
  });

  it('goes on with the critics, not with the single model', async () => {
    const after = await decide(auto, { tools: OFFER, messages: RESULT });
    expect(after).toMatchObject({ writers: ['critic', 'second'], proposers: [], goesOn: true });
  });

  it('without proposers asks the single model', async () => {
    const made = await decide({ ...auto, proposers: [] }, { tools: OFFER });
    expect(made).toMatchObject({ strategy: 'single', writers: ['solo'], goesOn: undefined });
    expect(made.reason).toBe(
      "auto: tools may be called, which only the critic does, but mixture 'test' has no proposers, so one model answers",
    );
  });
});

describe('a strategy that was asked for', () => {
  it.each(['fuse', 'self', 'deep'] as const)('%s leaves a turn to the critic in which a tool has answered', async (strategy) => {
    for (const tools of [OFFER, NONE, null]) {
      expect(await decide({ strategy }, { tools, messages: RESULT })).toEqual({
        strategy: 'single',
        reason: `strategy '${strategy}' of mixture 'test'; a tool has answered, so the critic goes on alone`,
        writers: ['critic', 'second'],
        proposers: [],
        warnings: [],
        goesOn: true,
      });
    }
  });

  it.each(['vote', 'select', 'cascade'] as const)(
    '%s stays, and says that it calls no tools where some may be called',
    async (strategy) => {
      const no_effect = {
        code: 'no_effect',
        message: `the tools of the request have no effect: strategy '${strategy}' calls none; 'fuse' does`,
      };
      const own = { strategy, reason: `strategy '${strategy}' of mixture 'test'`, proposers: ['a', 'b'] };
      expect(await decide({ strategy }, { tools: OFFER, messages: RESULT })).toMatchObject({ ...own, warnings: [no_effect] });
      expect(await decide({ strategy }, { tools: NONE, messages: RESULT })).toMatchObject({ ...own, warnings: [] });
    },
  );

  it('single is its own model, also when a tool has answered', async () => {
    const made = await decide({ strategy: 'single' }, { tools: OFFER, messages: RESULT });
    expect(made).toMatchObject({ strategy: 'single', writers: ['solo'], reason: "strategy 'single' of mixture 'test'", goesOn: undefined });
  });

  it('without a critic asks the proposers, who see what the tool said', async () => {
    const made = await decide({ strategy: 'fuse', critics: [] }, { messages: RESULT });
    expect(made).toMatchObject({ strategy: 'fuse', proposers: ['a', 'b'], warnings: [] });
  });
});

it('the proposer that counts most goes on where no critic can take the request', async () => {
  const proposers = [member('p1', 'a'), member('p2', 'b', { weight: 2 })];
  const made = await decide({ strategy: 'fuse', proposers }, { messages: RESULT }, { critic: { context: 5 }, second: { context: 5 } });
  expect(made).toMatchObject({ strategy: 'single', writers: ['b'], proposers: [], goesOn: true });
  expect(made.warnings.at(-1)).toEqual({
    code: 'critic_replaced',
    message: 'no critic is left that can take this request: b writes the answer',
  });
});

it('a model whose context the tools don’t leave room in is left out', async () => {
  const tight = { a: { context: 60 } };
  expect((await decide({}, {}, tight)).proposers).toEqual(['a', 'b']);
  expect(await decide({}, { tools: OFFER }, tight)).toMatchObject({ proposers: ['b'], warnings: [{ code: 'context_too_small' }] });
});
