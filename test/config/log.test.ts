import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/config/settings.js';
import { makeWorkspace, PROJECT, USER } from './workspace.js';

describe('log', () => {
  it.each([
    ['', 'full'],
    ['log: true\n', 'full'],
    ['log: {}\n', 'full'],
    ['log: { content: true }\n', 'full'],
    ['log: { content: false }\n', 'numbers'],
    ['log: false\n', 'nothing'],
  ])('%j keeps %s', async (text, kept) => {
    expect(settingsOf(await makeWorkspace({ [USER]: text }).load()).log).toBe(kept);
  });

  it.each([
    ['log: 1\n', 'log must be true, false, or a map with content:, not 1'],
    ['log: { content: 0 }\n', 'log.content must be true or false, not 0'],
    ['log: { contents: false }\n', 'unknown option "contents" in log'],
  ])('%j is refused', async (text, message) => {
    await expect(makeWorkspace({ [USER]: text }).load()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(message),
    });
  });

  it('MOM_NO_LOG=1 keeps nothing, whatever the files say', async () => {
    const workspace = makeWorkspace({ [USER]: 'log: { content: false }\n' });
    expect(settingsOf(await workspace.load({ MOM_NO_LOG: '1' })).log).toBe('nothing');
  });

  it.each([
    ['', 'log: { content: false }\n', 'numbers'],
    ['', 'log: false\n', 'nothing'],
    ['log: { content: false }\n', 'log: {}\n', 'numbers'],
    ['log: { content: false }\n', 'log: false\n', 'nothing'],
    ['', 'log: true\n', 'full'],
  ])('of the user %j, of an untrusted project %j: %s', async (user, project, kept) => {
    expect(settingsOf(await makeWorkspace({ [USER]: user, [PROJECT]: project }).load()).log).toBe(kept);
  });

  it.each([
    ['log: false\n', 'log: true\n', 'log'],
    ['log: false\n', 'log: { content: false }\n', 'log'],
    ['log: { content: false }\n', 'log: true\n', 'log'],
    ['log: { content: false }\n', 'log: { content: true }\n', 'log.content'],
  ])('of the user %j, of an untrusted project %j: %s keeps more, which it may not', async (user, project, option) => {
    await expect(makeWorkspace({ [USER]: user, [PROJECT]: project }).load()).rejects.toMatchObject({
      code: 'config_untrusted',
      message: expect.stringContaining(`: ${option} keeps on this machine what you keep nowhere, and this project file is not trusted`),
    });
  });
});
