import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunSummary, StoredRun } from '../../src/core/history.js';
import { newPlace, type Place, runCli, startCli } from '../support/cli.js';
import { problems } from '../support/schema.js';
import { onTerminal } from '../support/terminal.js';

function newHome(): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}

const mom = (place: Place, ...args: string[]) => runCli(args, { place });
const store = (place: Place) => join(place.state, 'mom', 'mom.db');

async function asked(place: Place, ...questions: string[]): Promise<void> {
  for (const question of questions) await mom(place, 'ask', '--sandbox', '-q', question);
}

async function questions(place: Place): Promise<(string | null)[]> {
  const { stdout } = await mom(place, 'logs', '--json');
  return (JSON.parse(stdout) as { runs: RunSummary[] }).runs.map(({ question }) => question);
}

/** What waits to be taken in. */
function journals(place: Place): string[] {
  const dir = join(place.state, 'mom', 'runs');
  return existsSync(dir) ? readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8')) : [];
}

/** A file that nobody can use as a store. */
function breakStore(place: Place): void {
  mkdirSync(join(place.state, 'mom'), { recursive: true });
  writeFileSync(store(place), 'no database at all, but long enough to be one. '.repeat(100));
}

describe('mom logs path', () => {
  it('prints where the store is, also when nothing is there yet', async () => {
    const place = newHome();
    expect(await mom(place, 'logs', 'path')).toMatchObject({
      stdout: `${store(place)}\n`,
      stderr: 'mom: nothing is kept there yet\n',
      status: 0,
    });
    expect(existsSync(store(place))).toBe(false);
    await asked(place, 'one');
    expect(await mom(place, 'logs', 'path')).toMatchObject({ stdout: `${store(place)}\n`, stderr: '', status: 0 });
    expect(existsSync(store(place))).toBe(true);
  });
});

describe('mom logs prune', () => {
  it('needs an age: 2', async () => {
    expect(await mom(newHome(), 'logs', 'prune')).toMatchObject({
      stdout: '',
      stderr: 'mom: mom logs prune needs to know how old\nhint: mom logs prune --older-than 90d\n',
      status: 2,
    });
  });

  it('refuses an age that is none: 2', async () => {
    expect(await mom(newHome(), 'logs', 'prune', '--older-than', '90 days')).toMatchObject({
      stdout: '',
      stderr:
        'mom: --older-than cannot be "90 days"\nhint: --older-than takes an age such as 90m, 24h, 7d or 4w, or a date such as 2026-01-31\n',
      status: 2,
    });
  });

  it('forgets what is older, and with -n only counts it', async () => {
    const place = newHome();
    await asked(place, 'one', 'two');
    const prune = (...args: string[]) => mom(place, 'logs', 'prune', ...args);
    expect(await prune('--older-than', '1d')).toMatchObject({ stdout: '', stderr: 'mom: 0 runs forgotten\n', status: 0 });
    expect(await prune('--older-than', '0m', '-n')).toMatchObject({ stdout: '', stderr: 'mom: 2 runs would be forgotten\n', status: 0 });
    expect(await questions(place)).toEqual(['two', 'one']);
    expect(await prune('--older-than', '0m')).toMatchObject({ stdout: '', stderr: 'mom: 2 runs forgotten\n', status: 0 });
    expect(await questions(place)).toEqual([]);
  });

  it('has nothing to do where nothing is kept', async () => {
    expect(await mom(newHome(), 'logs', 'prune', '--older-than', '90d')).toMatchObject({ stderr: 'mom: 0 runs forgotten\n', status: 0 });
  });
});

describe('mom logs export', () => {
  it('prints whole runs, one a line, the oldest first', async () => {
    const place = newHome();
    await asked(place, 'one', 'two');
    const { stdout, stderr, status } = await mom(place, 'logs', 'export', '--jsonl');
    const runs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as StoredRun);
    expect(runs.flatMap((run) => problems('runs', run))).toEqual([]);
    expect(runs.map(({ messages }) => messages)).toEqual([[{ role: 'user', content: 'one' }], [{ role: 'user', content: 'two' }]]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect((await mom(place, 'logs', 'export', '--since', '1h')).stdout).toBe(stdout);
    expect(await mom(place, 'logs', 'export', '--since', '2999-01-01')).toMatchObject({ stdout: '', stderr: '', status: 0 });
  });

  it('ends quietly when its reader goes away, and says when there is no room', async () => {
    const place = newHome();
    await asked(place, 'one', 'two');
    const { screen } = await onTerminal('$MOM logs export | head -c 1; $MOM logs export > /dev/full; echo " $?"', { place });
    expect(screen).toMatch(/^\{mom: stdout could not be written: ENOSPC[^\n]*\nhint: make room or write somewhere else\n 74\n$/);
  });

  it('prints nothing where nothing is kept', async () => {
    expect(await mom(newHome(), 'logs', 'export')).toMatchObject({ stdout: '', stderr: '', status: 0 });
  });
});

describe('mom logs import', () => {
  it('takes in what is left of runs that died', async () => {
    const place = newHome();
    await asked(place, 'whole');
    expect(await mom(place, 'logs', 'import')).toMatchObject({ stdout: '', stderr: 'mom: 0 runs taken in\n', status: 0 });
    const { child, done } = startCli(['ask', '--sandbox', '-q', 'cut short', '-m', 'sandbox/ttft=600000'], { place });
    await expect.poll(() => journals(place).some((text) => text.includes('call.start')), { timeout: 10_000 }).toBe(true);
    child.kill('SIGKILL');
    await done;
    expect(await mom(place, 'logs', 'import')).toMatchObject({
      stdout: '',
      stderr: 'mom: 1 run taken in, 1 of them cut short\n',
      status: 0,
    });
    expect(await questions(place)).toEqual(['cut short', 'whole']);
    expect(journals(place)).toEqual([]);
  });

  it('ends with 74 where the store cannot be used, and leaves the journals', async () => {
    const place = newHome();
    breakStore(place);
    await asked(place, 'lost?');
    const left = journals(place);
    expect(left).toHaveLength(1);
    const { stdout, stderr, status } = await mom(place, 'logs', 'import');
    expect({ stdout, status }).toEqual({ stdout: '', status: 74 });
    expect(stderr).toContain(store(place));
    expect(journals(place)).toEqual(left);
  });
});
