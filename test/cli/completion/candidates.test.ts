import { describe, expect, it } from 'vitest';
import { type NameSource, offerFor } from '../../../src/cli/completion/candidates.js';
import { COMMANDS } from '../../../src/cli/spec/commands.js';

const NAMES: Record<string, string[]> = {
  mixture: ['default', 'fast'],
  model: ['~openai/gpt-latest', 'ollama:llama3'],
  provider: ['openrouter', 'openai'],
  template: ['review'],
  run: ['20260102-030405-9f8e7d'],
};
const names: NameSource = async (kind) => (NAMES[kind] ?? []).map((text) => ({ text, about: kind }));

/** What may follow the words, the last one begun. */
async function offered(...words: string[]): Promise<string[] | 'files'> {
  const offer = await offerFor(words.slice(0, -1), words.at(-1) ?? '', names);
  return offer.kind === 'files' ? 'files' : offer.words.map(({ text }) => text);
}

describe('commands', () => {
  it('offers all of them at first, and those that begin so', async () => {
    expect(await offered('')).toEqual(COMMANDS.map(({ name }) => name).filter((name) => !name.includes(' ')));
    expect(await offered('co')).toEqual(['cost', 'config', 'completion']);
  });

  it('says what a command does', async () => {
    const offer = await offerFor([], 'as', names);
    expect(offer).toEqual({ kind: 'words', words: [{ text: 'ask', about: 'ask several models at once and print one merged answer' }] });
  });

  it('offers the commands of a group, but not behind its own words', async () => {
    expect(await offered('config', '')).toEqual(['show', 'where', 'validate', 'schema', 'trust']);
    expect(await offered('logs', 'sh')).toEqual(['show']);
    expect(await offered('config', 'show', '')).toEqual([]);
  });

  it('offers files to a command that takes one, where no command below it begins so', async () => {
    expect(await offered('eval', '')).toEqual(['judge', 'import', 'show']);
    expect(await offered('eval', 'sh')).toEqual(['show']);
    expect(await offered('eval', 'prom')).toBe('files');
    expect(await offered('eval', 'show', '')).toEqual([]);
  });

  it('offers the words that an argument may be, beside names', async () => {
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await offered('completion', 'f')).toEqual(['fish']);
    expect(await offered('keys', 'set', '')).toEqual(['openrouter', 'openai', 'serve']);
    expect(await offered('keys', 'show', 'se')).toContain('serve');
    expect(await offered('keys', 'rm', '--', 'o')).not.toContain('serve');
  });

  it('offers nothing for a word that is no command', async () => {
    expect(await offered('nope', '')).toEqual([]);
  });
});

describe('options', () => {
  it('offers those that begin so', async () => {
    expect(await offered('ask', '--show')).toEqual(['--show-proposals']);
    expect(await offered('ask', '-')).toContain('-m');
    expect(await offered('ask', '--he')).toEqual(['--help']);
  });

  it('offers no option twice unless it may be repeated', async () => {
    expect(await offered('ask', '--json', '--js')).toEqual([]);
    expect(await offered('ask', '-m', 'x', '--mod')).toEqual(['--model', '--model-timeout']);
  });

  it('offers the values of an option, in either spelling', async () => {
    expect(await offered('ask', '--strategy', 'd')).toEqual(['deep']);
    expect(await offered('ask', '--mixture', '')).toEqual(['default', 'fast']);
    expect(await offered('ask', '--mixture=f')).toEqual(['--mixture=fast']);
    expect(await offered('ask', '-m', '~o')).toEqual(['~openai/gpt-latest']);
    expect(await offered('ask', '-t', '')).toEqual(['review']);
    expect(await offered('ask', '--resume', '2026')).toEqual(['20260102-030405-9f8e7d']);
  });

  it('leaves files to the shell', async () => {
    expect(await offered('ask', '-f', '')).toBe('files');
    expect(await offered('ask', '--output=a')).toBe('files');
    expect(await offered('config', 'validate', '')).toBe('files');
  });

  it('offers nothing where any text may stand, and no option behind --', async () => {
    expect(await offered('ask', '--max-cost', '')).toEqual([]);
    expect(await offered('ask', '')).toEqual([]);
    expect(await offered('ask', '--', '--j')).toEqual([]);
  });
});

it('offers the names that arguments take', async () => {
  expect(await offered('logs', 'show', '')).toEqual(['20260102-030405-9f8e7d']);
  expect(await offered('keys', 'set', 'opena')).toEqual(['openai']);
});
