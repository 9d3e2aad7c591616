import { describe, expect, it } from 'vitest';
import { families, type MixtureCli, mixtureCli, says } from '../support/mixture-cli.js';
import { onTerminal, progressOf, remaining, type TerminalOptions } from '../support/terminal.js';

const CRITIC = 'sandbox/critic';
const QUESTION = 'What is 6 * 7?';
/** Slow enough to be seen, each at another time. */
const [FAST, SLOW, LATE] = [says('I get 42.', 'ttft=300'), says('It is 41', 'ttft=600'), says('42', 'ttft=300')] as const;
const name = (model: string) => model.replace('sandbox/', '');

function onScreen(cli: MixtureCli, args: string, { question = QUESTION, ...options }: TerminalOptions & { question?: string } = {}) {
  const env = { MOM_BASE_URL: cli.sandbox.url, MOM_CONFIG: `${cli.place.root}/mixture.yaml`, MOM_MIXTURE: 'mine', ...options.env };
  return onTerminal(`$MOM ask '${question}' ${args}`, { ...options, place: cli.place, env });
}

interface Case {
  it: string;
  mixture: Record<string, unknown>;
  args?: string;
  question?: string;
  said: string[];
  /** The answer, warnings and the closing line. */
  left: RegExp;
}

const [F, S, L] = [name(FAST), name(SLOW), name(LATE)] as const;

const CASES: Case[] = [
  {
    it: 'vote',
    mixture: { strategy: 'vote', proposers: families(FAST, SLOW, LATE), critic: CRITIC },
    said: [`waiting for 2 of 2 models: ${F}, ${S}`, `waiting for 1 of 3 models: ${L} · answered: ${F}, ${S}`],
    left: /^I get 42\.\n3\/3 models · [\d.]+ m?s · \d+ tokens · \$[\d.]+ reported\n$/,
  },
  {
    it: 'vote that is settled',
    mixture: { strategy: 'vote', proposers: families(FAST, LATE, SLOW), critic: CRITIC },
    said: [`waiting for 2 of 2 models: ${F}, ${L}`],
    left: /^I get 42\.\n2 of 3 models, settled · [\d.]+ m?s · \d+ tokens · \$[\d.]+ reported\n$/,
  },
  {
    it: 'select with a second look',
    mixture: { strategy: 'select', proposers: families(FAST, SLOW), critic: `${CRITIC},ttft=300`, select: { second_look: true } },
    said: [
      `waiting for 2 of 2 models: ${F}, ${S}`,
      'a judge chooses among 2 answers: critic,ttft=300',
      'a judge looks again at 2 answers: critic,ttft=300',
    ],
    left: /^I get 42\.\n2\/2 models · /,
  },
  {
    it: 'cascade',
    mixture: { strategy: 'cascade', tiers: [families(FAST, SLOW), [{ model: LATE, family: 'strong' }]] },
    said: [`waiting for 2 of 2 models: ${F}, ${S}`, `tier 2 · waiting for 1 of 1 model: ${L}`],
    left: /^42\n3\/3 models · /,
  },
  {
    it: 'cascade that ends early',
    mixture: { strategy: 'cascade', tiers: [families(FAST, LATE), [{ model: SLOW, family: 'strong' }]] },
    said: [`waiting for 2 of 2 models: ${F}, ${L}`],
    left: /^I get 42\.\n2 of 3 models, settled · /,
  },
  {
    it: 'deep',
    mixture: { strategy: 'deep', proposers: families(FAST, SLOW), critic: says('merged', 'ttft=300'), layers: { aggregators: [LATE] } },
    said: [
      `waiting for 2 of 2 models: ${F}, ${S}`,
      `layer 2 · waiting for 1 of 1 model: ${L}`,
      '1 of 1 answered · final answer by say=merged,ttft=300',
    ],
    left: /^merged\n2\/2 models · /,
  },
  {
    it: 'self',
    mixture: { strategy: 'self', single: FAST, samples: 3 },
    said: [`waiting for 3 of 3 samples: ${F}`],
    left: /^I get 42\.\n3\/3 samples · /,
  },
  {
    it: 'refine and verify',
    mixture: { strategy: 'vote', proposers: families(FAST, LATE), critic: `${CRITIC},ttft=300`, refine: 1 },
    args: '--verify',
    said: [
      `round 1 · waiting for 2 of 2 models: ${F}, ${L}`,
      'round 1 · 2 of 2 answered · improved answer by critic,ttft=300',
      'checking the answer: questions by critic,ttft=300',
      `checking the answer: 0 of 1 question, ${F}`,
      'comparing the answer with the checks: critic,ttft=300',
    ],
    left: /^(?:I get 42\.|42)\n2\/2 models · /,
  },
  {
    it: 'auto with a classifier',
    mixture: {
      strategy: 'auto',
      proposers: families(FAST, SLOW),
      critic: says('merged'),
      auto: { classifier: says('ROUTE: medium', 'ttft=300') },
    },
    question: 'Should I move to a large city?',
    said: ['choosing a strategy: say=ROUTE%3A%20medium,ttft=300', `waiting for 2 of 2 models: ${F}, ${S}`],
    left: /^merged\n2\/2 models · /,
  },
  {
    it: 'a judge that fails',
    mixture: { strategy: 'select', proposers: families(FAST, SLOW), critic: 'sandbox/e500,ttft=300' },
    args: '--retries 0',
    said: ['a judge chooses among 2 answers: e500,ttft=300'],
    left: new RegExp(
      '^I get 42\\.\\nmom: warning: sandbox/e500,ttft=300 chose no answer: .*\\n' +
        "mom: warning: no judge could choose an answer; the best proposal goes out without a judge's choice\\n2/2 models · .* · degraded\\n$",
    ),
  },
];

describe.each(CASES)('$it', ({ mixture, args = '', question, said, left }) => {
  it('says what it waits for, and what became of it', async () => {
    const cli = await mixtureCli(mixture);
    const { screen, status } = await onScreen(cli, args, question === undefined ? {} : { question });
    expect(status).toBe(0);
    expect(progressOf(screen)).toEqual(expect.arrayContaining(said));
    // Ids of calls mean nothing to who reads along.
    expect(progressOf(screen).join('\n')).not.toMatch(/\b[pcvsr]\d(\.\w+)?\b(?!=)/);
    expect(remaining(screen)).toMatch(left);
  });
});

describe('a terminal', () => {
  const MIXTURE = { strategy: 'vote', proposers: families(FAST, LATE), critic: CRITIC, verify: true };

  it.each([20, 3])('of %i columns gets whole lines', async (columns) => {
    const { screen, status } = await onScreen(await mixtureCli(MIXTURE), '', { columns });
    expect(status).toBe(0);
    expect(screen).toMatch(/I get 42\.\n.*2\/2 models · /);
  });

  it('of unknown width gets no progress line', async () => {
    const { screen } = await onScreen(await mixtureCli(MIXTURE), '', { columns: 0 });
    expect(screen).not.toContain('waiting for');
    expect(remaining(screen)).toMatch(/^I get 42\.\n2\/2 models · /);
  });

  it('that is dumb gets no sequences', async () => {
    const { screen } = await onScreen(await mixtureCli(MIXTURE), '', { env: { TERM: 'dumb' } });
    expect(screen).toMatch(/^I get 42\.\n2\/2 models · .*\n$/);
    expect(screen).not.toContain('\u001b');
  });

  it('with NO_COLOR gets no colours', async () => {
    const { screen } = await onScreen(await mixtureCli(MIXTURE), '', { env: { NO_COLOR: '1' } });
    expect(screen).toContain('waiting for');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    expect(screen).not.toMatch(/\u001b\[\d+(;\d+)*m/);
  });

  it('sees --verbose before or behind the answer, never in its middle', async () => {
    const cli = await mixtureCli({ proposers: families(says('one'), says('two')), critic: says('a text in pieces', 'tps=50') });
    const { screen } = await onScreen(cli, '-v');
    expect(screen).toContain('\na text in pieces\nmom: c1: answered after ');
  });
});

describe("a hostile model's text on a terminal", () => {
  const HOSTILE = says('42 \u001b]0;owned\u0007\u001b[2J\u009b31m\u202eis it');

  it.each([
    ['vote', { strategy: 'vote', proposers: [{ model: HOSTILE }], vote: { start: 1 } }],
    ['select', { strategy: 'select', proposers: families(HOSTILE, 'sandbox/empty'), critic: CRITIC }],
    ['cascade', { strategy: 'cascade', tiers: [families('sandbox/empty'), families(HOSTILE)] }],
  ])('by %s has no control characters', async (_name, mixture) => {
    const { screen } = await onScreen(await mixtureCli(mixture), '-q --format text');
    expect(screen).toBe('42 is it\n');
  });

  it('has none as the name of a model in the progress line', async () => {
    const model = says('x', 'ttft=300').replace('say=x', 'say=\u001b[31mx');
    const { screen } = await onScreen(await mixtureCli({ proposers: families(model, FAST), critic: CRITIC }), '--color never');
    expect(screen).not.toContain('\u001b[31m');
  });
});
