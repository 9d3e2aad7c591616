import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunSummary } from '../../src/core/history.js';
import type { RunResult } from '../../src/core/run.js';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { families, type MixtureCli, mixtureCli, says } from '../support/mixture-cli.js';
import { chat, startServer } from '../support/serve-cli.js';
import { onTerminal } from '../support/terminal.js';

const ONE = says('one');
const TWO = says('two');
const MERGED = says('merged');
const PAIR = { proposers: families(ONE, TWO), critic: MERGED };

/** The result of `mom ask`, which said nothing on stderr. */
async function asked(cli: MixtureCli, ...args: string[]): Promise<RunResult> {
  const { stdout, stderr, status } = await cli.ask(...args, '--json');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout) as RunResult;
}

async function runsOf(place: Place): Promise<RunSummary[]> {
  const { stdout } = await runCli(['logs', '--json'], { place });
  return JSON.parse(stdout).runs;
}

/** What the first model was sent, turn by turn. */
function conversation(cli: MixtureCli, model = ONE): string[] {
  const body = cli.bodies().find((each) => each.model === model);
  return (body?.messages ?? []).map(({ role, content }) => `${role}: ${content}`);
}

function models(cli: MixtureCli): string[] {
  return Object.keys(cli.requests()).sort();
}

async function refused(cli: MixtureCli, ...args: string[]) {
  const requests = cli.sandbox.stats().requests;
  const { stdout, stderr, status } = await cli.ask(...args);
  expect({ stdout, asked: cli.sandbox.stats().requests - requests }).toEqual({ stdout: '', asked: 0 });
  return { stderr, status };
}

describe('-c', () => {
  it('sends the conversation, the answer and the new question, turn after turn', async () => {
    const cli = await mixtureCli(PAIR);
    const first = await asked(cli, 'first?', '-s', 'Be brief.');
    const second = await asked(cli, '-c', 'second?');
    cli.sandbox.reset();
    const third = await asked(cli, 'third?', '-c');
    const turns = ['system: Be brief.', 'user: first?', 'assistant: merged', 'user: second?', 'assistant: merged', 'user: third?'];
    expect(conversation(cli)).toEqual(turns);
    expect(conversation(cli, TWO)).toEqual(turns);
    const runs = await runsOf(cli.place);
    expect(runs.map(({ id, parent, link, conversation }) => ({ id, parent, link, conversation }))).toEqual([
      { id: third.id, parent: second.id, link: 'continued', conversation: first.id },
      { id: second.id, parent: first.id, link: 'continued', conversation: first.id },
      { id: first.id, parent: null, link: null, conversation: first.id },
    ]);
  });

  it('takes stdin and files as any question', async () => {
    const cli = await mixtureCli(PAIR);
    await asked(cli, 'first?');
    cli.sandbox.reset();
    writeFileSync(join(cli.place.cwd, 'notes.md'), 'a note');
    await asked(cli, '-c', 'and this?', '-f', 'notes.md');
    expect(conversation(cli).at(-1)).toBe('user: and this?\n\n<file path="notes.md">\na note\n</file>');
  });

  it('replaces the system prompt by another one', async () => {
    const cli = await mixtureCli(PAIR);
    await asked(cli, 'first?', '-s', 'Be brief.');
    cli.sandbox.reset();
    await asked(cli, '-c', 'second?', '-s', 'Be rude.');
    expect(conversation(cli)).toEqual(['system: Be rude.', 'user: first?', 'assistant: merged', 'user: second?']);
  });

  it('asks whom the earlier run asked, not within its limits', async () => {
    const cli = await mixtureCli(PAIR, { others: { other: { proposers: families(says('three')), critic: says('four') } } });
    const panel = ['-m', says('five'), '-m', says('six'), '--critic', says('VERDICT: A1'), '--strategy', 'select'];
    await asked(cli, 'first?', ...panel, '--max-cost', '3', '--timeout', '50s');
    cli.sandbox.reset();
    expect(await asked(cli, '-c', 'second?')).toMatchObject({ strategy: 'select' });
    expect(models(cli)).toEqual([says('five'), says('VERDICT: A1'), says('six')].sort());
    cli.sandbox.reset();
    expect(await asked(cli, '-c', 'third?', '--mixture', 'other')).toMatchObject({ mixture: 'other', strategy: 'fuse' });
    expect(models(cli)).toEqual([says('three')]);
    cli.sandbox.reset();
    expect(await asked(cli, '-c', 'fourth?')).toMatchObject({ mixture: 'other' });
    expect(models(cli)).toEqual([says('three')]);
    expect(conversation(cli, says('three'))).toHaveLength(7);
  });

  it('does not ask for the form of the earlier answer', async () => {
    const cli = await mixtureCli({ strategy: 'single', single: 'sandbox/json' });
    await asked(cli, 'first?', '--schema', '{"type": "object", "properties": {"a": {"type": "string"}}}');
    expect(cli.bodies().some((body) => 'response_format' in body)).toBe(true);
    cli.sandbox.reset();
    await asked(cli, '-c', 'second?');
    expect(cli.bodies().some((body) => 'response_format' in body)).toBe(false);
  });

  it('says on a terminal what it goes on with, and nothing with -q', async () => {
    const place = newPlace();
    onTestFinished(place.remove);
    const question = `Is this a rather long question,\nor is it not? ${'So long! '.repeat(10)}`;
    const first = JSON.parse((await runCli(['ask', '--sandbox', question, '--json'], { place })).stdout) as RunResult;
    const { screen } = await onTerminal('$MOM ask --sandbox -c "and this?"', { place });
    const line = `mom: going on with ${first.id} (just now): Is this a rather long question, or is it not? So long! So lo…`;
    expect(screen).toContain(`${line}\n`);
    const quiet = await onTerminal('$MOM ask --sandbox -q -c "and that?"', { place });
    expect(quiet.screen).not.toContain('going on');
  });

  it('goes on with the latest run that has an answer', async () => {
    const cli = await mixtureCli(PAIR);
    const first = await asked(cli, 'first?');
    expect((await cli.ask('broken?', '-m', 'sandbox/e500=1', '--retries', '0')).status).toBe(69);
    await asked(cli, '-c', 'second?');
    expect((await runsOf(cli.place))[0]).toMatchObject({ parent: first.id });
  });

  it('asks the default mixture where the earlier one is gone, saying so', async () => {
    const cli = await mixtureCli(PAIR, { others: { other: { proposers: families(says('three')), critic: MERGED } } });
    const first = await asked(cli, 'first?', '--mixture', 'other');
    writeFileSync(join(cli.place.root, 'mixture.yaml'), JSON.stringify({ mixtures: { mine: PAIR } }));
    const { stdout, stderr, status } = await cli.ask('-c', 'second?', '--json');
    const message = `there is no mixture 'other' any more, which run ${first.id} had: the default one is asked`;
    expect({ stderr, status }).toEqual({ stderr: `mom: warning: ${message}\n`, status: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ mixture: 'mine', warnings: [{ code: 'mixture_gone', message }] });
    expect(await asked(cli, '-c', 'third?', '--mixture', 'mine')).toMatchObject({ mixture: 'mine', warnings: [] });
  });

  it('keeps nothing with --no-log, though it goes on', async () => {
    const cli = await mixtureCli(PAIR);
    const first = await asked(cli, 'first?');
    cli.sandbox.reset();
    await asked(cli, '-c', 'second?', '--no-log');
    expect(conversation(cli)).toHaveLength(3);
    expect((await runsOf(cli.place)).map(({ id }) => id)).toEqual([first.id]);
  });
});

describe('--from', () => {
  it('goes on with an earlier conversation, which branches there', async () => {
    const cli = await mixtureCli(PAIR);
    const first = await asked(cli, 'first?');
    const second = await asked(cli, '-c', 'second?');
    cli.sandbox.reset();
    await asked(cli, '--from', first.id, 'other?');
    expect(conversation(cli)).toEqual(['user: first?', 'assistant: merged', 'user: other?']);
    expect((await runsOf(cli.place))[0]).toMatchObject({ parent: first.id, conversation: first.id });
    cli.sandbox.reset();
    // The end of an id is drawn by chance: with all but its last letter it may name two runs.
    await asked(cli, '--from', second.id.slice(0, -1), 'more?');
    expect(conversation(cli)).toHaveLength(5);
  });

  it('goes on with a conversation of the gateway, tools and all', async () => {
    const cli = await mixtureCli(PAIR);
    const env = { MOM_BASE_URL: cli.sandbox.url, MOM_API_KEY: 'key-of-the-test', MOM_CONFIG: join(cli.place.root, 'mixture.yaml') };
    const server = await startServer([], { place: cli.place, env });
    const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } };
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'look!' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'a tree' },
    ];
    const answer = await chat(server.url, { model: 'mom/mine', messages, tools });
    const id = answer.headers.get('x-mom-run') ?? '';
    expect((await answer.json()).choices[0].message.content).toBe('merged');
    const acting = await chat(server.url, { model: says('x', 'tool'), messages: messages.slice(1, 2), tools });
    await acting.text();
    await server.stop();
    cli.sandbox.reset();
    await asked(cli, '--from', id, 'What did you see?');
    expect(conversation(cli)).toEqual([
      'system: Be brief.',
      'user: look!',
      'assistant: [called look with {}]',
      'user: [result of look]\na tree',
      'assistant: merged',
      'user: What did you see?',
    ]);
    expect((await runsOf(cli.place))[0]).toMatchObject({ door: 'ask', parent: id, link: 'continued', mixture: 'mine' });
    const called = acting.headers.get('x-mom-run') ?? '';
    expect(await refused(cli, '--from', called, 'and?')).toEqual({
      stderr: `mom: run ${called} ended in tool calls, which only its client can carry out\nhint: go on with it there\n`,
      status: 65,
    });
    expect(await refused(cli, '--resume', called)).toEqual({
      stderr: `mom: run ${called} had tools, which only its client can offer\nhint: send the request again from there\n`,
      status: 65,
    });
  });
});

describe('what can not be gone on with', () => {
  it('nothing at all', async () => {
    const cli = await mixtureCli(PAIR);
    expect(await refused(cli, '-c', 'and?')).toEqual({
      stderr: 'mom: there is no conversation to go on with\nhint: mom ask "..." begins one\n',
      status: 66,
    });
    expect(await refused(cli, '-c', 'and?', '--sandbox')).toEqual({
      stderr: 'mom: there is no conversation to go on with\nhint: mom ask --sandbox "..." begins one\n',
      status: 66,
    });
    expect((await refused(cli, '--from', '2026', 'and?')).status).toBe(66);
    expect(await refused(cli, '--resume', '2026')).toEqual({
      stderr: 'mom: there is no run 2026\nhint: mom logs lists the runs that are kept\n',
      status: 66,
    });
  });

  it('a run of the other world', async () => {
    const cli = await mixtureCli(PAIR);
    const real = await asked(cli, 'first?');
    expect(await refused(cli, '-c', 'and?', '--sandbox')).toEqual({
      stderr:
        'mom: there is no conversation to go on with\nhint: the last one is no sandbox run: leave --sandbox out, or begin a new one\n',
      status: 66,
    });
    expect(await refused(cli, '--from', real.id, 'and?', '--sandbox')).toEqual({
      stderr: `mom: run ${real.id} is no sandbox run: simulated models can't go on with it\nhint: leave --sandbox out\n`,
      status: 2,
    });
    const place = newPlace();
    onTestFinished(place.remove);
    const { stdout } = await runCli(['ask', '--sandbox', '--json', 'hi'], { place });
    const { id } = JSON.parse(stdout) as RunResult;
    expect(await runCli(['ask', '-c', 'and?'], { place })).toMatchObject({
      stderr: 'mom: there is no conversation to go on with\nhint: the last one is a sandbox run: add --sandbox, or begin a new one\n',
      status: 66,
    });
    for (const flag of [
      ['--from', id, 'and?'],
      ['--resume', id],
    ]) {
      expect(await runCli(['ask', ...flag], { place })).toMatchObject({
        stderr: `mom: run ${id} is a sandbox run: no real model can go on with it\nhint: add --sandbox\n`,
        status: 2,
      });
    }
  });

  it('a run that failed, or has several answers', async () => {
    const cli = await mixtureCli(PAIR);
    const { stdout } = await cli.ask('first?', '--critic', 'sandbox/say=begin%20more,cut=600', '--format', 'jsonl', '--retries', '0');
    const { result } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { result: RunResult };
    expect(result.status).toBe('failed');
    expect(await refused(cli, '--from', result.id, 'and?')).toEqual({
      stderr: `mom: run ${result.id} has no answer to go on with: it failed\nhint: answer it first: mom ask --resume ${result.id}\n`,
      status: 65,
    });
    const several = await asked(cli, 'first?', '--no-critic');
    expect(await refused(cli, '-c', 'and?')).toEqual({
      stderr: `mom: run ${several.id} has several answers and no merged one to go on with\nhint: merge them first: mom ask --resume ${several.id} --critic MODEL\n`,
      status: 65,
    });
    cli.sandbox.reset();
    expect(await asked(cli, '--resume', several.id, '--critic', MERGED)).toMatchObject({ answer: 'merged' });
    expect(cli.requests()).toEqual({ [MERGED]: 1 });
  });

  it('a run whose texts were not kept', async () => {
    const cli = await mixtureCli(PAIR, { config: { log: { content: false } } });
    const { id } = await asked(cli, 'first?');
    const stderr = `mom: the texts of run ${id} were not kept\nhint: log.content: true in the configuration keeps those of later runs\n`;
    expect(await refused(cli, '-c', 'and?')).toEqual({ stderr, status: 65 });
    expect(await refused(cli, '--from', id, 'and?')).toEqual({ stderr, status: 65 });
    expect(await refused(cli, '--resume', id)).toEqual({ stderr, status: 65 });
  });

  it('an id that several runs begin with', async () => {
    const cli = await mixtureCli(PAIR);
    const { id } = await asked(cli, 'first?');
    await asked(cli, 'second?');
    const { stderr, status } = await refused(cli, '--from', id.slice(0, 4), 'and?');
    expect(status).toBe(2);
    expect(stderr).toContain(id);
  });

  it('without a question', async () => {
    const cli = await mixtureCli(PAIR);
    await asked(cli, 'first?');
    expect(await refused(cli, '-c')).toEqual({
      stderr: 'mom: standard input is empty and there is no question\nhint: mom ask "your question"\n',
      status: 66,
    });
    const place = newPlace();
    onTestFinished(place.remove);
    await runCli(['ask', '--sandbox', 'hi'], { place });
    expect(await runCli(['ask', '--sandbox', '-c'], { place })).toMatchObject({ stdout: '', status: 66 });
  });
});
