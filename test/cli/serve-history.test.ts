import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { StoredRun } from '../../src/core/history.js';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { journalLines, journalRuns, keepJournals } from '../support/journals.js';
import { chat, logLines, startServer } from '../support/serve-cli.js';

function placeOfTest() {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

function runsFolder({ state }: Place): string[] {
  const dir = join(state, 'mom', 'runs');
  return existsSync(dir) ? readdirSync(dir) : [];
}

async function stored(place: Place): Promise<StoredRun[]> {
  const { stdout } = await runCli(['logs', 'export'], { place });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StoredRun);
}

function warnings(stderr: string): unknown[] {
  return logLines(stderr).flatMap(({ level, msg }) => (level === 'warn' && msg !== 'request' ? [msg] : []));
}

it('runs of a gateway are in the store soon after they are over, while it goes on', async () => {
  const server = await startServer();
  const answers = await Promise.all([1, 2, 3].map(async (i) => (await chat(server.url, { model: `sandbox/say=answer${i}` })).json()));
  expect(answers).toHaveLength(3);
  // The import deletes the journal when its runs are in the store.
  await expect
    .poll(() => existsSync(join(server.place.state, 'mom', 'mom.db')) && runsFolder(server.place), { timeout: 15_000 })
    .toEqual([]);
  const runs = await stored(server.place);
  expect(runs.map(({ result }) => result.answer).sort()).toEqual(['answer1', 'answer2', 'answer3']);
  for (const { origin } of runs) expect(origin).toMatchObject({ door: 'serve', client: 'local', sandbox: true });
  const { stderr } = await server.stop();
  expect(warnings(stderr)).toEqual([]);
});

it('what is not in the store yet comes there when the gateway ends', async () => {
  const server = await startServer();
  await (await chat(server.url, {})).json();
  await server.stop();
  expect(runsFolder(server.place)).toEqual([]);
  expect((await stored(server.place)).map(({ result }) => result.answer)).toEqual(['hello']);
});

it('a gateway that was killed has lost no run that was over a second before; the next one takes them in', async () => {
  const place = placeOfTest();
  const server = await startServer(['--sandbox'], { place });
  await (await chat(server.url, {})).json();
  const cut = chat(server.url, { model: 'sandbox/say=one%20two%20three,tps=2,len=20', stream: true })
    .then((response) => response.text())
    .catch(() => 'broken off');
  const said = () => journalRuns(place).map(({ events }) => events.flatMap((event) => (event.type === 'call.delta' ? [event.text] : [])));
  await expect.poll(() => said()[1]?.join(''), { timeout: 10_000 }).toMatch(/^one two/);
  await server.stop('SIGKILL');
  expect(await cut).toBe('broken off');
  expect(runsFolder(place)).toHaveLength(1);
  const next = await startServer(['--sandbox'], { place });
  await expect.poll(() => runsFolder(place), { timeout: 15_000 }).toEqual([]);
  await next.stop();
  const runs = await stored(place);
  expect(runs.map(({ result }) => result.status)).toEqual(['complete', 'cancelled']);
  expect(runs[1]?.result.calls[0]?.text).toMatch(/^one two/);
});

it('log may be switched while it runs: all, numbers, nothing', async () => {
  const place = placeOfTest();
  keepJournals(place);
  const file = join(place.cwd, 'own.yaml');
  writeFileSync(file, 'log: true\n');
  const server = await startServer(['--sandbox', '--config', 'own.yaml'], { place });
  let log = '';
  server.child.stderr.on('data', (bytes: Buffer) => {
    log += bytes.toString();
  });
  const reloads = () => log.split('the configuration was read again').length - 1;
  const ask = async (content: string) => (await chat(server.url, { messages: [{ role: 'user', content }] })).json();
  const become = async (text: string) => {
    const before = reloads();
    writeFileSync(file, text);
    server.child.kill('SIGHUP');
    await expect.poll(reloads, { timeout: 10_000 }).toBeGreaterThan(before);
  };
  await ask('what is kept?');
  await become('log: { content: false }\n');
  await ask('what is counted?');
  await become('log: false\n');
  await ask('what is forgotten?');
  await become('log: { content: true }\n');
  await ask('what is kept again?');
  await server.stop();
  expect(journalRuns(place).map(({ first, events }) => [first.content, events.at(-1)])).toMatchObject([
    [true, { result: { status: 'complete', answer: 'hello' } }],
    [false, { result: { status: 'complete', answer: null, usage: { output_tokens: expect.any(Number) } } }],
    [true, { result: { status: 'complete', answer: 'hello' } }],
  ]);
  const questions = JSON.stringify(journalLines(place)).match(/what is [a-z ]*\?/g);
  expect(new Set(questions)).toEqual(new Set(['what is kept?', 'what is kept again?']));
});
