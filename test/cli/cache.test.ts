import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/core/run.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { newPlace, type Place, runCli, startCli } from '../support/cli.js';
import { keptRun } from '../support/kept-run.js';

const PANEL = ['-m', 'sandbox/say=One', '-m', 'sandbox/say=Two', '--critic', 'sandbox/say=Merged'];
const MERGED = { stdout: 'Merged\n', stderr: '', status: 0, signal: null };
const CALLS = 3;

let sandbox: Sandbox;
let place: Place & { remove(): void };
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.reset();
  place = newPlace();
  return () => place.remove();
});

const file = () => join(place.root, 'cache', 'mom', 'answers.db');
const options = () => ({ place, env: { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' } });
const asked = () => sandbox.stats().requests;

/** The arguments of an `ask` with this configuration. */
function withConfig(config: string, args: readonly string[]): string[] {
  const path = join(place.root, 'mom.yaml');
  writeFileSync(path, config);
  return ['ask', '--config', path, ...args];
}

const EXACT = 'cache: { ttl: 1h }';
const ask = (args: readonly string[] = [], question = 'What is for dinner?', config = EXACT) =>
  runCli(withConfig(config, [...PANEL, ...args, question]), options());
const askJson = async (args: readonly string[] = [], question?: string, config?: string) =>
  JSON.parse((await ask(['--json', ...args], question, config)).stdout) as RunResult;

/** What is in the file of the cache. */
function stored(): { question: string; answer: string }[] {
  const database = new Database(file());
  try {
    const rows = database.prepare('SELECT entry FROM answers ORDER BY id').all() as { entry: string }[];
    return rows.map(({ entry }) => JSON.parse(entry));
  } finally {
    database.close();
  }
}

describe('the same question', () => {
  it('gets the stored answer, without a call', async () => {
    expect(await ask()).toEqual(MERGED);
    expect(asked()).toBe(CALLS);
    expect(await ask()).toEqual(MERGED);
    expect(asked()).toBe(CALLS);
  });

  it('is told of in JSON as an answer from the cache, for nothing', async () => {
    await ask();
    const result = await askJson();
    expect(result).toMatchObject({
      status: 'complete',
      answer: 'Merged',
      answer_source: 'cache',
      finish_reason: 'stop',
      critic: null,
      calls: [],
      usage: { input_tokens: 0, output_tokens: 0 },
      cost_usd: 0,
      cost_source: 'reported',
      warnings: [],
      error: null,
    });
    expect(result.proposals.filter(({ status }) => status !== 'skipped')).toEqual([]);
    expect(asked()).toBe(CALLS);
  });

  it('streams the stored answer as events, and keeps it in the history and the trace', async () => {
    await ask();
    const { stdout } = await ask(['--format', 'jsonl', '--debug-dir', join(place.root, 'traces')]);
    const events = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; result?: RunResult });
    expect(events(stdout).map(({ type }) => type)).toEqual(['run.start', 'answer.start', 'answer.delta', 'outcome', 'run.end']);
    const { result } = await keptRun(place);
    expect(result).toMatchObject({ answer: 'Merged', answer_source: 'cache', cost_usd: 0 });
    expect(result.id).toBe(events(stdout).at(-1)?.result?.id);
    const [trace] = readdirSync(join(place.root, 'traces'));
    expect(readFileSync(join(place.root, 'traces', String(trace)), 'utf8')).toContain('from: cache, finish reason: stop');
  });

  it('is asked again when the time is over', async () => {
    await ask();
    await ask([], undefined, 'cache: { ttl: 1ms }');
    expect(asked()).toBe(2 * CALLS);
  });

  it('is asked again with --refresh, whose answer is kept', async () => {
    await ask();
    const database = new Database(file());
    database.prepare(`UPDATE answers SET entry = replace(entry, 'Merged', 'Stale')`).run();
    database.close();
    expect((await ask()).stdout).toBe('Stale\n');
    expect((await ask(['--refresh'])).stdout).toBe('Merged\n');
    expect(asked()).toBe(2 * CALLS);
    expect((await ask()).stdout).toBe('Merged\n');
    expect(asked()).toBe(2 * CALLS);
  });

  it('is neither looked up nor kept with --no-cache', async () => {
    await ask(['--no-cache']);
    expect(readdirSync(join(place.root, 'cache', 'mom'))).not.toContain('answers.db');
    await ask();
    await ask(['--no-cache']);
    expect(asked()).toBe(3 * CALLS);
  });

  it.each<[string, string[]]>([
    ['another parameter', ['--temperature', '0.3']],
    ['another system prompt', ['-s', 'Be brief.']],
    ['another model', ['-m', 'sandbox/say=Three']],
    ['another critic', ['--critic', 'sandbox/say=Else']],
    ['another strategy', ['--strategy', 'vote']],
  ])('is another one with %s', async (_what, args) => {
    await ask();
    const before = asked();
    await ask(args);
    expect(asked()).toBeGreaterThan(before);
    expect(stored()).toHaveLength(2);
  });

  it('is the same with other limits of time and money', async () => {
    await ask();
    expect(await ask(['--timeout', '1m', '--max-cost', '0.5', '--seed', '7'])).toEqual(MERGED);
    expect(asked()).toBe(CALLS);
  });
});

describe('what is not kept', () => {
  it('is a degraded run', async () => {
    const args = withConfig(EXACT, [
      '-m',
      'sandbox/say=One',
      '-m',
      'sandbox/say=Two',
      '--critic',
      'sandbox/e500',
      '--retries',
      '0',
      'Why?',
    ]);
    const { stdout } = await runCli([...args, '--json'], options());
    expect(JSON.parse(stdout)).toMatchObject({ status: 'degraded', answer: 'One' });
    expect(stored()).toEqual([]);
  });

  it('is a failed run', async () => {
    const args = withConfig(EXACT, ['-m', 'sandbox/e500', '--retries', '0', 'Why?']);
    expect((await runCli(args, options())).status).not.toBe(0);
    expect(stored()).toEqual([]);
  });

  it('is a run that Ctrl-C ended', async () => {
    const cli = startCli(
      withConfig(EXACT, ['-m', 'sandbox/hang', '-m', 'sandbox/say=Two', '--critic', 'sandbox/critic', 'Why?']),
      options(),
    );
    await vi.waitFor(() => expect(asked()).toBe(2), { timeout: 10_000, interval: 5 });
    cli.child.kill('SIGINT');
    expect((await cli.done).signal).toBe('SIGINT');
    expect(stored()).toEqual([]);
  });
});

describe('a file that several use', () => {
  it('takes the answers of two processes at once', async () => {
    const both = await Promise.all([ask(), ask(), ask([], 'And for supper?')]);
    expect(both).toEqual([MERGED, MERGED, MERGED]);
    expect(
      stored()
        .map(({ question }) => question)
        .sort(),
    ).toEqual(['And for supper?', 'What is for dinner?']);
    const before = asked();
    expect(await Promise.all([ask(), ask([], 'And for supper?')])).toEqual([MERGED, MERGED]);
    expect(asked()).toBe(before);
  });

  it('holds no answers of the embedded sandbox, and gives it none', async () => {
    await ask();
    const note = 'mom: sandbox: built-in simulated and recorded models, no network\n';
    const first = JSON.parse((await ask(['--sandbox', '--json'])).stdout) as RunResult;
    expect(first.answer_source).toBe('critic');
    expect(await ask(['--sandbox'])).toEqual({ ...MERGED, stderr: note });
    expect((await askJson(['--sandbox'])).answer_source).toBe('cache');
    expect(stored()).toHaveLength(1);
    expect(asked()).toBe(CALLS);
  });
});

describe('a file of no use', () => {
  const folder = () => join(place.root, 'cache', 'mom');
  const put = (text: string) => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(file(), text);
  };
  const aside = (mark: string) => readdirSync(folder()).filter((name) => name.startsWith(`answers.db.${mark}-`));

  it('is set aside when it is damaged, and the run goes on', async () => {
    put('this is no database, '.repeat(500));
    const { stdout, stderr, status } = await ask();
    expect({ stdout, status }).toEqual({ stdout: 'Merged\n', status: 0 });
    const [name] = aside('corrupt');
    expect(stderr).toBe(
      `mom: warning: ${file()} is damaged; it is now ${join(folder(), String(name))}, and answers are kept in a new one\n`,
    );
    expect(await ask()).toEqual(MERGED);
    expect(asked()).toBe(CALLS);
  });

  it('is set aside when a newer mom made it', async () => {
    await ask();
    const database = new Database(file());
    database.exec('PRAGMA user_version = 99');
    database.close();
    const { stdout, stderr } = await ask();
    const [name] = aside('newer');
    expect(stdout).toBe('Merged\n');
    expect(stderr).toBe(
      `mom: warning: ${file()} was made by a newer mom (layout 99, this mom knows 1); it is now ${join(folder(), String(name))}, and answers are kept in a new one\n`,
    );
    expect(asked()).toBe(2 * CALLS);
    expect(await ask()).toEqual(MERGED);
    expect(asked()).toBe(2 * CALLS);
  });

  it('is done without where none can be made', async () => {
    mkdirSync(file(), { recursive: true });
    const { stdout, stderr, status } = await ask();
    expect({ stdout, status }).toEqual({ stdout: 'Merged\n', status: 0 });
    expect(stderr).toMatch(/^mom: warning: answers are not cached: .*answers\.db.*\n$/);
  });
});

describe('a similar question', () => {
  const SEMANTIC = 'cache: { ttl: 1h, semantic: { model: "sandbox/embed", threshold: 0.8 } }';
  const FIRST = 'How many legs does a spider have?';
  const LIKE = 'how many legs does a spider really have';

  it('gets the answer to the one before it, which is named', async () => {
    await ask([], FIRST, SEMANTIC);
    const before = asked();
    const today = new Date().toISOString().slice(0, 10);
    const { stdout, stderr, status } = await ask([], LIKE, SEMANTIC);
    expect({ stdout, status }).toEqual({ stdout: 'Merged\n', status: 0 });
    expect(stderr).toMatch(
      new RegExp(
        `^mom: warning: answer from the cache, given on ${today} to a similar question \\(0\\.9\\d\\): "How many legs does a spider have\\?"\n$`,
      ),
    );
    expect(asked()).toBe(before);
  });

  it('is found again after --refresh', async () => {
    await ask(['--refresh'], FIRST, SEMANTIC);
    expect(await askJson([], LIKE, SEMANTIC)).toMatchObject({ answer_source: 'cache', calls: [{ id: 'e1', kind: 'embedding' }] });
  });

  it.each<[string, string[], string]>([
    ['too little in common', [], 'How many legs do two dogs have?'],
    ['another system prompt', ['-s', 'Be brief.'], LIKE],
    ['another mixture', ['-m', 'sandbox/say=Three'], LIKE],
    ['another parameter', ['--temperature', '0.3'], LIKE],
  ])('is asked with %s', async (_what, args, question) => {
    await ask([], FIRST, SEMANTIC);
    expect(await askJson(args, question, SEMANTIC)).toMatchObject({ status: 'complete', answer_source: 'critic', warnings: [] });
  });

  it('is asked, with a warning, when the embedding model is down; the exact cache works', async () => {
    const down = 'cache: { ttl: 1h, semantic: { model: "sandbox/embed,e500" } }';
    const first = await ask(['--retries', '0'], FIRST, down);
    expect({ stdout: first.stdout, status: first.status }).toEqual({ stdout: 'Merged\n', status: 0 });
    expect(first.stderr).toMatch(/^mom: warning: the question could not be compared with those in the cache: .*500.*\n$/);
    const before = asked();
    expect(await ask(['--retries', '0'], FIRST, down)).toEqual(MERGED);
    expect(asked()).toBe(before);
  });
});

describe('the end of a run that is kept', () => {
  it('comes although the reader of the answer has gone away', async () => {
    const cli = startCli(withConfig(EXACT, [...PANEL, 'Why?']), options());
    cli.child.stdout.once('data', () => cli.child.stdout.destroy());
    expect(await cli.done).toMatchObject({ status: 0, signal: null });
  });
});
