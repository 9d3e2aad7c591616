import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { onTerminal as onAnyTerminal, remaining } from '../support/terminal.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(() => sandbox.close());

const HOSTILE = encodeURIComponent('safe\u001b]0;owned\u0007\u001b[2J\u009b31m\u202etext');
const PANEL = '-m sandbox/say=one -m sandbox/say=two,ttft=1200 --critic sandbox/say=merged,ttft=700';

/** On a terminal, with the sandbox as provider. */
const onTerminal = (line: string, env: Record<string, string> = {}) => onAnyTerminal(line, { env: { MOM_BASE_URL: sandbox.url, ...env } });

describe('the progress line', () => {
  it('says who is awaited and for how long, and vanishes before the first character', async () => {
    const { screen, status } = await onTerminal(`$MOM ask hi ${PANEL} --quorum 1 --grace 5s`);
    expect(status).toBe(0);
    expect(screen).toMatch(/waiting for 2 of 2 models: say=one, say=two,ttft=1200 · 0 s/);
    expect(screen).toMatch(/waiting for 1 of 2 models, 5 s more: say=two,ttft=1200 · answered: say=one · 0 s/);
    expect(screen).toMatch(/2 of 2 answered · final answer by say=merged,ttft=700 · 1 s/);
    expect(remaining(screen)).toMatch(/^merged\n2\/2 models · [\d.]+ s · \d+ tokens · \$[\d.]+ reported\n$/);
  });

  it.each([
    ['-q', {}],
    ['', { TERM: 'dumb' }],
  ])('is not drawn with %s %o', async (flags, env) => {
    const { screen } = await onTerminal(`$MOM ask hi ${flags} ${PANEL}`, env);
    expect(screen).not.toContain('waiting for');
    expect(screen).not.toContain('\u001b');
  });

  it('is drawn without colour with --color never, and the cursor stays', async () => {
    const { screen } = await onTerminal(`$MOM ask hi --color never ${PANEL}`);
    expect(screen).toContain('waiting for');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and a hidden cursor are made of them
    expect(screen).not.toMatch(/\u001b\[(\d+(;\d+)*m|\?25l)/);
  });

  it('goes to the terminal when the answer goes to a file', async () => {
    const { screen } = await onTerminal(`$MOM ask hi ${PANEL} > a.txt; cat a.txt`);
    expect(screen).toContain('waiting for');
    expect(remaining(screen)).toMatch(/^2\/2 models · .*\nmerged\n$/);
  });
});

describe('the closing line', () => {
  it.each([
    ['always', true],
    ['never', false],
    ['auto', true],
  ])('with --color %s', async (when, dim) => {
    const { screen } = await onTerminal(`$MOM ask hi --color ${when} -m sandbox/say=one`);
    expect(screen.includes('\u001b[2m1/1 model · ')).toBe(dim);
    expect(screen).toContain('1/1 model · ');
  });

  it('has no colour with NO_COLOR', async () => {
    expect((await onTerminal('$MOM ask hi -m sandbox/say=one', { NO_COLOR: '1' })).screen).not.toContain('\u001b[2m');
  });
});

describe("a model's control sequences", () => {
  it('do not reach a terminal', async () => {
    const { screen } = await onTerminal(`$MOM ask hi -q -m 'sandbox/say=${HOSTILE}'`);
    expect(screen).toBe('safetext\n');
  });

  it('do not reach it with --show-proposals, nor when -o fails', async () => {
    const { screen } = await onTerminal(`$MOM ask hi -q -m 'sandbox/say=${HOSTILE}' -o /dev/full 2>/dev/null`);
    expect(screen).toBe('safetext\n');
    const shown = await onTerminal(
      `$MOM ask hi -q --color never --show-proposals -m 'sandbox/say=${HOSTILE}' -m sandbox/say=b --critic sandbox/say=c 2>/dev/null`,
    );
    expect(shown.screen).toMatch(/\nsafetext +│\n/);
    expect(shown.screen).not.toContain('\u001b');
  });

  it.each(['--json', '--format jsonl'])('are escaped in %s, which means the same', async (flags) => {
    const { screen } = await onTerminal(`$MOM ask hi -q ${flags} -m 'sandbox/say=${HOSTILE}'`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(screen).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    const last = JSON.parse(screen.trimEnd().split('\n').at(-1) ?? '') as { answer?: string; result?: { answer: string } };
    expect(last.answer ?? last.result?.answer).toBe(decodeURIComponent(HOSTILE));
  });

  it('of an option do not reach it in an error', async () => {
    const { screen, status } = await onTerminal('$MOM ask hi --config "$(printf \'x\\033]0;owned\\007y\')"');
    expect(status).toBe(78);
    expect(screen).not.toContain('\u001b');
  });
});

it('without a question shows the short help: 2', async () => {
  const { screen, status } = await onTerminal('$MOM ask');
  expect(screen).toMatch(/^Usage: mom ask \[options\] \[prompt\.\.\.\]\n/);
  expect(screen).toMatch(/\nmom: no question was given\nhint: mom ask "your question", or pipe it in: cat question\.txt \| mom ask\n$/);
  expect(screen).not.toContain('--min-answers');
  expect(status).toBe(2);
});
