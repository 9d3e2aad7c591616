import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/event.js';
import type { RunResult } from '../../src/core/run.js';
import { keptRun } from '../support/kept-run.js';
import { eventsOf, families, type MixtureCli, mixtureCli, says, shapeOf } from '../support/mixture-cli.js';
import { problems } from '../support/schema.js';

const CRITIC = 'sandbox/critic';
const SLOW = says('I get 42.', 'ttft=200');
const [FIRST, SECOND, THIRD] = [says('I get 42.'), says('The answer is 42'), says('It is 41')] as const;
const PANEL = { proposers: families(FIRST, SECOND, THIRD), critic: CRITIC };
const QUESTION = 'What is 6 * 7?';
/** Asks for nothing that could be compared. */
const OPEN = 'Should I move to a large city?';

interface Case {
  /** What is special about it. */
  it: string;
  mixture: Record<string, unknown>;
  others?: object;
  args?: string[];
  question?: string;
  stdout: string;
  requests: Record<string, number>;
  shape: Partial<ReturnType<typeof shapeOf>>;
  reason?: string;
}

const answered = (...ids: string[]) => ids.map((id) => `${id} layer 1 answered`);
const DIFFERS_ONCE = 'sandbox/say=The%20answer%20is%2042.,longline=40,finish=stop,fail=1';
const CHECKS = says('QUESTION: Is 6 times 7 really 41?\n6 times 7 is 42.');
const NOTHING = says('NOTHING TO ADD');

const CASES: Case[] = [
  {
    it: 'single: the model of `single:` alone',
    mixture: { ...PANEL, strategy: 'single', single: says('forty-two') },
    stdout: 'forty-two\n',
    requests: { [says('forty-two')]: 1 },
    shape: { status: 'complete', strategy: 'single', answer_source: 'critic', proposals: [], calls: ['s1 critic answered'] },
  },
  {
    it: 'single: else the first critic',
    mixture: { ...PANEL, strategy: 'single', critic: [says('critic one'), says('critic two')] },
    stdout: 'critic one\n',
    requests: { [says('critic one')]: 1 },
    shape: { status: 'complete', calls: ['s1 critic answered'] },
  },
  {
    it: 'fuse: everyone once, one synthesis',
    mixture: { ...PANEL, critic: says('merged') },
    stdout: 'merged\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [says('merged')]: 1 },
    shape: {
      status: 'complete',
      strategy: 'fuse',
      answer_source: 'critic',
      proposals: answered('p1', 'p2', 'p3'),
      calls: ['p1 proposer answered', 'p2 proposer answered', 'p3 proposer answered', 'c1 critic answered'],
      critic: 'c1',
    },
  },
  {
    it: 'self: samples that are the same need no critic',
    mixture: { strategy: 'self', single: FIRST, samples: 3 },
    stdout: 'I get 42.\n',
    requests: { [FIRST]: 3 },
    shape: { status: 'complete', strategy: 'self', answer_source: 'proposal:p1', proposals: answered('p1', 'p2', 'p3'), critic: null },
  },
  {
    it: 'self: the model is its own critic',
    mixture: { strategy: 'self', single: DIFFERS_ONCE, samples: 2 },
    stdout: 'The answer is 42.\n',
    requests: { [DIFFERS_ONCE]: 3 },
    shape: { status: 'complete', answer_source: 'critic', calls: ['p1 proposer answered', 'p2 proposer answered', 'c1 critic answered'] },
  },
  {
    it: 'vote: settled by two, the third is not asked',
    mixture: { ...PANEL, strategy: 'vote' },
    stdout: 'I get 42.\n',
    requests: { [FIRST]: 1, [SECOND]: 1 },
    shape: {
      status: 'complete',
      strategy: 'vote',
      answer_source: 'proposal:p1',
      proposals: [...answered('p1', 'p2'), 'p3 layer 1 skipped'],
      calls: ['p1 proposer answered', 'p2 proposer answered'],
      critic: null,
    },
  },
  {
    it: 'vote: two that differ need the third',
    mixture: { ...PANEL, strategy: 'vote', proposers: families(THIRD, FIRST, SECOND) },
    stdout: 'I get 42.\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1 },
    shape: { status: 'complete', answer_source: 'proposal:p2', proposals: answered('p1', 'p2', 'p3') },
  },
  {
    it: 'vote: with nothing to compare goes on as fuse',
    mixture: {
      strategy: 'vote',
      proposers: families(says('Yes, do. It is lively.'), says('Better stay where you are. I mean it.')),
      critic: says('merged'),
    },
    question: OPEN,
    stdout: 'merged\n',
    requests: { [says('Yes, do. It is lively.')]: 1, [says('Better stay where you are. I mean it.')]: 1, [says('merged')]: 1 },
    shape: { status: 'complete', strategy: 'vote', answer_source: 'critic' },
  },
  {
    it: "vote: by a user's regular expression",
    mixture: {
      strategy: 'vote',
      proposers: families(says('id: x7, name'), says('name; id: x7'), says('id: x8')),
      critic: CRITIC,
      vote: { extract: { regex: 'id: (\\w+)' } },
    },
    question: OPEN,
    stdout: 'id: x7, name\n',
    requests: { [says('id: x7, name')]: 1, [says('name; id: x7')]: 1 },
    shape: { status: 'complete', answer_source: 'proposal:p1' },
  },
  {
    it: 'select: a judge names one',
    mixture: { ...PANEL, strategy: 'select' },
    stdout: 'The answer is 42\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [CRITIC]: 1 },
    shape: {
      status: 'complete',
      strategy: 'select',
      answer_source: 'proposal:p2',
      calls: ['p1 proposer answered', 'p2 proposer answered', 'p3 proposer answered', 'c1 judge answered'],
      critic: null,
    },
  },
  {
    it: 'select: a second look is a second call',
    mixture: { ...PANEL, strategy: 'select', select: { second_look: true } },
    stdout: 'The answer is 42\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [CRITIC]: 2 },
    shape: {
      status: 'complete',
      calls: ['p1 proposer answered', 'p2 proposer answered', 'p3 proposer answered', 'c1 judge answered', 'c1.2 judge answered'],
    },
  },
  {
    it: 'cascade: two families that agree end it',
    mixture: { strategy: 'cascade', tiers: [families(FIRST, SECOND), [{ model: THIRD, family: 'strong' }]] },
    stdout: 'I get 42.\n',
    requests: { [FIRST]: 1, [SECOND]: 1 },
    shape: {
      status: 'complete',
      strategy: 'cascade',
      answer_source: 'proposal:p1',
      proposals: ['p1 layer 1 answered', 'p2 layer 1 answered', 'p3 layer 2 skipped'],
    },
  },
  {
    it: 'cascade: two of one family do not',
    mixture: {
      strategy: 'cascade',
      tiers: [
        [
          { model: FIRST, family: 'one' },
          { model: SECOND, family: 'one' },
        ],
        [{ model: THIRD, family: 'strong' }],
      ],
    },
    stdout: 'It is 41\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1 },
    shape: {
      status: 'complete',
      answer_source: 'proposal:p3',
      proposals: ['p1 layer 1 answered', 'p2 layer 1 answered', 'p3 layer 2 answered'],
    },
  },
  {
    it: 'cascade: an answer its model is sure of ends it',
    mixture: {
      strategy: 'cascade',
      tiers: [[{ model: says('41', 'conf=0.99'), family: 'a' }], [{ model: FIRST, family: 'b' }]],
      cascade: { confidence: 0.95 },
    },
    stdout: '41\n',
    requests: { [says('41', 'conf=0.99')]: 1 },
    shape: { status: 'complete', answer_source: 'proposal:p1' },
  },
  {
    it: 'cascade: without tiers the critic is the second one',
    mixture: { strategy: 'cascade', proposers: families(FIRST, THIRD), critic: says('merged') },
    stdout: 'merged\n',
    requests: { [FIRST]: 1, [THIRD]: 1, [says('merged')]: 1 },
    shape: { status: 'complete', answer_source: 'critic' },
  },
  {
    it: 'deep: three layers, proposals in the order of the config whoever is first',
    mixture: { ...PANEL, strategy: 'deep', proposers: families(SLOW, SECOND, THIRD), critic: says('merged') },
    stdout: 'merged\n',
    requests: { [SLOW]: 2, [SECOND]: 2, [THIRD]: 2, [says('merged')]: 1 },
    shape: {
      status: 'complete',
      strategy: 'deep',
      answer_source: 'critic',
      proposals: [...answered('p1', 'p2', 'p3'), 'p1.2 layer 2 answered', 'p2.2 layer 2 answered', 'p3.2 layer 2 answered'],
    },
  },
  {
    it: 'deep: four layers by flag, aggregators of their own',
    mixture: { ...PANEL, strategy: 'deep', critic: says('merged'), layers: { aggregators: [says('note one'), says('note two')] } },
    args: ['--layers', '4'],
    stdout: 'merged\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [says('note one')]: 2, [says('note two')]: 2, [says('merged')]: 1 },
    shape: {
      status: 'complete',
      proposals: [
        ...answered('p1', 'p2', 'p3'),
        'a1.2 layer 2 answered',
        'a2.2 layer 2 answered',
        'a1.3 layer 3 answered',
        'a2.3 layer 3 answered',
      ],
    },
  },
  {
    it: 'deep: a layer that adds nothing ends it',
    mixture: { ...PANEL, strategy: 'deep', critic: says('merged'), layers: { count: 5, aggregators: [NOTHING] } },
    stdout: 'merged\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [NOTHING]: 1, [says('merged')]: 1 },
    shape: { status: 'complete' },
  },
  {
    it: '--verify: a draft that holds stays',
    mixture: { ...PANEL, critic: CRITIC },
    args: ['--verify'],
    stdout: 'The answer is 42\n',
    requests: { [FIRST]: 2, [SECOND]: 1, [THIRD]: 1, [CRITIC]: 3 },
    shape: {
      status: 'complete',
      strategy: 'fuse',
      answer_source: 'critic',
      calls: [
        'p1 proposer answered',
        'p2 proposer answered',
        'p3 proposer answered',
        'c1 critic answered',
        'v0 verifier answered',
        'v1 verifier answered',
        'c1.v critic answered',
      ],
    },
  },
  {
    it: '--verify: a draft that is contradicted is repaired, here that of a vote',
    mixture: { strategy: 'vote', proposers: families(THIRD, says('41 it is')), critic: { model: CHECKS, family: 'd' } },
    args: ['--verify'],
    stdout: 'QUESTION: Is 6 times 7 really 41?\n6 times 7 is 42.\n',
    requests: { [THIRD]: 1, [says('41 it is')]: 2, [CHECKS]: 2 },
    shape: {
      status: 'complete',
      strategy: 'vote',
      answer_source: 'critic',
      critic: 'c1.v',
    },
  },
  {
    it: '--refine 1: reviews are put in',
    mixture: { ...PANEL, critic: says('merged') },
    args: ['--refine', '1'],
    stdout: 'merged\n',
    requests: { [FIRST]: 2, [SECOND]: 2, [THIRD]: 2, [says('merged')]: 2 },
    shape: {
      status: 'complete',
      answer_source: 'critic',
      calls: [
        'p1 proposer answered',
        'p2 proposer answered',
        'p3 proposer answered',
        'c1 critic answered',
        'p1.r1 proposer answered',
        'p2.r1 proposer answered',
        'p3.r1 proposer answered',
        'c1.r1 critic answered',
      ],
      critic: 'c1.r1',
    },
  },
  {
    it: '--refine 3: a round in which nobody has anything to add ends it',
    mixture: { strategy: 'self', single: NOTHING, samples: 2, critic: says('merged') },
    args: ['--refine', '3'],
    stdout: 'NOTHING TO ADD\n',
    requests: { [NOTHING]: 4 },
    shape: { status: 'complete', answer_source: 'proposal:p1' },
  },
  {
    it: 'auto: a number is voted on',
    mixture: { ...PANEL, strategy: 'auto' },
    stdout: 'I get 42.\n',
    requests: { [FIRST]: 1, [SECOND]: 1 },
    shape: { status: 'complete', strategy: 'vote' },
    reason: 'auto: the question asks for a number, so the answers can be voted on',
  },
  {
    it: 'auto: yes or no is voted on',
    mixture: { ...PANEL, strategy: 'auto', proposers: families(says('Yes.'), says('yes, it is'), says('No.')) },
    question: 'Is 7 a prime? Answer yes or no.',
    stdout: 'Yes.\n',
    requests: { [says('Yes.')]: 1, [says('yes, it is')]: 1 },
    shape: { status: 'complete', strategy: 'vote' },
    reason: 'auto: the question asks for yes or no, so the answers can be voted on',
  },
  {
    it: 'auto: one of several choices is voted on',
    mixture: { ...PANEL, strategy: 'auto', proposers: families(says('C) is right'), says('Answer: B'), says('(B)')) },
    question: 'Which is a prime? A) 4 B) 7 C) 9',
    stdout: 'Answer: B\n',
    requests: { [says('C) is right')]: 1, [says('Answer: B')]: 1, [says('(B)')]: 1 },
    shape: { status: 'complete', strategy: 'vote' },
    reason: 'auto: the question asks for one of several choices, so the answers can be voted on',
  },
  {
    it: 'auto: JSON is chosen',
    mixture: { ...PANEL, strategy: 'auto', proposers: families(says('{"a":1}'), says('{ "a": 2 }')) },
    args: ['-s', 'Answer with JSON only.'],
    stdout: '{ "a": 2 }\n',
    requests: { [says('{"a":1}')]: 1, [says('{ "a": 2 }')]: 1, [CRITIC]: 1 },
    shape: { status: 'complete', strategy: 'select' },
    reason: 'auto: the answer must be JSON, so one answer is chosen and goes out unchanged',
  },
  {
    it: 'auto: an edit format is chosen',
    mixture: { ...PANEL, strategy: 'auto', proposers: families(says('a.py\n<<<<<<< SEARCH'), says('b.py\n<<<<<<< SEARCH\n')) },
    args: ['-s', 'All changes must use this *SEARCH/REPLACE block* format.'],
    question: 'Rename x to y.',
    stdout: 'b.py\n<<<<<<< SEARCH\n',
    requests: { [says('a.py\n<<<<<<< SEARCH')]: 1, [says('b.py\n<<<<<<< SEARCH\n')]: 1, [CRITIC]: 1 },
    shape: { status: 'complete', strategy: 'select' },
    reason: 'auto: the answer must be edits in an exact format, so one answer is chosen and goes out unchanged',
  },
  {
    it: 'auto: a short plain question goes to one model',
    mixture: { ...PANEL, strategy: 'auto', critic: says('Goethe') },
    question: 'Who wrote Faust?',
    stdout: 'Goethe\n',
    requests: { [says('Goethe')]: 1 },
    shape: { status: 'complete', strategy: 'single' },
    reason: 'auto: it is a short, simple request, so one model answers',
  },
  {
    it: 'auto: a complex request goes in layers where they are configured',
    mixture: { ...PANEL, strategy: 'auto', critic: says('merged'), layers: 3 },
    question: 'Compare Postgres and MySQL.',
    stdout: 'merged\n',
    requests: { [FIRST]: 2, [SECOND]: 2, [THIRD]: 2, [says('merged')]: 1 },
    shape: { status: 'complete', strategy: 'deep' },
    reason: 'auto: it is a complex request (it asks for a comparison, a plan or an analysis), so it is answered in layers',
  },
  {
    it: 'auto: else it is merged',
    mixture: { ...PANEL, strategy: 'auto', critic: says('merged') },
    question: 'Compare Postgres and MySQL.',
    stdout: 'merged\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [says('merged')]: 1 },
    shape: { status: 'complete', strategy: 'fuse' },
    reason:
      "auto: it is a complex request (it asks for a comparison, a plan or an analysis), but mixture 'mine' has no layers configured, so the answers are merged",
  },
  {
    it: 'auto: what no rule decides is merged',
    mixture: { ...PANEL, strategy: 'auto', critic: says('merged') },
    question: OPEN,
    stdout: 'merged\n',
    requests: { [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [says('merged')]: 1 },
    shape: { status: 'complete', strategy: 'fuse' },
    reason: 'auto: no rule decides, so the answers are merged',
  },
  {
    it: 'auto: a task type names another mixture',
    mixture: { ...PANEL, strategy: 'auto', auto: { math: 'numbers' } },
    others: { numbers: { strategy: 'cascade', tiers: [families(FIRST, SECOND), [{ model: THIRD, family: 'strong' }]] } },
    stdout: 'I get 42.\n',
    requests: { [FIRST]: 1, [SECOND]: 1 },
    shape: { status: 'complete', strategy: 'cascade' },
    reason: "auto: the question asks for a number; mixture 'numbers' is for what is math, with strategy 'cascade' of its own",
  },
];

/** The same run twice: once as text, once as events with a trace. */
async function both(cli: MixtureCli, args: readonly string[]) {
  const text = await cli.ask(...args, '--no-log');
  const requests = cli.requests();
  cli.sandbox.reset();
  const jsonl = await cli.ask(...args, '--format', 'jsonl', '--debug-dir', 'trace');
  const events = eventsOf(jsonl.stdout);
  const last = events.at(-1) as Extract<RunEvent, { type: 'run.end' }>;
  return { text, requests, jsonl, events, result: last.result };
}

describe.each(CASES)('$it', ({ mixture, others = {}, args = [], question = QUESTION, stdout, requests, shape, reason }) => {
  it('goes out, and is told of alike everywhere', async () => {
    const cli = await mixtureCli(mixture, { others });
    const run = await both(cli, [...args, question]);
    expect(run.text).toEqual({ stdout, stderr: '', status: 0, signal: null });
    expect(run.requests).toEqual(requests);
    expect({ requests: cli.requests(), stderr: run.jsonl.stderr, status: run.jsonl.status }).toEqual({ requests, stderr: '', status: 0 });

    const { result, events } = run;
    expect(shapeOf(result)).toMatchObject(shape);
    if (reason !== undefined) expect(result.route_reason).toBe(reason);
    expect(result.warnings).toEqual([]);
    expect(events.map((event) => problems('event', event))).toEqual(events.map(() => []));
    expect(problems('result', result)).toEqual([]);
    expect(result.calls).toHaveLength(Object.values(requests).reduce((sum, count) => sum + count, 0));
    expect(`${shownIn(events).trimEnd()}\n`).toBe(`${stdout.trimEnd()}\n`);
    expect(result.cost_usd).toBeCloseTo(
      result.calls.reduce((sum, call) => sum + (call.cost_usd ?? Number.NaN), 0),
      10,
    );

    expect((await keptRun(cli.place)).result).toEqual(result);
    expect(traceOf(cli)).toEqual({ calls: [...result.calls, ...skipped(result)].length, status: result.status, strategy: result.strategy });
  });

  it('is what --explain-route and --dry-run say', async () => {
    const cli = await mixtureCli(mixture, { others });
    const explained = JSON.parse((await cli.ask(...args, '--explain-route', '--json', question)).stdout);
    const planned = JSON.parse((await cli.ask(...args, '--dry-run', '--json', question)).stdout);
    expect(cli.requests()).toEqual({});
    const { stdout: json } = await cli.ask(...args, '--json', question);
    const result = JSON.parse(json) as RunResult;
    const { strategy, route_reason, mixture: name } = result;
    expect(explained).toEqual({ schema_version: 1, explain_route: true, mixture: name, strategy, route_reason, classifier: null });
    expect(planned).toMatchObject({ mixture: name, strategy, route_reason });
    const ids = (planned.planned as { id: string }[]).map(({ id }) => id);
    expect(result.calls.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual([]);
    expect(result.calls.length).toBeLessThanOrEqual(planned.calls as number);
  });
});

function shownIn(events: readonly RunEvent[]): string {
  return events.flatMap((event) => (event.type === 'answer.delta' ? [event.text] : [])).join('');
}

function skipped({ proposals }: RunResult) {
  return proposals.filter(({ status }) => status === 'skipped');
}

function traceOf({ place }: MixtureCli) {
  const dir = join(place.cwd, 'trace');
  const [name] = readdirSync(dir);
  const text = readFileSync(join(dir, String(name)), 'utf8');
  return {
    calls: text.match(/^## (Proposal|Critic|Judge|Verifier|Classifier)\b/gm)?.length,
    status: /^- status: (\w+)$/m.exec(text)?.[1],
    strategy: /^- strategy: (\w+) /m.exec(text)?.[1],
  };
}

describe('a classifier', () => {
  const AUTO = { ...PANEL, strategy: 'auto', critic: says('merged') };
  const withClassifier = (reply: string, more: object = {}, others: object = {}) =>
    mixtureCli({ ...AUTO, auto: { classifier: says(reply), ...more } }, { others });

  it('is asked where no rule decides, and its word holds', async () => {
    const cli = await withClassifier('ROUTE: simple writing');
    const { text, requests, events, result } = await both(cli, [OPEN]);
    expect(text).toEqual({ stdout: 'merged\n', stderr: '', status: 0, signal: null });
    expect(requests).toEqual({ [says('ROUTE: simple writing')]: 1, [says('merged')]: 1 });
    expect(shapeOf(result)).toMatchObject({ strategy: 'single', calls: ['r1 router answered', 's1 critic answered'] });
    expect(result.route_reason).toBe(`auto: ${says('ROUTE: simple writing')} finds the request simple (writing), so one model answers`);
    expect(events.map((event) => problems('event', event))).toEqual(events.map(() => []));
    expect(events.filter(({ type }) => type === 'route')).toHaveLength(1);
  });

  it('leads to another mixture', async () => {
    const cli = await withClassifier(
      'ROUTE: medium writing',
      { writing: 'texts' },
      { texts: { ...AUTO, strategy: 'select', critic: CRITIC } },
    );
    const { stdout } = await cli.ask('--json', OPEN);
    expect(JSON.parse(stdout)).toMatchObject({ mixture: 'texts', strategy: 'select', status: 'complete' });
  });

  it('is not asked where a rule decides', async () => {
    const cli = await withClassifier('ROUTE: simple');
    await cli.ask(QUESTION);
    expect(cli.requests()).toEqual({ [FIRST]: 1, [SECOND]: 1 });
  });

  it('is named, not asked, by --explain-route', async () => {
    const cli = await withClassifier('ROUTE: simple');
    const { stdout, stderr, status } = await cli.ask('--explain-route', OPEN);
    expect({ stdout, stderr, status, asked: cli.requests() }).toEqual({
      stdout:
        'strategy: fuse\nmixture:  mine\nreason:   auto: no rule decides, so the answers are merged\n' +
        `${says('ROUTE: simple')} would be asked to sort this request and may lead to another strategy or mixture; it was not asked\n` +
        'without it, the lines above hold\n',
      stderr: '',
      status: 0,
      asked: {},
    });
  });

  it.each(['I think that this is quite simple.', 'ROUTE: difficult', '', 'ROUTE:', '{"route":"complex"}'])(
    'that answers %j costs one warning',
    async (reply) => {
      const model = reply === '' ? 'sandbox/empty' : says(reply);
      const cli = await mixtureCli({ ...AUTO, auto: { classifier: model } });
      const { stdout, stderr, status } = await cli.ask('--strict', '--retries', '0', OPEN);
      const why = reply === '' ? 'it gave an empty answer (finish reason: stop)' : 'its reply names no route';
      expect({ stdout, stderr, status }).toEqual({
        stdout: 'merged\n',
        stderr: `mom: warning: ${model} could not sort the request: ${why}; the strategy chosen by rules stays\n`,
        status: 0,
      });
      expect(cli.requests()).toEqual({ [model]: 1, [FIRST]: 1, [SECOND]: 1, [THIRD]: 1, [says('merged')]: 1 });
    },
  );
});

describe('self', () => {
  it('gives each sample a seed and a temperature, its critic none of them', async () => {
    const cli = await mixtureCli({ strategy: 'self', single: DIFFERS_ONCE, samples: 2 });
    await cli.ask(QUESTION);
    const [first, second, critic] = cli.bodies();
    expect([first?.temperature, second?.temperature, critic?.temperature]).toEqual([0.7, 0.7, undefined]);
    expect(new Set([first?.seed, second?.seed]).size).toBe(2);
    expect(critic?.seed).toBeUndefined();
  });

  it('works for one run with -m', async () => {
    const cli = await mixtureCli(PANEL);
    expect(await cli.ask('-m', FIRST, '--strategy', 'self', QUESTION)).toEqual({
      stdout: 'I get 42.\n',
      stderr: '',
      status: 0,
      signal: null,
    });
    expect(cli.requests()).toEqual({ [FIRST]: 3 });
  });
});

describe('recorded answers of real models', () => {
  const FILE = new URL('../../recorded/gsm8k.jsonl', import.meta.url);
  const ROWS = readFileSync(FILE, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { i: number; question: string; answers: Record<string, { text: string }> });
  const row = (i: number) => ROWS.find((each) => each.i === i) as (typeof ROWS)[number];
  const [GPT4, MIXTRAL, VERIFIED, SMALL] = [
    'recorded/gpt-4-1106-preview',
    'recorded/mistralai/Mixtral-8x7B-Instruct-v0.1',
    'recorded/gpt3-175b_verification',
    'recorded/gpt3-6b_verification',
  ] as const;
  const text = (i: number, model: string) => row(i).answers[model.slice('recorded/'.length)]?.text ?? '';
  const ask = async (mixture: Record<string, unknown>, i: number) => {
    const cli = await mixtureCli(mixture, { sandbox: { recorded: [FILE.pathname] } });
    const run = await cli.ask('--json', '--', row(i).question);
    const result = JSON.parse(run.stdout) as RunResult;
    return { ...run, result, requests: cli.requests() };
  };
  const CASCADE = {
    strategy: 'cascade',
    tiers: [
      [
        { model: MIXTRAL, family: 'mixtral' },
        { model: VERIFIED, family: 'gpt3' },
      ],
      [{ model: GPT4, family: 'gpt4' }],
    ],
  };

  it('a cascade whose cheap families agree does not ask the strong one', async () => {
    const { result, requests, stderr } = await ask(CASCADE, 128);
    expect({ answer: result.answer, requests, stderr }).toEqual({
      answer: text(128, MIXTRAL),
      requests: { [MIXTRAL]: 1, [VERIFIED]: 1 },
      stderr: '',
    });
  });

  it('a cascade whose cheap families differ goes on', async () => {
    const { result, requests } = await ask(CASCADE, 192);
    expect({ answer: result.answer, requests }).toEqual({
      answer: text(192, GPT4),
      requests: { [MIXTRAL]: 1, [VERIFIED]: 1, [GPT4]: 1 },
    });
  });

  it('two sizes of one family are one voice', async () => {
    const tier = [
      { model: VERIFIED, family: 'gpt3' },
      { model: SMALL, family: 'gpt3' },
    ];
    const { result, requests } = await ask({ ...CASCADE, tiers: [tier, ...CASCADE.tiers.slice(1)] }, 32);
    expect(requests).toEqual({ [VERIFIED]: 1, [SMALL]: 1, [GPT4]: 1 });
    expect(result.status).toBe('complete');
  });

  it('a vote that two settle leaves the third alone', async () => {
    const mixture = {
      strategy: 'auto',
      proposers: [
        { model: GPT4, family: 'gpt4', weight: 2 },
        { model: MIXTRAL, family: 'mixtral' },
        { model: VERIFIED, family: 'gpt3' },
      ],
    };
    const { result, requests } = await ask(mixture, 0);
    expect(requests).toEqual({ [GPT4]: 1, [MIXTRAL]: 1 });
    expect(result).toMatchObject({ strategy: 'vote', answer: text(0, GPT4), answer_source: 'proposal:p1', status: 'complete' });
  });
});

it('--sandbox routes and answers without a word to anybody', async () => {
  const cli = await mixtureCli({ ...PANEL, strategy: 'auto' });
  const { stdout, stderr, status } = await cli.ask('--sandbox', QUESTION);
  expect({ stdout, stderr, status, asked: cli.requests() }).toEqual({
    stdout: 'I get 42.\n',
    stderr: 'mom: sandbox: built-in simulated and recorded models, no network\n',
    status: 0,
    asked: {},
  });
  expect(existsSync(join(cli.place.state, 'mom', 'mom.db'))).toBe(true);
});
