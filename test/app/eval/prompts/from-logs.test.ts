import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LogsWish, promptsFromLogs } from '../../../../src/app/eval/prompts/from-logs.js';
import type { RunOrigin } from '../../../../src/core/history.js';
import { END, PLAIN, runLines, start, type Told, text } from '../../../store/history/support.js';
import { newFolder, notebook } from '../../../store/support.js';

const ALL: LogsWish = { since: null, sample: null, seed: 1, sandbox: false };

function setUp() {
  const state = newFolder();
  const runs = join(state, 'mom', 'runs');
  mkdirSync(runs, { recursive: true });
  const { notes, onNote } = notebook();
  let count = 0;
  const keep = (told: Told, origin: Partial<RunOrigin> = {}) => {
    count += 1;
    const id = `20260131-12000${count}-00000${count}`;
    const door = origin.door ?? 'ask';
    const lines = runLines({ id, at: `2026-01-31T12:00:0${count}.000Z`, ...told, origin: { ...PLAIN, ...origin } });
    writeFileSync(join(runs, `${id}.jsonl`), text([start(door === 'serve' ? 'serve' : 'ask'), ...lines, END]));
  };
  const read = async (wish: Partial<LogsWish> = {}) => {
    const prompts = [];
    for await (const prompt of promptsFromLogs({ env: { XDG_STATE_HOME: state }, home: '/nowhere', onNote }, { ...ALL, ...wish })) {
      prompts.push(prompt);
    }
    return prompts;
  };
  return { keep, read, notes };
}

describe('prompts from the history', () => {
  it('are the questions of shell and gateway, each once', async () => {
    const { keep, read, notes } = setUp();
    keep({ question: 'How many legs has a spider?' });
    keep({ question: 'Write a poem about spiders.' }, { door: 'serve' });
    keep({ question: 'How many legs has a spider?' });
    keep({ question: 'simulated' }, { sandbox: true });
    keep({ question: 'are you there?' }, { door: 'doctor' });
    keep({ question: 'measured' }, { door: 'eval' });
    expect((await read()).map(({ messages, kind, reference }) => [messages.at(-1)?.content, kind, reference])).toEqual([
      ['How many legs has a spider?', 'math', null],
      ['Write a poem about spiders.', 'writing', null],
    ]);
    expect((await read({ sandbox: true })).map(({ messages }) => messages.at(-1)?.content)).toEqual(['simulated']);
    expect(notes).toEqual([]);
  });

  it('leave out what can not be asked again, and say so', async () => {
    const { keep, read, notes } = setUp();
    keep({ question: 'kept' });
    keep({ content: false });
    keep({ question: 'with tools' }, { tools: true });
    expect(await read()).toHaveLength(1);
    expect(notes).toEqual([
      { code: 'texts_not_kept', message: '1 run is left out: only numbers were kept of them (log.content)' },
      { code: 'bound_runs', message: '1 run is left out: they offered tools or asked for a form' },
    ]);
  });

  it('are drawn by the seed', async () => {
    const { keep, read } = setUp();
    for (let i = 0; i < 8; i++) keep({ question: `question ${i}` });
    const drawn = (seed: number) => read({ sample: 3, seed }).then((prompts) => prompts.map(({ id }) => id));
    expect(await drawn(1)).toHaveLength(3);
    expect(await drawn(1)).toEqual(await drawn(1));
  });

  it('are missed where there are none', async () => {
    await expect(setUp().read({ since: new Date('2026-02-01') })).rejects.toMatchObject({
      code: 'no_input',
      message: 'the history holds no question since 2026-02-01 that can be asked again',
    });
  });
});
