import { describe, expect, it } from 'vitest';
import { families, mixtureCli, says, warned } from '../support/mixture-cli.js';

const CRITIC = 'sandbox/critic';
const [ONE, TWO, THREE] = [says('I get 42.'), says('The answer is 42'), says('It is 41')] as const;
const MERGED = says('merged');
const QUESTION = 'What is 6 * 7?';

interface Fault {
  model: string;
  message: string;
  /** The same after the model's name, which is said once. */
  why: string;
}

const refused = (status: number): Fault => ({
  model: `sandbox/e${status}`,
  message: `openrouter failed for sandbox/e${status} (${status}): the sandbox was asked to answer ${status}`,
  why: `openrouter failed (${status}): the sandbox was asked to answer ${status}`,
});

const FAULTS: Fault[] = [
  refused(500),
  refused(401),
  { model: 'sandbox/hang', message: 'sandbox/hang was not done after 1 s (call limit)', why: 'it was not done after 1 s (call limit)' },
  {
    model: 'sandbox/cut=60',
    message: 'the answer of sandbox/cut=60 broke off after 0 characters: truncated',
    why: 'the answer broke off after 0 characters: truncated',
  },
  {
    model: 'sandbox/empty',
    message: 'sandbox/empty gave an empty answer (finish reason: stop)',
    why: 'it gave an empty answer (finish reason: stop)',
  },
  {
    model: 'sandbox/html',
    message: 'openrouter answered with text/html instead of a stream (sandbox/html)',
    why: 'openrouter answered with text/html instead of a stream',
  },
];

const noAnswer = ({ model, why }: Fault) => `${model} gave no answer: ${why}`;
const noWriter = ({ model, why }: Fault) => `${model} could not write the answer: ${why}`;
const noVerdict = ({ model, why }: Fault) => `${model} chose no answer: ${why}`;
const UNMERGED = 'no critic could write the answer; the best proposal goes out instead of a merged answer';
const NO_JUDGE = "no judge could choose an answer; the best proposal goes out without a judge's choice";

interface Part {
  /** Who fails, in what. */
  it: string;
  mixture: (bad: string) => Record<string, unknown>;
  args?: string[];
  stdout: string;
  /** Under `--strict`: 0 is complete, 3 degraded. */
  exit: 0 | 3;
  warnings: (fault: Fault) => string[];
}

const TIER = families(ONE, THREE);

const PARTS: Part[] = [
  {
    it: 'fuse: one proposer of three',
    mixture: (bad) => ({ proposers: families(ONE, THREE, bad), critic: MERGED }),
    stdout: 'merged',
    exit: 0,
    warnings: (fault) => [noAnswer(fault)],
  },
  {
    it: 'self: every sample, its critic is another',
    mixture: (bad) => ({ strategy: 'self', single: bad, samples: 2, critic: MERGED }),
    stdout: 'merged',
    exit: 3,
    warnings: (fault) => [noAnswer(fault), noAnswer(fault), 'only 0 of 2 models answered; the critic is asked alone'],
  },
  {
    it: 'vote: one of the two that start',
    mixture: (bad) => ({ strategy: 'vote', proposers: families(bad, ONE, TWO), critic: MERGED }),
    stdout: 'I get 42.',
    exit: 0,
    warnings: (fault) => [noAnswer(fault)],
  },
  {
    it: 'vote: all but one',
    mixture: (bad) => ({ strategy: 'vote', proposers: families(bad, ONE, bad), critic: MERGED }),
    stdout: 'I get 42.',
    exit: 3,
    warnings: (fault) => [noAnswer(fault), noAnswer(fault)],
  },
  {
    it: 'vote: the critic, where nothing can be compared',
    mixture: (bad) => ({ strategy: 'vote', proposers: families(says('Go. It is fun.'), says('Stay. I mean it.')), critic: bad }),
    args: ['Should I go?'],
    stdout: 'Go. It is fun.',
    exit: 3,
    warnings: (fault) => [noWriter(fault), UNMERGED],
  },
  {
    it: 'select: one proposer of three',
    mixture: (bad) => ({ strategy: 'select', proposers: families(ONE, bad, TWO), critic: CRITIC }),
    stdout: 'The answer is 42',
    exit: 0,
    warnings: (fault) => [noAnswer(fault)],
  },
  {
    it: 'select: the first judge',
    mixture: (bad) => ({ strategy: 'select', proposers: families(ONE, THREE, TWO), critic: [bad, CRITIC] }),
    stdout: 'The answer is 42',
    exit: 3,
    warnings: (fault) => [noVerdict(fault)],
  },
  {
    it: 'select: every judge',
    mixture: (bad) => ({ strategy: 'select', proposers: families(THREE, ONE, TWO), critic: [bad, bad] }),
    stdout: 'I get 42.',
    exit: 3,
    warnings: (fault) => [noVerdict(fault), noVerdict(fault), NO_JUDGE],
  },
  {
    it: 'cascade: one of the first tier',
    mixture: (bad) => ({ strategy: 'cascade', tiers: [families(bad, ONE), [{ model: TWO, family: 'strong' }]] }),
    stdout: 'The answer is 42',
    exit: 0,
    warnings: (fault) => [noAnswer(fault)],
  },
  {
    it: 'cascade: the whole first tier',
    mixture: (bad) => ({ strategy: 'cascade', tiers: [families(bad, bad), [{ model: TWO, family: 'strong' }]] }),
    stdout: 'The answer is 42',
    exit: 0,
    warnings: (fault) => [noAnswer(fault), noAnswer(fault)],
  },
  {
    it: 'cascade: the last tier',
    mixture: (bad) => ({ strategy: 'cascade', tiers: [TIER, [{ model: bad, family: 'strong' }]] }),
    stdout: 'I get 42.',
    exit: 3,
    warnings: (fault) => [noAnswer(fault), 'no model of the last tier gave an answer; the best of the earlier answers goes out'],
  },
  {
    it: 'cascade: the critic, which is the second tier',
    mixture: (bad) => ({ strategy: 'cascade', proposers: TIER, critic: bad }),
    stdout: 'I get 42.',
    exit: 3,
    warnings: (fault) => [noWriter(fault), UNMERGED],
  },
  {
    it: 'deep: one proposer of three, which fails in both layers',
    mixture: (bad) => ({ strategy: 'deep', proposers: families(ONE, THREE, bad), critic: MERGED }),
    stdout: 'merged',
    exit: 0,
    warnings: (fault) => [noAnswer(fault), noAnswer(fault)],
  },
  {
    it: 'deep: every aggregator',
    mixture: (bad) => ({ strategy: 'deep', proposers: TIER, critic: MERGED, layers: { aggregators: [bad] } }),
    stdout: 'merged',
    exit: 3,
    warnings: (fault) => [noAnswer(fault), 'no model of layer 2 answered; the run goes on with what the layer below brought'],
  },
  {
    it: 'deep: the last synthesis',
    mixture: (bad) => ({ strategy: 'deep', proposers: TIER, critic: [bad, MERGED] }),
    stdout: 'merged',
    exit: 3,
    warnings: (fault) => [noWriter(fault)],
  },
  {
    it: '--verify: who writes the questions, and compares',
    mixture: (bad) => ({ strategy: 'vote', proposers: families(ONE, TWO), critic: bad }),
    args: ['--verify', QUESTION],
    stdout: 'I get 42.',
    exit: 3,
    warnings: ({ model, why }) => [
      `${model} could not write check questions: ${why}`,
      'the check failed: there are no check questions; the answer goes out unchecked',
    ],
  },
  {
    it: '--verify: who answers the questions',
    mixture: (bad) => ({ strategy: 'vote', proposers: families(ONE, TWO), critic: CRITIC, verify: { model: { model: bad, family: 'x' } } }),
    stdout: 'I get 42.',
    exit: 3,
    warnings: ({ model, why }) => [
      `1 of 1 check questions got no answer from ${model}: ${why}`,
      'the check failed: no check question was answered; the answer goes out unchecked',
    ],
  },
  {
    it: '--refine: who puts the reviews in',
    mixture: (bad) => ({ strategy: 'vote', proposers: families(ONE, TWO), critic: bad }),
    args: ['--refine', '1', QUESTION],
    stdout: 'I get 42.',
    exit: 3,
    warnings: (fault) => [
      noWriter(fault),
      'round 1 of refining failed: no critic could put the reviews into the answer; the last answer stays as it is',
    ],
  },
  {
    it: 'auto: the classifier',
    mixture: (bad) => ({ strategy: 'auto', proposers: families(ONE, TWO), critic: MERGED, auto: { classifier: bad } }),
    args: ['Should I move to a large city?'],
    stdout: 'merged',
    exit: 0,
    warnings: ({ model, why }) => [`${model} could not sort the request: ${why}; the strategy chosen by rules stays`],
  },
];

describe.each(PARTS)('$it', ({ mixture, args = [QUESTION], stdout, exit, warnings }) => {
  it.concurrent.for(FAULTS)('by $model', async (fault, { onTestFinished: finished }) => {
    const cli = await mixtureCli(mixture(fault.model), { finished });
    const limits = ['--retries', '0', '--model-timeout', fault.model.endsWith('hang') ? '1s' : '30s'];
    const run = await cli.ask('--strict', ...limits, ...args);
    expect(run).toEqual({ stdout: `${stdout}\n`, stderr: warned(warnings(fault)), status: exit, signal: null });
    expect(cli.sandbox.stats().active).toBe(0);
  });
});

describe('everything dead has the exit status of its cause', () => {
  it.each([
    ['self', { strategy: 'self', single: 'sandbox/e401', samples: 2 }],
    ['vote', { strategy: 'vote', proposers: families('sandbox/e401', 'sandbox/e401'), critic: 'sandbox/e401' }],
    ['select', { strategy: 'select', proposers: families('sandbox/e401', 'sandbox/e401'), critic: 'sandbox/e401' }],
    ['cascade', { strategy: 'cascade', tiers: [families('sandbox/e401'), families('sandbox/e401')] }],
    ['deep', { strategy: 'deep', proposers: families('sandbox/e401', 'sandbox/e401'), critic: 'sandbox/e401' }],
    [
      'fuse, refined and verified',
      { proposers: families('sandbox/e401', 'sandbox/e401'), critic: 'sandbox/e401', refine: 1, verify: true },
    ],
  ])('%s', async (_name, mixture) => {
    const cli = await mixtureCli(mixture);
    const { stdout, stderr, status } = await cli.ask('-q', QUESTION);
    expect({ stdout, status }).toEqual({ stdout: '', status: 77 });
    expect(stderr).toBe(
      `mom: no answer: all 3 calls failed: ${refused(401).message}\nhint: check the key of openrouter and what it may use\n`,
    );
  });
});

describe('a regular expression that never ends', () => {
  const RULE = { vote: { extract: { regex: '^(a+)+$' } } };
  const BOMBS = [says(`${'a'.repeat(48)}!`), says(`${'a'.repeat(50)}?`)] as const;
  const slow = `the regex of vote.extract takes longer than 100 ms on the answer of ${BOMBS[0]}, which has no vote`;

  it('takes the vote from the answers it is slow on, with one warning', async () => {
    const proposers = families(BOMBS[0], BOMBS[1], says('aaa'), says('aaa'));
    const cli = await mixtureCli({ strategy: 'vote', proposers, critic: MERGED, ...RULE });
    expect(await cli.ask(QUESTION)).toEqual({ stdout: 'aaa\n', stderr: warned([slow]), status: 0, signal: null });
  });

  it('goes on as fuse where it is slow on all of them', async () => {
    const cli = await mixtureCli({ strategy: 'vote', proposers: families(...BOMBS), critic: MERGED, ...RULE });
    expect(await cli.ask(QUESTION)).toEqual({ stdout: 'merged\n', stderr: warned([slow]), status: 0, signal: null });
  });
});

describe('verify without a second family', () => {
  const one = (...models: string[]) => models.map((model) => ({ model, family: 'one' }));

  it('says so and takes another model', async () => {
    const cli = await mixtureCli({ proposers: one(ONE, THREE), critic: one(CRITIC), verify: true });
    const warning = `no model of a second family can check the answer; the questions go to ${ONE}, which is of the same family as its author`;
    const { stderr, status } = await cli.ask('--strict', QUESTION);
    expect({ stderr, status }).toEqual({ stderr: warned([warning]), status: 0 });
  });

  it('says so and takes the author itself', async () => {
    const cli = await mixtureCli({ strategy: 'single', single: CRITIC, verify: true, proposers: [CRITIC], critic: CRITIC });
    const { stderr, status } = await cli.ask('--strict', QUESTION);
    const warning = 'no model of a second family can check the answer; the questions go to the model that wrote it';
    expect({ stderr, status }).toEqual({ stderr: warned([warning]), status: 0 });
  });
});

describe('a hostile proposer among three honest ones changes nothing', () => {
  const HOSTILE = 'sandbox/hostile';
  const at = (place: number) => families(...[ONE, TWO, says('42')].toSpliced(place, 0, HOSTILE));

  it.each([0, 1, 3])('at place %i of a vote', async (place) => {
    const cli = await mixtureCli({ strategy: 'vote', proposers: at(place), critic: CRITIC });
    expect(await cli.ask(QUESTION)).toEqual({ stdout: 'I get 42.\n', stderr: '', status: 0, signal: null });
  });

  it.each([0, 1, 3])('at place %i of select', async (place) => {
    const cli = await mixtureCli({ strategy: 'select', proposers: at(place), critic: CRITIC, select: { second_look: true } });
    expect(await cli.ask(QUESTION)).toEqual({ stdout: 'The answer is 42\n', stderr: '', status: 0, signal: null });
  });

  it.each([0, 1, 2])('at place %i of the first tier of a cascade', async (place) => {
    const tier = families(...[ONE, TWO].toSpliced(place, 0, HOSTILE));
    const cli = await mixtureCli({ strategy: 'cascade', tiers: [tier, [{ model: THREE, family: 'strong' }]] });
    expect(await cli.ask(QUESTION)).toEqual({ stdout: 'I get 42.\n', stderr: '', status: 0, signal: null });
  });

  it.each(['vote', 'select', 'cascade'])('where %s is left without any other voice', async (strategy) => {
    const cli = await mixtureCli({ strategy, proposers: families(HOSTILE, 'sandbox/e500', 'sandbox/e500'), critic: ONE });
    const { stdout, status } = await cli.ask('--strict', '--retries', '0', '-q', '--min-answers', '2', QUESTION);
    expect({ stdout, status }).toEqual({ stdout: 'I get 42.\n', status: 3 });
  });
});

describe('wrong configuration', () => {
  it.each([
    [{ strategy: 'cascad' }, /did you mean "cascade"\?/],
    [{ vote: { extract: 'numbr' } }, /did you mean "number"\?/],
    [{ vote: { extract: { regex: '(' } } }, /a regular expression/],
    [{ layers: 6 }, /from 2 to 5/],
    [{ strategy: 'cascade', tiers: [[ONE]] }, /at least two tiers/],
    [{ verify: { model: '' } }, /text that is not empty|model/],
    [{ auto: { complex: 'nonesuch' }, strategy: 'auto' }, /nonesuch/],
  ])('%o is told before anybody is asked', async (mixture, message) => {
    const cli = await mixtureCli({ proposers: families(ONE, TWO), critic: CRITIC, ...mixture });
    const { stdout, stderr, status } = await cli.ask(QUESTION);
    expect({ stdout, status, asked: cli.requests() }).toEqual({ stdout: '', status: 78, asked: {} });
    expect(stderr).toMatch(message);
  });
});
