import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evalSettingsOf } from '../../src/config/eval.js';
import { EVERY_OPTION } from './every-option.js';
import { makeWorkspace, PROJECT, USER } from './workspace.js';

const NOTHING = { judges: [], maxCost: null, concurrency: null, margin: null, check: null };

describe('eval', () => {
  it('says nothing where nothing is configured', async () => {
    expect(evalSettingsOf(await makeWorkspace().load())).toEqual(NOTHING);
    expect(evalSettingsOf(await makeWorkspace({ [USER]: 'eval: {}\n' }).load())).toEqual(NOTHING);
    expect(evalSettingsOf(await makeWorkspace({ [USER]: 'eval: { check_folder: x, check_timeout: 1s }\n' }).load())).toEqual(NOTHING);
  });

  it('is taken as it is written, the folder from that of its file', async () => {
    const workspace = makeWorkspace({ [USER]: EVERY_OPTION });
    expect(evalSettingsOf(await workspace.load())).toEqual({
      judges: ['k/judge', 'openai:other'],
      maxCost: 4,
      concurrency: 16,
      margin: 1.5,
      check: { command: 'npm test', folder: join(workspace.home, '.config', 'mom', 'work'), timeout: 120_000 },
    });
  });

  it('takes one judge, and fills in what a check needs', async () => {
    const workspace = makeWorkspace({ [USER]: 'eval: { judge: "${WHO}", check: "test -s $MOM_EVAL_ANSWER", max_cost: 0 }\n' });
    expect(evalSettingsOf(await workspace.load({ WHO: 'a/b' }))).toEqual({
      ...NOTHING,
      judges: ['a/b'],
      maxCost: 0,
      check: { command: 'test -s $MOM_EVAL_ANSWER', folder: workspace.cwd, timeout: 60_000 },
    });
  });

  it('says which variable is missing', async () => {
    const config = await makeWorkspace({ [USER]: 'eval: { check: "make ${TARGET}" }\n' }).load();
    expect(() => evalSettingsOf(config)).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringContaining('eval.check needs the variable TARGET, which is not set'),
      }),
    );
  });

  it.each([
    ['judge: []', 'eval.judge must be a list of at least one model id, not an empty list'],
    ['judge: 3', 'eval.judge must be a model id, or a list of them, not 3'],
    ['judges: x', 'unknown option "judges" in eval'],
    ['max_cost: -1', 'eval.max_cost must be US dollars, a number from 0, not -1'],
    ['concurrency: 0', 'eval.concurrency must be a whole number from 1 to 256, not 0'],
    ['concurrency: 257', 'eval.concurrency must be a whole number from 1 to 256, not 257'],
    ['margin: 101', 'eval.margin must be a number from 0 to 100, not 101'],
    ['check: ""', 'eval.check must be text that is not empty, not ""'],
    ['check_timeout: 60', 'eval.check_timeout must be a duration with a unit, such as 500ms, 30s, 4m or 1h, not 60'],
    ['check_timeout: 0s', 'eval.check_timeout must be a duration above 0, such as 30s or 5m, not "0s"'],
  ])('%s is refused', async (option, message) => {
    await expect(makeWorkspace({ [PROJECT]: `eval: { ${option} }\n` }).load()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(message),
    });
  });
});
