import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.js';
import { DEFAULT_RULES, type Mixture } from '../../../src/core/mixture.js';
import type { Plan } from '../../../src/core/plan.js';
import { planOf } from '../../../src/engine/plan/plan-of.js';
import { route } from '../../../src/engine/plan/route.js';
import { member, mixture } from '../../support/mixture.js';

const user = (content: string): Message => ({ role: 'user', content });
const system = (content: string): Message => ({ role: 'system', content });
const auto = (more: Partial<Mixture> = {}) => mixture(['a', 'b', 'c'], ['critic', 'second'], { strategy: 'auto', ...more });
const layered = { rules: { ...DEFAULT_RULES, layers: { ...DEFAULT_RULES.layers, count: 3 } } };

function decide(messages: readonly Message[] | string, more: Partial<Mixture> = {}): Plan {
  return route({ messages: typeof messages === 'string' ? [user(messages)] : messages, mixture: auto(more), stream: false });
}

const UNDECIDED = 'Should I move from a small town to a large city?';

describe('a strategy that was asked for', () => {
  it.each(['single', 'fuse', 'self', 'vote', 'select', 'cascade', 'deep'] as const)(
    '%s is obeyed whatever the request looks like',
    (strategy) => {
      const plan = route({
        messages: [user('Answer in JSON: what is 6 x 7?')],
        mixture: mixture(['a', 'b'], ['c'], { strategy }),
        stream: false,
      });
      expect([plan.strategy, plan.reason, plan.classifier]).toEqual([strategy, `strategy '${strategy}' of mixture 'test'`, null]);
    },
  );

  it.each([
    [
      'single',
      mixture(['a'], []),
      "mixture 'test' has no model for strategy 'single'",
      'give it `single:` or `critic:`, or name a model (-m)',
    ],
    ['self', mixture([], []), "mixture 'test' has no model for strategy 'self'", 'give it `single:` or `critic:`, or name a model (-m)'],
    ['fuse', mixture([], ['c']), "mixture 'test' has no proposers", 'give it `proposers:`, or name a model (-m)'],
    [
      'cascade',
      mixture(['a', 'b'], []),
      "mixture 'test' has one tier only for strategy 'cascade'",
      'a cascade needs two tiers: give it `tiers:`, or a critic, which is then the second tier',
    ],
  ] as const)('%s of a mixture without the models for it is refused', (strategy, without, message, hint) => {
    expect(() => planOf(without, strategy, '')).toThrow(expect.objectContaining({ code: 'config_invalid', message, hint }));
  });

  it('cascade takes the critic, or two tiers of its own, as what comes after the cheap models', () => {
    expect(planOf(mixture(['a'], ['c']), 'cascade', '').writers.map((w) => w.model)).toEqual(['c']);
    const tiers = [[member('p1', 'a')], [member('p2', 'b')]];
    const own = mixture(['a', 'b'], [], { rules: { ...DEFAULT_RULES, cascade: { tiers, confidence: null } } });
    expect(planOf(own, 'cascade', '').proposers).toHaveLength(2);
  });
});

describe('auto keeps formats', () => {
  it('and leaves what it chose alone, whatever is configured; says so where something is', () => {
    const verify = { questions: 5, verifier: null, show: 'repaired' as const };
    const exact = decide('Describe Bob, 5. Answer in JSON.', { refine: 2, verify });
    expect(exact).toMatchObject({ strategy: 'select', mixture: { refine: 0, verify: null } });
    expect(exact.reason).toBe('auto: the answer must be JSON, so one answer is chosen and goes out unchanged, without refine and verify');
    expect(decide('Describe Bob, 5. Answer in JSON.', { verify }).reason).toMatch(/unchanged, without verify$/);
    expect(decide('Describe Bob, 5. Answer in JSON.').reason).toMatch(/unchanged$/);
    const open = decide('Why is the sky blue?', { refine: 2, verify });
    expect(open.mixture).toMatchObject({ refine: 2, verify });
    const merged = decide('Describe Bob, 5. Answer in JSON.', { refine: 2, verify, proposers: mixture(['a'], []).proposers });
    expect(merged).toMatchObject({ strategy: 'fuse', mixture: { refine: 2, verify } });
  });

  it('but select that the user chose is refined and verified as the user wants', () => {
    const verify = { questions: 5, verifier: null, show: 'repaired' as const };
    const chosen = mixture(['a', 'b'], ['c'], { strategy: 'select', refine: 1, verify });
    const plan = route({ messages: [user('Describe Bob, 5. Answer in JSON.')], mixture: chosen, stream: false });
    expect(plan.mixture).toMatchObject({ refine: 1, verify });
  });

  const EDITS = 'auto: the answer must be edits in an exact format, so one answer is chosen and goes out unchanged';
  it.each([
    ['search and replace', 'Every *SEARCH/REPLACE block* must use this format:\n<<<<<<< SEARCH\n...\n=======\n...\n>>>>>>> REPLACE'],
    ['whole files', 'To suggest changes to a file you MUST return the entire content of the updated file.'],
    ['file listings', 'You MUST use this *file listing* format:'],
    [
      'unified diffs',
      'For each file that needs to be changed, write out the changes similar to a unified diff like `diff -U0` would produce.',
    ],
    ['patches', 'Begin with *** Begin Patch'],
    ['tools as XML', 'Tool use is formatted using XML-style tags.'],
    ['tools of cline', 'Usage:\n<write_to_file>\n<path>File path here</path>\n</write_to_file>'],
  ])('%s in the system prompt', (_, prompt) => {
    const plan = decide([system(`You are an expert programmer.\n${prompt}`), user('How many retries are there? Make it 3.')]);
    expect([plan.strategy, plan.reason]).toEqual(['select', EDITS]);
  });

  it('edit formats in the data of a turn are only data', () => {
    const file = '<file path="notes.txt">\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n</file>';
    expect(decide(`What happened here?\n\n${file}`).strategy).toBe('fuse');
  });

  it.each([
    [[user('List three rivers. Answer in JSON.')]],
    [[user('Extract name and age as JSON: Ada, 36.')]],
    [[system('You are an API. Always respond with valid JSON.'), user('Ada is 36 years old.')]],
    [[system('Your output must be a single JSON object with the keys a and b.'), user('Ada is 36 years old.')]],
    [[user('Describe Ada Lovelace. The text must conform to the JSON schema below.\n{"type": "object"}')]],
  ])('JSON in %j', (messages) => {
    const plan = decide(messages);
    expect([plan.strategy, plan.reason]).toEqual([
      'select',
      'auto: the answer must be JSON, so one answer is chosen and goes out unchanged',
    ]);
  });

  it.each([
    'Write a Python function that returns JSON for a user.',
    'How do I return JSON from a web server?',
    'Should we store our settings as JSON or as YAML in this project?',
  ])('%j is not a demand for JSON', (question) => {
    expect(decide(question).strategy).not.toBe('select');
  });

  it('without a critic to choose the answers are merged as far as that goes', () => {
    const plan = route({
      messages: [user('Answer in JSON: three rivers.')],
      mixture: mixture(['a', 'b'], [], { strategy: 'auto' }),
      stream: false,
    });
    expect([plan.strategy, plan.reason]).toEqual([
      'fuse',
      "auto: the answer must be JSON, but mixture 'test' has no critic to choose, so the answers are merged",
    ]);
  });
});

describe('auto and tools', () => {
  const call: Message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 't1', type: 'function', function: { name: 'look_up', arguments: '{}' } }],
  };
  const result: Message = { role: 'tool', content: '42', tool_call_id: 't1' };

  it('leaves what a tool said to the critics alone', () => {
    const plan = decide([user('Answer in JSON: how many?'), call, result], { single: member('s1', 'one') });
    expect([plan.strategy, plan.reason]).toEqual(['single', 'auto: a tool has answered, so the critic goes on alone']);
    expect([plan.proposers, plan.writers.map((writer) => writer.model)]).toEqual([[], ['critic', 'second']]);
  });

  it('merges in a conversation that used tools before', () => {
    const plan = decide([user('How many?'), call, result, { role: 'assistant', content: '42' }, user('And how many in 2 days?')]);
    expect([plan.strategy, plan.reason]).toEqual([
      'fuse',
      'auto: the conversation uses tools, which only the critic may call, so the answers are merged',
    ]);
  });
});

describe('auto votes on what can be compared', () => {
  it.each([
    ['What is 17 * 23?', 'a number'],
    ['Which planet is the largest?\nA) Mars\nB) Jupiter\nC) Venus', 'one of several choices'],
    ['Is 91 a prime number?', 'yes or no'],
    ['Who wrote Faust? Answer with the name only.', 'a short exact text'],
  ])('%j asks for %s', (question, what) => {
    const plan = decide(question);
    expect([plan.strategy, plan.reason]).toEqual(['vote', `auto: the question asks for ${what}, so the answers can be voted on`]);
  });

  it('needs two families for it', () => {
    const alike = mixture([member('', 'a', { family: 'f' }), member('', 'b', { family: 'f' })], ['critic'], { strategy: 'auto' });
    const plan = route({ messages: [user('What is 17 * 23?')], mixture: alike, stream: false });
    expect([plan.strategy, plan.reason]).toEqual([
      'fuse',
      "auto: the question asks for a number, but mixture 'test' has models of one family only, so the answers are merged",
    ]);
  });
});

describe('auto asks one model what is simple', () => {
  it.each([
    'Hello there!',
    'Who wrote Faust?',
    'What is the capital of Peru?',
    'What does ubiquitous mean?',
    'Translate "good morning" into French.',
    'define entropy',
  ])('%j', (question) => {
    const plan = decide(question);
    expect([plan.strategy, plan.writers.map((w) => w.model)]).toEqual(['single', ['critic']]);
    expect(plan.reason).toBe('auto: it is a short, simple request, so one model answers');
  });

  it('takes the single model of the mixture', () => {
    expect(decide('Who wrote Faust?', { single: member('s1', 'one') }).writers.map((w) => w.model)).toEqual(['one']);
  });

  it.each([
    'What is the best way to learn Rust?',
    'Why is the sky blue?',
    'What is entropy, and why does it grow?',
    'What is a monad?\nShow me some.',
    `What is ${'very '.repeat(30)}old?`,
    'Prove that there are infinitely many primes.',
  ])('%j is not simple', (question) => {
    expect(decide(question).strategy).not.toBe('single');
  });

  it('not what may refer to something before, or to an image', () => {
    expect(decide([user('Tell me about Goethe.'), { role: 'assistant', content: 'A poet.' }, user('Who was his wife?')]).strategy).toBe(
      'fuse',
    );
    const image: Message = {
      role: 'user',
      content: [
        { type: 'text', text: 'Who is this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
      ],
    };
    expect(decide([image]).strategy).toBe('fuse');
  });
});

describe('auto goes deep where that is configured', () => {
  it.each([
    ['Compare Postgres and MySQL for a small shop.', 'it asks for a comparison, a plan or an analysis'],
    ['Write a report on the state of our streets.', 'it asks for a comparison, a plan or an analysis'],
    ['Tell me three things:\n- about Rome\n- about Paris\n- about Oslo', 'it has several parts'],
    ['Where to? With whom? And what for?', 'it has several parts'],
    [`Improve this text. ${'It was a dark night. '.repeat(500)}`, 'it is long'],
    ['What is in here?\n\n<file path="a.txt">\nhello\n</file>', 'files or data are attached'],
    ['What is in here?\n\n<stdin>\nhello\n</stdin>', 'files or data are attached'],
  ])('%.40j', (question, why) => {
    const deep = decide(question, layered);
    expect([deep.strategy, deep.reason]).toEqual(['deep', `auto: it is a complex request (${why}), so it is answered in layers`]);
    const flat = decide(question);
    expect([flat.strategy, flat.reason]).toEqual([
      'fuse',
      `auto: it is a complex request (${why}), but mixture 'test' has no layers configured, so the answers are merged`,
    ]);
  });

  it('not without a critic to write the last layer', () => {
    const without = mixture(['a', 'b'], [], { strategy: 'auto', ...layered });
    expect(route({ messages: [user('Compare Postgres and MySQL.')], mixture: without, stream: false }).strategy).toBe('fuse');
  });
});

describe('auto that cannot tell', () => {
  it('merges', () => {
    const plan = decide(UNDECIDED);
    expect([plan.strategy, plan.reason, plan.classifier]).toEqual(['fuse', 'auto: no rule decides, so the answers are merged', null]);
  });

  it('names the classifier, and only then', () => {
    const classifier = member('r1', 'tiny');
    expect(decide(UNDECIDED, { auto: { classifier, routes: {} } }).classifier).toBe(classifier);
    for (const question of ['Who wrote Faust?', 'What is 17 * 23?', 'Compare Postgres and MySQL.', 'Answer in JSON: two rivers.'])
      expect(decide(question, { auto: { classifier, routes: {} } }).classifier).toBeNull();
  });

  it('has nobody but a single model', () => {
    const lone = mixture([], [], { strategy: 'auto', single: member('s1', 'one') });
    expect(route({ messages: [user(UNDECIDED)], mixture: lone, stream: false })).toMatchObject({
      strategy: 'single',
      writers: [{ model: 'one' }],
    });
  });
});

describe('mixtures by kind of request', () => {
  const to = (name: string, more: Partial<Mixture> = {}) => mixture(['x', 'y'], ['z'], { name, strategyChosen: false, ...more });
  const routed = (routes: Mixture['auto']['routes']): Partial<Mixture> => ({ auto: { classifier: null, routes } });

  it.each([
    [
      'simple',
      'Who wrote Faust?',
      'single',
      "auto: it is a short, simple request; mixture 'm' is for what is simple, so one model answers",
    ],
    ['medium', UNDECIDED, 'fuse', "auto: no rule decides; mixture 'm' is for what is medium, so the answers are merged"],
    [
      'complex',
      'Compare Postgres and MySQL.',
      'deep',
      "auto: it is a complex request (it asks for a comparison, a plan or an analysis); mixture 'm' is for what is complex, so it is answered in layers",
    ],
    [
      'code',
      'Fix the bug in my parser, please.',
      'fuse',
      "auto: no rule decides; mixture 'm' is for what is code, so the answers are merged",
    ],
    ['writing', 'Write a poem about rain.', 'fuse', "auto: no rule decides; mixture 'm' is for what is writing, so the answers are merged"],
    [
      'analysis',
      'Summarize the trends in this data.\n\n<file path="sales.csv">\na,b\n</file>',
      'fuse',
      "auto: it is a complex request (files or data are attached); mixture 'm' is for what is analysis, but it has no layers configured, so the answers are merged",
    ],
    [
      'math',
      'What is 17 * 23?',
      'vote',
      "auto: the question asks for a number; mixture 'm' is for what is math, so the answers can be voted on",
    ],
    ['other', UNDECIDED, 'fuse', "auto: no rule decides; mixture 'm' is for the rest, so the answers are merged"],
  ] as const)('%s', (kind, question, strategy, reason) => {
    const plan = decide(question, routed({ [kind]: to('m') }));
    expect([plan.mixture.name, plan.strategy, plan.reason]).toEqual(['m', strategy, reason]);
  });

  it('the kind of work weighs more than its difficulty, and the rest least', () => {
    const routes = { code: to('coder'), complex: to('heavy'), medium: to('middle'), other: to('rest') };
    expect(decide('Compare these two functions: review the code.', routed(routes)).mixture.name).toBe('coder');
    expect(decide('Compare Rome and Paris.', routed(routes)).mixture.name).toBe('heavy');
    expect(decide(UNDECIDED, routed(routes)).mixture.name).toBe('middle');
    expect(decide('Who wrote Faust?', routed(routes)).mixture.name).toBe('rest');
  });

  it('a strategy of its own is followed, auto counts as none', () => {
    const own = decide('Compare Rome and Paris.', routed({ complex: to('m', { strategy: 'cascade', strategyChosen: true }) }));
    expect([own.strategy, own.reason]).toEqual([
      'cascade',
      "auto: it is a complex request (it asks for a comparison, a plan or an analysis); mixture 'm' is for what is complex, with strategy 'cascade' of its own",
    ]);
    expect(decide('Who wrote Faust?', routed({ simple: to('m', { strategy: 'auto', strategyChosen: true }) })).strategy).toBe('single');
  });

  it('but formats and tools keep theirs', () => {
    const coder = routed({ code: to('coder', { strategy: 'deep', strategyChosen: true }) });
    const plan = decide([system('Use *SEARCH/REPLACE blocks*:\n<<<<<<< SEARCH'), user('Rename x to y.')], coder);
    expect([plan.mixture.name, plan.strategy]).toEqual(['coder', 'select']);
    const tool = decide([user('Fix the bug in my parser.'), { role: 'tool', content: 'ok', tool_call_id: 't' }], coder);
    expect([tool.strategy, tool.proposers, tool.writers.map((w) => w.model)]).toEqual(['single', [], ['z']]);
  });

  it('what the mixture cannot do is merged', () => {
    const plan = decide('What is 17 * 23?', routed({ math: mixture(['x'], ['z'], { name: 'm', strategyChosen: false }) }));
    expect([plan.mixture.name, plan.strategy]).toEqual(['m', 'fuse']);
  });

  it('keeps the time limit of the run, and of two caps that the user set the lower one', () => {
    const cap = (first: Mixture['maxCost'], target: Mixture['maxCost']) =>
      decide('Who wrote Faust?', {
        maxCost: first,
        runTimeout: 7_000,
        ...routed({ simple: to('m', { maxCost: target, runTimeout: 9_000 }) }),
      }).mixture;
    const set = (usd: number) => ({ usd, setByUser: true });
    const builtIn = { usd: 1, setByUser: false };
    expect(cap(set(0.5), set(0.2))).toMatchObject({ maxCost: set(0.2), runTimeout: 7_000, quorum: 2 });
    expect(cap(set(0.2), set(0.5)).maxCost).toEqual(set(0.2));
    expect(cap(set(3), builtIn).maxCost).toEqual(set(3));
    expect(cap(builtIn, set(5)).maxCost).toEqual(set(1));
    expect(cap(builtIn, builtIn).maxCost).toEqual(builtIn);
    expect(cap(builtIn, set(0.1)).maxCost).toEqual(set(0.1));
    expect(cap(null, builtIn).maxCost).toEqual(builtIn);
  });
});

it('takes no time worth mentioning, however the request is made', () => {
  const started = performance.now();
  decide('<file path="x">\n'.repeat(200_000));
  decide('<file '.repeat(200_000));
  decide(`Compare. ${'<<<<<<< SEARC '.repeat(100_000)}`);
  decide(`answer ${'in '.repeat(100_000)}`);
  decide([system(`return the entire ${'content of the '.repeat(50_000)}`), user('x')]);
  expect(performance.now() - started).toBeLessThan(2_000);
});
