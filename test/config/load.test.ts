import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../src/config/describe.js';
import { parseSet } from '../../src/config/load.js';
import { settingsOf } from '../../src/config/settings.js';
import { makeWorkspace, PROJECT, USER } from './workspace.js';

describe('a wrong file', () => {
  it.each([
    [
      'mixtures:\n  default:\n    quorom: 2\n',
      'mom.config.yaml:3:5: unknown option "quorom" in mixtures.default',
      'did you mean "quorum"?',
    ],
    ['mixtuer: fast\n', 'mom.config.yaml:1:1: unknown option "mixtuer"', 'did you mean "mixture"?'],
    [
      'grace: 10\n',
      'mom.config.yaml:1:1: grace must be auto, or a duration such as 10s, not 10',
      'correct it; docs/config.md and `mom config schema` list every option',
    ],
    [
      'max_cost: -1\n',
      'mom.config.yaml:1:1: max_cost must be US dollars, a number from 0, not -1',
      'correct it; docs/config.md and `mom config schema` list every option',
    ],
    [
      'mixtures:\n  a:\n    strategy: fues\n',
      'mom.config.yaml:3:5: mixtures.a.strategy must be one of single, fuse, self, vote, select, cascade, deep, auto, not "fues"',
      'did you mean "fuse"?',
    ],
    [
      'mixtures:\n  a:\n    proposers:\n      - x/y\n      - { model: x/z, temprature: 1 }\n',
      'mom.config.yaml:5:23: unknown option "temprature" in mixtures.a.proposers[1]',
      'did you mean "temperature"?',
    ],
    [
      'mixtures:\n  a:\n    proposers: [{ role: critical }]\n',
      'mom.config.yaml:3:17: mixtures.a.proposers[0] has no "model"',
      'give it `model:`',
    ],
    [
      'mixtures:\n  a:\n    proposers: []\n',
      'mom.config.yaml:3:5: mixtures.a.proposers must be a list of at least one model, not an empty list',
      expect.anything(),
    ],
    ['- a\n', 'mom.config.yaml:1:1: a configuration is a map of options', expect.anything()],
  ])('%j is refused with its place', async (text, message, hint) => {
    await expect(makeWorkspace({ [PROJECT]: text }).load()).rejects.toMatchObject({ code: 'config_invalid', message, hint });
  });

  it('that is no YAML is refused with its place', async () => {
    await expect(makeWorkspace({ [PROJECT]: 'mixture: [a\nlog: true\n' }).load()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^mom\.config\.yaml:\d+:\d+: /),
    });
  });

  it('never shows a value that could be a key', async () => {
    const broken = makeWorkspace({ [USER]: 'providers:\n  openai:\n    api_key: 4711471147\n' });
    await expect(broken.load()).rejects.toMatchObject({ message: expect.not.stringContaining('4711') });
  });

  it('that --config names and that is not there is an error', async () => {
    await expect(makeWorkspace().load({}, { configFile: 'gone.yaml' })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^config file not found: /),
    });
  });
});

describe('the order of weight', () => {
  it('is flags, environment, project, user, built-in, and every value knows its origin', async () => {
    const { load, home } = makeWorkspace({
      [USER]: 'mixture: user\nretries: 1\nmixtures:\n  default: { quorum: 1, min_answers: 1 }\n',
      [PROJECT]: 'mixture: project\nmixtures:\n  default:\n    quorum: 2\n',
    });
    const config = await load({ MOM_MIXTURE: 'fast' }, { overrides: [await parseSet('mixtures.default.min_answers=2')] });
    const user = join(home, '.config/mom/mom.config.yaml');
    const origins = Object.fromEntries(describeConfig(config).map(({ path, value, origin }) => [path, [value, origin]]));
    expect(origins).toMatchObject({
      mixture: ['fast', 'MOM_MIXTURE'],
      retries: [1, `${user}:2:1`],
      'mixtures.default.quorum': [2, 'mom.config.yaml:4:5'],
      'mixtures.default.min_answers': [2, '--set mixtures.default.min_answers'],
      grace: ['auto', 'built-in'],
    });
    expect(config.values.mixtures?.default?.proposers).toHaveLength(3);
  });

  it('takes an empty variable as unset', async () => {
    const config = await makeWorkspace().load({ MOM_MIXTURE: '', MOM_CONFIG: '', MOM_BASE_URL: '' });
    expect([config.values.mixture, config.values.providers, config.files]).toEqual(['default', undefined, []]);
  });

  it('lets --config and MOM_CONFIG replace both files', async () => {
    const files = { [USER]: 'retries: 1\n', [PROJECT]: 'max_cost: 0.1\n', 'project/own.yaml': 'mixture: fast\n' };
    const { load } = makeWorkspace(files);
    for (const config of [await load({}, { configFile: 'own.yaml' }), await load({ MOM_CONFIG: 'own.yaml' })]) {
      expect([config.values.mixture, config.values.retries, config.values.max_cost]).toEqual(['fast', undefined, undefined]);
    }
  });

  it('refuses a wrong --set as wrong usage', async () => {
    const { load } = makeWorkspace();
    await expect(load({}, { overrides: [await parseSet('mixtures.default.quorm=1')] })).rejects.toMatchObject({
      code: 'usage',
      hint: 'did you mean "quorum"?',
    });
    await expect(parseSet('quorum')).rejects.toMatchObject({ code: 'usage' });
  });

  it('knows what to keep', async () => {
    const { load, cwd } = makeWorkspace();
    const { serve: _, ...settings } = settingsOf(await load({ MOM_NO_LOG: '1', MOM_DEBUG_REQUESTS: '1' }));
    expect(settings).toEqual({
      log: 'nothing',
      debugRequests: true,
      debugDir: join(cwd, 'debug-requests'),
      cache: null,
      budget: { day: null, month: null },
      pricing: {},
    });
  });
});

describe('discovery', () => {
  it('walks up to the folder that holds .git and no further', async () => {
    const { load, cwd, write } = makeWorkspace({ 'project/a/b/c.txt': '', 'mom.config.yaml': 'mixture: outside\n' });
    expect((await load({}, { cwd: join(cwd, 'a/b') })).values.mixture).toBe('default');
    write(PROJECT, 'mixture: fast\n');
    expect((await load({}, { cwd: join(cwd, 'a/b') })).values.mixture).toBe('fast');
  });

  it('looks at the working directory only, where there is no .git', async () => {
    const { load, root, home } = makeWorkspace({ 'free/mom.config.yaml': 'mixture: outside\n', 'free/sub/x.txt': '' });
    expect((await load({}, { cwd: join(root, 'free/sub') })).values.mixture).toBe('default');
    expect((await load({}, { cwd: join(root, 'free') })).values.mixture).toBe('outside');
    expect(existsSync(home)).toBe(true);
  });

  it.each(['with a file beside them', 'alone'])('runs no planted code (%s)', async (how) => {
    const { load, root, write } = makeWorkspace(how === 'alone' ? {} : { [PROJECT]: 'mixture: fast\n' });
    const code = `require('node:fs').writeFileSync(${JSON.stringify(join(root, 'pwned'))}, '')`;
    for (const name of [
      '.config.js',
      '.config.cjs',
      '.config/config.js',
      '.config/config.cjs',
      'mom.config.js',
      'mom.config.cjs',
      '.momrc.js',
      '.momrc',
    ])
      write(`project/${name}`, code);
    write('project/package.json', JSON.stringify({ cosmiconfig: { searchPlaces: ['mom.config.js'] }, mom: { mixture: 'package' } }));
    expect((await load()).values.mixture).toBe(how === 'alone' ? 'default' : 'fast');
    expect(existsSync(join(root, 'pwned'))).toBe(false);
  });

  it('reads an empty file and JSON', async () => {
    expect((await makeWorkspace({ [PROJECT]: '' }).load()).files).toHaveLength(1);
    expect((await makeWorkspace({ 'project/mom.config.json': '{"mixture": "fast"}' }).load()).values.mixture).toBe('fast');
  });
});
