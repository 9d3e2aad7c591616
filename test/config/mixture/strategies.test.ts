import { describe, expect, it } from 'vitest';
import { checkMixtures } from '../../../src/config/mixture/resolve.js';
import type { MixtureChoice } from '../../../src/config/wishes.js';
import { ROUTES } from '../../../src/core/mixture.js';
import { EVERY_OPTION } from '../every-option.js';
import { makeWorkspace, PROJECT, USER } from '../workspace.js';

const KEYS = { OPENROUTER_API_KEY: 'or', OPENAI_API_KEY: 'oa' };
const models = (members: readonly { model: string }[]) => members.map((member) => member.model);
const inFile = (body: string) => `mixtures:\n  m:\n    proposers: [a/x, b/y]\n    critic: c/z\n${body}`;

async function mixtureOf(body: string, choice: MixtureChoice = {}) {
  return (await makeWorkspace({ [PROJECT]: inFile(body) }).resolve({ mixture: 'm', ...choice }, KEYS)).mixture;
}

describe('a file with every option', () => {
  it('reaches the mixture', async () => {
    const { mixture, providers } = await makeWorkspace({ [USER]: EVERY_OPTION }).resolve({}, KEYS);
    expect(mixture).toMatchObject({
      name: 'main',
      strategy: 'auto',
      strategyChosen: true,
      single: { id: 's1', model: 'g/s', role: { name: 'practical' } },
      rules: {
        vote: { start: 2, extract: { pattern: 'Result: (\\w+)' } },
        select: { secondLook: true },
        cascade: { tiers: [], confidence: 0.9 },
        layers: {
          count: 4,
          carry: 'full',
          aggregators: [
            { id: 'a1', model: 'h/one', role: null },
            { id: 'a2', model: 'h/two', role: { name: 'critical' } },
          ],
        },
      },
      auto: { classifier: { id: 'r1', model: 'j/tiny', role: null } },
      verify: { questions: 3, verifier: { id: 'v1', model: 'i/check', params: { temperature: 0 } }, show: 'draft' },
      refine: 2,
      quorum: 2,
      minAnswers: 2,
      grace: 5_000,
      runTimeout: 5_000,
      retries: 1,
      maxCost: { usd: 1.5, setByUser: true },
      expectedOutput: 1_500,
      allowUnknownPrice: false,
    });
    expect(mixture.proposers).toMatchObject([
      { id: 'p1', weight: 2.5, family: 'f', role: { name: 'pirate' }, required: true, context: 9_000 },
      { id: 'p2', weight: 1, role: { name: 'creative' } },
      { id: 'p3' },
    ]);
    expect(Object.keys(mixture.auto.routes)).toEqual([...ROUTES]);
    expect(mixture.auto.routes).toMatchObject({
      simple: {
        name: 'quick',
        strategy: 'vote',
        refine: 3,
        verify: { questions: 5, verifier: null, show: 'repaired' },
        rules: { layers: { count: 2 } },
      },
      medium: { name: 'main', strategy: 'auto', auto: { classifier: null, routes: {} } },
      complex: {
        name: 'tiered',
        strategy: 'cascade',
        allowUnknownPrice: true,
        maxCost: { usd: 3 },
        proposers: [{ id: 'p1' }, { id: 'p2' }, { id: 'p3', weight: 3 }],
      },
    });
    expect(providers.map((provider) => provider.name)).toEqual(['openrouter', 'openai']);
  });

  it('passes every check of the merged whole', async () => {
    const config = await makeWorkspace({ [USER]: EVERY_OPTION }).load();
    expect(() => checkMixtures(config)).not.toThrow();
  });
});

describe('without any of them', () => {
  it('the defaults are in force', async () => {
    expect(await mixtureOf('')).toMatchObject({
      strategy: 'fuse',
      strategyChosen: false,
      single: null,
      rules: {
        vote: { start: null, extract: 'auto' },
        select: { secondLook: false },
        cascade: { tiers: [], confidence: null },
        layers: { count: null, carry: 'gaps', aggregators: [] },
      },
      auto: { classifier: null, routes: {} },
      verify: null,
      refine: 0,
      expectedOutput: 4_000,
      allowUnknownPrice: false,
    });
  });
});

describe('self', () => {
  it('samples the single model, else the first critic; a critic of its own merges, else the model itself', async () => {
    const plain = await mixtureOf('    strategy: self\n');
    expect([models(plain.proposers), models(plain.critics)]).toEqual([['c/z', 'c/z', 'c/z'], ['c/z']]);
    const single = await mixtureOf('    single: s/t\n    samples: 2\n    strategy: self\n');
    expect([models(single.proposers), models(single.critics)]).toEqual([['s/t', 's/t'], ['c/z']]);
    expect(single.proposers.map((member) => member.id)).toEqual(['p1', 'p2']);
    const { resolve } = makeWorkspace({ [PROJECT]: 'mixtures:\n  m: { proposers: [a/x, b/y], strategy: self }\n' });
    const { mixture: lone } = await resolve({ mixture: 'm' });
    expect([models(lone.proposers), models(lone.critics)]).toEqual([['a/x', 'a/x', 'a/x'], ['a/x']]);
  });

  it('has no critic that only the built-in mixture of its name brings', async () => {
    const { resolve } = makeWorkspace({ [PROJECT]: 'mixtures:\n  default: { single: a/x, strategy: self }\n' });
    const { mixture } = await resolve({}, KEYS);
    expect([models(mixture.proposers), models(mixture.critics)]).toEqual([['a/x', 'a/x', 'a/x'], ['a/x']]);
  });

  it('takes one -m, and with --critic another critic', async () => {
    const named = await mixtureOf('    samples: 2\n', { strategy: 'self', models: ['q/r'] });
    expect([models(named.proposers), models(named.critics), named.quorum]).toEqual([['q/r', 'q/r'], ['q/r'], 2]);
    const merged = await mixtureOf('', { strategy: 'self', models: ['q/r'], critics: ['k/k'] });
    expect([models(merged.proposers), models(merged.critics)]).toEqual([['q/r', 'q/r', 'q/r'], ['k/k']]);
    expect((await mixtureOf('', { strategy: 'self', noCritic: true })).critics).toEqual([]);
  });

  it('refuses two', async () => {
    await expect(mixtureOf('', { strategy: 'self', models: ['q/r', 's/t'] })).rejects.toMatchObject({
      code: 'usage',
      message: "strategy 'self' asks one model, but 2 are named",
    });
  });
});

describe('cascade', () => {
  const TIERS = '    tiers: [[t/one, t/two], [t/three]]\n    strategy: cascade\n';

  it('has its tiers as proposers', async () => {
    const mixture = await mixtureOf(TIERS);
    expect(mixture.rules.cascade.tiers.map(models)).toEqual([['t/one', 't/two'], ['t/three']]);
    expect(mixture.proposers).toEqual(mixture.rules.cascade.tiers.flat());
    expect(mixture.proposers.map((member) => member.id)).toEqual(['p1', 'p2', 'p3']);
  });

  it('with -m asks those instead, then the critic', async () => {
    const mixture = await mixtureOf(TIERS, { models: ['q/r', 's/t'] });
    expect([mixture.strategy, models(mixture.proposers), mixture.rules.cascade.tiers, models(mixture.critics)]).toEqual([
      'cascade',
      ['q/r', 's/t'],
      [],
      ['c/z'],
    ]);
  });

  it('takes what a file says of numbers as far as its tiers go', async () => {
    const text =
      'mixtures:\n  m: { proposers: [a/x, b/y, c/z], quorum: 3, min_answers: 3, tiers: [[t/one], [t/two]], strategy: cascade }\n';
    const { mixture } = await makeWorkspace({ [PROJECT]: text }).resolve({ mixture: 'm' });
    expect(mixture).toMatchObject({ quorum: 2, minAnswers: 2 });
    await expect(mixtureOf('    quorum: 3\n')).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('and another strategy asks the proposers; without proposers, all tiers', async () => {
    expect(models((await mixtureOf(TIERS, { strategy: 'fuse' })).proposers)).toEqual(['a/x', 'b/y']);
    const { resolve } = makeWorkspace({ [PROJECT]: 'mixtures:\n  m: { tiers: [[t/one], [t/two]] }\n' });
    const { mixture } = await resolve({ mixture: 'm' });
    expect([models(mixture.proposers), models(mixture.critics)]).toEqual([['t/one', 't/two'], ['t/two']]);
  });
});

describe('layers, refine, verify', () => {
  it.each([
    ['    layers: 4\n', 4, 'gaps'],
    ['    layers: {}\n', 3, 'gaps'],
    ['    layers: { carry: full }\n', 3, 'full'],
  ])('%j', async (body, count, carry) => {
    expect((await mixtureOf(body)).rules.layers).toEqual({ count, carry, aggregators: [] });
  });

  it.each([
    ['true', 3],
    ['false', 0],
    ['0', 0],
    ['7', 7],
  ])('refine: %s is %i rounds', async (value, rounds) => {
    expect((await mixtureOf(`    refine: ${value}\n`)).refine).toBe(rounds);
  });

  it.each([
    ['true', { questions: 5, verifier: null, show: 'repaired' }],
    ['false', null],
    ['{}', { questions: 5, verifier: null, show: 'repaired' }],
    ['{ questions: 1, show: draft }', { questions: 1, verifier: null, show: 'draft' }],
  ])('verify: %s', async (value, rule) => {
    expect((await mixtureOf(`    verify: ${value}\n`)).verify).toEqual(rule);
  });

  it('flags win', async () => {
    const body = '    layers: 4\n    refine: 5\n    verify: { questions: 2 }\n';
    expect(await mixtureOf(body, { layers: 2, refine: 0 })).toMatchObject({
      rules: { layers: { count: 2 } },
      refine: 0,
      verify: { questions: 2 },
    });
    expect((await mixtureOf('    verify: false\n', { verify: true })).verify).toMatchObject({ questions: 5 });
    expect((await mixtureOf(body, { verify: false })).verify).toBeNull();
  });

  it.each([
    [{ layers: 6 }, '--layers 6 is out of bounds', 'use a number from 2 to 5'],
    [{ layers: 1 }, '--layers 1 is out of bounds', 'use a number from 2 to 5'],
    [{ refine: 11 }, '--refine 11 is out of bounds', 'use a number from 0 to 10'],
  ])('%j is refused', async (choice, message, hint) => {
    await expect(mixtureOf('', choice)).rejects.toMatchObject({ code: 'usage', message, hint });
  });
});

describe('auto', () => {
  const AUTO =
    '    strategy: auto\n    auto: { classifier: t/tiny, simple: fast, code: other }\n  other: { proposers: [o/p], critic: o/c, single: ollama:s }\n';

  it('resolves the mixtures it may lead to, with their single model and every provider', async () => {
    const { mixture, providers } = await makeWorkspace({ [PROJECT]: inFile(AUTO) }).resolve({ mixture: 'm' });
    expect(mixture.single).toMatchObject({ id: 's1', model: 'c/z' });
    expect(mixture.auto.classifier).toMatchObject({ id: 'r1', model: 't/tiny' });
    expect(mixture.auto.routes).toMatchObject({
      simple: { name: 'fast', strategyChosen: false, single: { model: '~anthropic/claude-sonnet-latest' } },
      code: { name: 'other', strategyChosen: false, single: { provider: 'ollama', model: 's' } },
    });
    expect(providers.map((provider) => provider.name)).toEqual(['openrouter', 'ollama']);
  });

  it('takes flags along as far as they fit', async () => {
    const mixture = await mixtureOf(AUTO, { quorum: 2, minAnswers: 2, retries: 0, maxCost: 0.3, refine: 1, runTimeout: 9_000 });
    expect(mixture.auto.routes.code).toMatchObject({
      quorum: 1,
      minAnswers: 1,
      retries: 0,
      maxCost: { usd: 0.3, setByUser: true },
      refine: 1,
      runTimeout: 9_000,
    });
    await expect(mixtureOf(AUTO, { quorum: 3 })).rejects.toMatchObject({ code: 'usage' });
  });

  it('by flag finds the same mixtures; models that were named are asked whatever the request is', async () => {
    const flag = await mixtureOf(AUTO.replace('strategy: auto', 'strategy: fuse'), { strategy: 'auto' });
    expect([flag.strategy, Object.keys(flag.auto.routes)]).toEqual(['auto', ['simple', 'code']]);
    const named = await mixtureOf(AUTO, { models: ['q/r', 's/t'] });
    expect([models(named.proposers), named.auto.routes, named.single?.model]).toEqual([['q/r', 's/t'], {}, 'q/r']);
  });

  it('asks nothing of these mixtures while another strategy is in force', async () => {
    const broken = '    auto: { simple: gone }\n';
    await expect(mixtureOf(broken)).resolves.toMatchObject({ auto: { classifier: null, routes: {} } });
    await expect(mixtureOf(broken, { strategy: 'auto' })).rejects.toMatchObject({
      code: 'config_invalid',
      message: "mom.config.yaml:5:13: there is no mixture 'gone'",
    });
  });

  it('names the mixture that was probably meant', async () => {
    await expect(mixtureOf('    strategy: auto\n    auto: { math: fats }\n')).rejects.toMatchObject({
      code: 'config_invalid',
      message: "mom.config.yaml:6:13: there is no mixture 'fats'",
      hint: "did you mean 'fast'? there are: default, fast, best, m, local, self",
    });
  });

  it('says once what holds for several mixtures', async () => {
    const { resolve } = makeWorkspace({ [PROJECT]: 'mixtures:\n  default: { strategy: auto, auto: { simple: default } }\n' });
    expect((await resolve({}, { ANTHROPIC_API_KEY: 'k' })).warnings).toHaveLength(1);
  });
});

describe('a made mixture', () => {
  it('self follows the strategy of its name, unless it is told otherwise', async () => {
    const self = (await makeWorkspace().resolve({ mixture: 'self' }, { OPENAI_API_KEY: 'k' })).mixture;
    expect([self.strategy, new Set(models([...self.proposers, ...self.critics])).size]).toEqual(['self', 1]);
    const text = 'mixtures:\n  self: { samples: 2, critic: openai:judge }\n';
    const own = (await makeWorkspace({ [PROJECT]: text }).resolve({ mixture: 'self' }, { OPENAI_API_KEY: 'k' })).mixture;
    expect([own.proposers.length, models(own.critics)]).toEqual([2, ['judge']]);
  });
});

describe('wrong options', () => {
  const any = expect.anything();
  it.each([
    [
      'strategy: votee',
      '5:5: mixtures.m.strategy must be one of single, fuse, self, vote, select, cascade, deep, auto, not "votee"',
      'did you mean "vote"?',
    ],
    [
      'vote: { extract: numbr }',
      '5:13: mixtures.m.vote.extract must be auto, number, choice, yes_no, json, short, or { regex: ... }, not "numbr"',
      'did you mean "number"?',
    ],
    [
      'vote: { extract: { regx: a } }',
      '5:24: unknown option "regx" in mixtures.m.vote.extract\nmom.config.yaml:5:13: mixtures.m.vote.extract has no "regex"',
      'did you mean "regex"?',
    ],
    ['vote: { extract: { regex: "(" } }', '5:24: mixtures.m.vote.extract.regex must be a regular expression, not "("', any],
    ['vote: { start: 0 }', '5:13: mixtures.m.vote.start must be a whole number from 1, not 0', any],
    ['tiers: [[a/x, b/y]]', '5:5: mixtures.m.tiers must be a list of at least two tiers, each a list of models, not a list of 1', any],
    ['tiers: [[a/x], []]', '5:20: mixtures.m.tiers[1] must be a list of at least one model, not an empty list', any],
    ['layers: 6', '5:5: mixtures.m.layers must be a whole number from 2 to 5, not 6', any],
    ['layers: { count: 6 }', '5:15: mixtures.m.layers.count must be a whole number from 2 to 5, not 6', any],
    ['layers: { carry: gap }', '5:15: mixtures.m.layers.carry must be one of full, gaps, not "gap"', 'did you mean "gaps"?'],
    ['refine: 11', '5:5: mixtures.m.refine must be a whole number from 0 to 10, not 11', any],
    ['verify: yes please', '5:5: mixtures.m.verify must be true, false, or a map with questions, model and show, not "yes please"', any],
    ['verify: { questions: 6 }', '5:15: mixtures.m.verify.questions must be a whole number from 1 to 5, not 6', any],
    ['samples: 1', '5:5: mixtures.m.samples must be a whole number from 2 to 20, not 1', any],
    ['cascade: { confidence: 2 }', '5:16: mixtures.m.cascade.confidence must be a number from 0 to 1, not 2', any],
    ['auto: { smple: fast }', '5:13: unknown option "smple" in mixtures.m.auto', 'did you mean "simple"?'],
    ['single: { model: x, weight: 0 }', '5:25: mixtures.m.single.weight must be a number above 0, not 0', any],
    ['single: { model: x, weight: .inf }', '5:25: mixtures.m.single.weight must be a number above 0, not Infinity', any],
    ['expected_output: 0', '5:5: mixtures.m.expected_output must be a whole number from 1, not 0', any],
    ['allow_unknown_price: 1', '5:5: mixtures.m.allow_unknown_price must be true or false, not 1', any],
  ])('%s', async (option, message, hint) => {
    await expect(mixtureOf(`    ${option}\n`)).rejects.toMatchObject({
      code: 'config_invalid',
      message: `mom.config.yaml:${message}`,
      hint,
    });
  });

  it.each([
    ['layers: { aggregators: [{ model: x, role: pirate }] }', "5:41: there is no role 'pirate'"],
    ['verify: { model: { model: x, provider: opnai } }', "5:34: there is no provider 'opnai'"],
    ['auto: { classifier: { model: x, provider: opnai } }', "5:37: there is no provider 'opnai'"],
    ['auto: { complex: gone }', "5:13: there is no mixture 'gone'"],
    ['tiers: [[a/x], [{ model: x, role: pirate }]]', "5:33: there is no role 'pirate'"],
  ])('%s is found by a check of the file', async (option, message) => {
    const config = await makeWorkspace({ [PROJECT]: inFile(`    ${option}\n`) }).load();
    expect(() => checkMixtures(config)).toThrow(expect.objectContaining({ code: 'config_invalid', message: `mom.config.yaml:${message}` }));
  });
});

describe('single with a check', () => {
  it('keeps the critics, one of whom may be of another family than the single model', async () => {
    const checked = await mixtureOf('    single: s/t\n    strategy: single\n    verify: true\n');
    expect([checked.single?.model, models(checked.critics)]).toEqual(['s/t', ['c/z']]);
    expect((await mixtureOf('    single: s/t\n    strategy: single\n')).critics).toEqual([]);
  });
});

describe('--layers', () => {
  it('says that it does nothing where the strategy has no layers', async () => {
    const warned = async (strategy: string) => {
      const { resolve } = makeWorkspace({ [PROJECT]: inFile('') });
      return (await resolve({ mixture: 'm', strategy, layers: 3 }, KEYS)).warnings;
    };
    expect(await warned('fuse')).toEqual([{ code: 'no_effect', message: "--layers has no effect with strategy 'fuse'; it is for 'deep'" }]);
    expect([await warned('deep'), await warned('auto')]).toEqual([[], []]);
  });
});
