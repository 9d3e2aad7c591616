import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../src/core/history.js';
import { type CliResult, runCli, startCli } from '../support/cli.js';
import { families, type MixtureCli, mixtureCli, says } from '../support/mixture-cli.js';
import { CAN_MOUNT, mounted } from '../support/namespace.js';
import { chat, logLines, startServer } from '../support/serve-cli.js';

const PANEL = { proposers: families(says('one'), says('two')), critic: says('merged') };

interface World extends MixtureCli {
  /** Where the store is. */
  dir: string;
  db: string;
  run(args: readonly string[], within?: string): Promise<CliResult>;
}

async function world(mixture: Record<string, unknown> = PANEL): Promise<World> {
  const cli = await mixtureCli(mixture);
  const dir = join(cli.place.state, 'mom');
  const env = {
    MOM_BASE_URL: cli.sandbox.url,
    MOM_API_KEY: 'key-of-the-test',
    MOM_CONFIG: join(cli.place.root, 'mixture.yaml'),
    MOM_MIXTURE: 'mine',
  };
  return { ...cli, dir, db: join(dir, 'mom.db'), run: (args, within) => runCli(args, { place: cli.place, env, within }) };
}

/** One file, nothing beside it. */
function settle({ db }: World): void {
  const database = new Libsql(db);
  // A statement object would keep the file open until it is collected, and the last one to close removes the log that is there then.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

/** What differs between two runs of the test. */
function plain({ dir, place }: World, text: string): string {
  return text
    .replaceAll(dir, 'DIR')
    .replaceAll(place.root, 'ROOT')
    .replace(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'ID');
}

async function questions(w: World): Promise<(string | null)[]> {
  const { stdout } = await w.run(['logs', '--json']);
  return (JSON.parse(stdout) as { runs: RunSummary[] }).runs.map(({ question }) => question);
}

const NOT_YET = 'mom: warning: the run is not in the history yet, its journal is DIR/runs/ID.jsonl: ';
const WRITABLE =
  'make DIR and what is in it yours and writable, or set XDG_STATE_HOME to another folder; until then runs wait as journals\n';

interface BadDay {
  /** Commands that come before the program, which alone they concern. */
  within?: (w: World) => string;
  /** Breaks the store; returns what mends it. */
  breaks?: (w: World) => () => void;
  /** What is said after the answer. */
  said: string;
  /** What a command that reads the store says then. */
  read: { status: number; stderr: string };
  /** What is there afterwards, the newest first. */
  kept: string[];
}

const LOCKED = "the history can't be used: DIR/mom.db: another process keeps it locked";
const LATER = 'try again when the other process is done; until then runs wait as journals\n';
const READ_ONLY = "the history can't be used: DIR/mom.db: it may not be written";
const DAMAGED = "the history can't be used: DIR/mom.db is damaged";
const AWAY =
  'move it away: mkdir DIR/damaged && mv DIR/mom.db* DIR/damaged; waiting runs then go into a new one, and budgets count from 0\n';

function overwritten(offset: number, bytes: Buffer): NonNullable<BadDay['breaks']> {
  return (w) => {
    settle(w);
    const before = readFileSync(w.db);
    const fd = openSync(w.db, 'r+');
    for (let at = offset; at < before.length; at += offset === 0 ? before.length : 4096) writeSync(fd, bytes, 0, bytes.length, at);
    closeSync(fd);
    return () => {
      for (const suffix of ['-wal', '-shm']) rmSync(w.db + suffix, { force: true });
      writeFileSync(w.db, before);
    };
  };
}

function held(sql: string): NonNullable<BadDay['breaks']> {
  return ({ db }) => {
    const other = new Libsql(db);
    other.exec(sql);
    return () => other.close();
  };
}

const isRoot = process.getuid?.() === 0;

const DAYS: Record<string, BadDay & { skip?: boolean }> = {
  'is locked by a process that writes': {
    breaks: held('BEGIN IMMEDIATE'),
    said: `${NOT_YET}${LOCKED}; ${LATER}`,
    read: { status: 0, stderr: `mom: warning: the latest runs are not in the history yet: ${LOCKED}; ${LATER}` },
    kept: ['one?', 'zero?'],
  },
  'is locked by a process that wants it for itself': {
    breaks: held('BEGIN EXCLUSIVE'),
    said: `${NOT_YET}${LOCKED}; ${LATER}`,
    read: { status: 0, stderr: `mom: warning: the latest runs are not in the history yet: ${LOCKED}; ${LATER}` },
    kept: ['one?', 'zero?'],
  },
  'is read-only': {
    skip: !CAN_MOUNT,
    within: ({ db }) => mounted(`mount --bind ${db} ${db} && mount -o remount,ro,bind ${db}`),
    said: `${NOT_YET}${READ_ONLY}; ${WRITABLE}`,
    read: { status: 74, stderr: `mom: ${READ_ONLY}\nhint: ${WRITABLE}` },
    kept: ['one?', 'zero?'],
  },
  'is in a read-only folder': {
    skip: !CAN_MOUNT,
    within: ({ dir }) => mounted(`mount --bind ${dir} ${dir} && mount -o remount,ro,bind ${dir}`),
    said: "mom: warning: the journal DIR/runs/ID.jsonl could not be written: EROFS: read-only file system, open 'DIR/runs/ID.jsonl'\n",
    read: { status: 74, stderr: `mom: ${READ_ONLY}\nhint: ${WRITABLE}` },
    kept: ['zero?'],
  },
  'is in the folder of another user': {
    skip: !isRoot,
    breaks: ({ dir, place }) => {
      for (const each of [place.root, dirname(dir), dir]) chmodSync(each, 0o755);
      return () => undefined;
    },
    within: () => 'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"',
    said: "mom: warning: the journal DIR/runs/ID.jsonl could not be written: EACCES: permission denied, open 'DIR/runs/ID.jsonl'\n",
    read: { status: 74, stderr: `mom: ${READ_ONLY}\nhint: ${WRITABLE}` },
    kept: ['zero?'],
  },
  'has a damaged header': {
    breaks: overwritten(0, Buffer.from('no database here')),
    said: `${NOT_YET}${DAMAGED}; ${AWAY}`,
    read: { status: 74, stderr: `mom: ${DAMAGED}\nhint: ${AWAY}` },
    kept: ['one?', 'zero?'],
  },
  'is damaged in the middle': {
    breaks: overwritten(4096, Buffer.alloc(4096, 0x5a)),
    said: `${NOT_YET}${DAMAGED}; ${AWAY}`,
    read: { status: 74, stderr: `mom: ${DAMAGED}\nhint: ${AWAY}` },
    kept: ['one?', 'zero?'],
  },
  'is of a newer mom': {
    breaks: ({ db }) => {
      const version = (n: number) => {
        const database = new Libsql(db);
        database.exec(`PRAGMA user_version = ${n}`);
        database.close();
      };
      version(99);
      return () => version(2);
    },
    said: `${NOT_YET}the history can't be used: DIR/mom.db was made by a newer mom (layout 99, this mom knows 2); update mom; until then runs wait as journals\n`,
    read: {
      status: 74,
      stderr:
        "mom: the history can't be used: DIR/mom.db was made by a newer mom (layout 99, this mom knows 2)\nhint: update mom; until then runs wait as journals\n",
    },
    kept: ['one?', 'zero?'],
  },
};

it.skipIf(!isRoot)('a journal that may not be read stays where it is, and is named', async () => {
  const w = await world();
  await w.run(['ask', 'zero?']);
  const runs = join(w.dir, 'runs');
  const file = join(runs, '20260131-120000-aaaaaa.jsonl');
  writeFileSync(file, '{"type":"journal.start"}\n');
  for (const each of [w.place.root, dirname(w.dir)]) chmodSync(each, 0o755);
  for (const each of [w.dir, file, ...readdirSync(w.dir).map((name) => join(w.dir, name))]) chownSync(each, 65534, 65534);
  chmodSync(file, 0o000);
  const { stdout, stderr, status } = await w.run(['logs'], 'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"');
  expect(plain(w, stderr)).toBe('mom: warning: a journal may not be read, so its runs are not in the history: DIR/runs/ID.jsonl\n');
  expect({ status, hasRun: stdout.includes('zero?'), left: readdirSync(runs) }).toEqual({
    status: 0,
    hasRun: true,
    left: ['20260131-120000-aaaaaa.jsonl'],
  });
});

describe('the answer comes out whole, the loss is told once and nothing hangs where the store', () => {
  for (const [name, { skip, within, breaks, said, read, kept }] of Object.entries(DAYS)) {
    it.skipIf(skip)(name, async () => {
      const w = await world();
      expect((await w.run(['ask', 'zero?'])).status).toBe(0);
      const mend = breaks?.(w);
      const asked = await w.run(['ask', 'one?'], within?.(w));
      expect({ ...asked, stderr: plain(w, asked.stderr) }).toEqual({ stdout: 'merged\n', stderr: said, status: 0, signal: null });
      const listed = await w.run(['logs'], within?.(w));
      expect({ status: listed.status, stderr: plain(w, listed.stderr) }).toEqual(read);
      mend?.();
      expect(await questions(w)).toEqual(kept);
      const { stdout } = await w.run(['cost', '--json']);
      expect((JSON.parse(stdout) as { total: { runs: number; calls: number } }).total).toMatchObject({
        runs: kept.length,
        calls: 3 * kept.length,
      });
    });
  }
});

describe('what stands where the store should be', () => {
  const places: Record<string, { make: (db: string) => void; reason: string; hint: string }> = {
    'a folder': {
      make: (db) => mkdirSync(db, { recursive: true }),
      reason: "EISDIR: illegal operation on a directory, open 'DIR/mom.db'",
      hint: WRITABLE,
    },
    'a pipe': {
      make: (db) => void execFileSync('mkfifo', [db]),
      reason: 'disk I/O error',
      hint: 'see whether the disk is full, or broken; until then runs wait as journals\n',
    },
    'a link': {
      make: (db) => symlinkSync(`${db}.elsewhere`, db),
      reason: "ELOOP: too many symbolic links encountered, open 'DIR/mom.db'",
      hint: WRITABLE,
    },
  };
  for (const [name, { make, reason, hint }] of Object.entries(places)) {
    it(`${name}: is left alone, and the run waits`, async () => {
      const w = await world();
      mkdirSync(w.dir, { recursive: true });
      make(w.db);
      const { stdout, stderr, status } = await w.run(['ask', 'one?']);
      expect({ stdout, status }).toEqual({ stdout: 'merged\n', status: 0 });
      expect(plain(w, stderr)).toBe(`${NOT_YET}the history can't be used: DIR/mom.db: ${reason}; ${hint}`);
      const imported = await w.run(['logs', 'import']);
      expect({ ...imported, stderr: plain(w, imported.stderr) }).toMatchObject({
        stdout: '',
        stderr: `mom: the history can't be used: DIR/mom.db: ${reason}\nhint: ${hint}`,
        status: 74,
      });
      expect(existsSync(`${w.db}.elsewhere`)).toBe(false);
      rmSync(w.db, { recursive: true });
      expect(await questions(w)).toEqual(['one?']);
      expect(readdirSync(join(w.dir, 'runs'))).toEqual([]);
    });
  }

  it.skipIf(!CAN_MOUNT)('no database module: runs wait as journals', async () => {
    const w = await world();
    const module = join(import.meta.dirname, '../../node_modules/@libsql');
    const without = mounted(`mount -t tmpfs tmpfs ${module}`);
    const { stdout, stderr, status } = await w.run(['ask', 'one?'], without);
    expect({ stdout, status }).toEqual({ stdout: 'merged\n', status: 0 });
    expect(plain(w, stderr)).toMatch(
      /^mom: warning: the run is not in the history yet, its journal is DIR\/runs\/ID\.jsonl: the history can't be used: the database module libsql can't be loaded on [^\n]*; install mom again on this machine; until then runs wait as journals\n$/,
    );
    expect(await w.run(['logs'], without)).toMatchObject({ stdout: '', status: 74 });
    expect(await questions(w)).toEqual(['one?']);
  });
});

describe('a disk that fills up', () => {
  it.skipIf(!CAN_MOUNT)('while the journal is written: the answer is whole, and the loss is told once', async () => {
    const w = await world({ strategy: 'single', single: says('word '.repeat(4_000)) });
    mkdirSync(w.dir);
    const within = mounted(`mount -t tmpfs -o size=8k tmpfs ${w.dir}`);
    const { stdout, stderr, status } = await w.run(['ask', 'one?'], within);
    expect({ stdout, status }).toEqual({ stdout: `${'word '.repeat(4_000)}\n`, status: 0 });
    expect(plain(w, stderr)).toBe(
      'mom: warning: the journal DIR/runs/ID.jsonl could not be written: ENOSPC: no space left on device, write\n',
    );
  });
});

it.skipIf(!CAN_MOUNT)('a disk with any little room left costs no answer', { timeout: 60_000 }, async () => {
  const w = await world();
  await w.run(['ask', 'zero?']);
  settle(w);
  const copy = join(w.place.root, 'copy.db');
  copyFileSync(w.db, copy);
  const disk = (room: number) =>
    mounted(`mount -t tmpfs -o size=${statSync(copy).size + room * 1024} tmpfs ${w.dir} && cp ${copy} ${w.db} 2>/dev/null`);
  const said: string[] = [];
  for (const room of [0, 4, 8, 12, 16, 24, 32, 48, 64, 96]) {
    const { stdout, stderr, status } = await w.run(['ask', 'one?'], disk(room));
    expect({ room, stdout, status }).toEqual({ room, stdout: 'merged\n', status: 0 });
    said.push(plain(w, stderr));
  }
  const FULL = [
    '',
    'mom: warning: the journal DIR/runs/ID.jsonl could not be written: ENOSPC: no space left on device, write\n',
    "mom: warning: the journal DIR/runs/ID.jsonl could not be written: ENOSPC: no space left on device, mkdir 'DIR/runs'\n",
    "mom: warning: the journal DIR/runs/ID.jsonl could not be written: ENOSPC: no space left on device, open 'DIR/runs/ID.jsonl'\n",
    `${NOT_YET}the history can't be used: DIR/mom.db: the disk is full; make room on the disk; until then runs wait as journals\n`,
    `${NOT_YET}the history can't be used: DIR/mom.db: disk I/O error; see whether the disk is full, or broken; until then runs wait as journals\n`,
  ];
  expect(said.filter((each) => !FULL.includes(each))).toEqual([]);
  expect(said.filter((each) => each !== '').length).toBeGreaterThan(3);
  expect((await w.run(['logs', '--json'], disk(0))).status).not.toBe(1);
});

describe('what is deleted while a run goes on', () => {
  const slow = { strategy: 'single', single: says('word '.repeat(60), 'tps=60') };

  it('the store: the run comes into a new one', async () => {
    const w = await world(slow);
    await w.run(['ask', 'zero?', '-m', says('short')]);
    const running = w.start('one?');
    await running.untilStdout('word');
    rmSync(w.db);
    for (const suffix of ['-wal', '-shm']) rmSync(w.db + suffix, { force: true });
    expect(await running.done).toMatchObject({ stderr: '', status: 0 });
    expect(await questions(w)).toEqual(['one?']);
  });

  it('the folder of journals: the answer comes, and the loss is told once', async () => {
    const w = await world(slow);
    const running = w.start('one?');
    await running.untilStdout('word word word');
    await expect.poll(() => existsSync(join(w.dir, 'runs')) && readdirSync(join(w.dir, 'runs')).length).toBe(1);
    rmSync(join(w.dir, 'runs'), { recursive: true });
    const { stdout, stderr, status } = await running.done;
    expect({ stdout, status }).toEqual({ stdout: `${'word '.repeat(60)}\n`, status: 0 });
    // The disk may be asked for the folder before the run is over, or after it.
    const said = plain(w, stderr);
    expect([
      'mom: warning: the run is not in the history: its journal DIR/runs/ID.jsonl was removed while it was written\n',
      "mom: warning: the journal DIR/runs/ID.jsonl could not be written: ENOENT: no such file or directory, open 'DIR/runs'\n",
    ]).toContain(said);
    expect(await w.run(['logs'])).toMatchObject({ stdout: '', status: 0 });
  });
});

describe('a gateway answers on, and its operator is told once', () => {
  async function warnings(w: World, args: readonly string[], within?: string): Promise<unknown[]> {
    const server = await startServer(args, { place: w.place, within });
    const ask = (i: number) => chat(server.url, { messages: [{ role: 'user', content: `question ${i} ${'x'.repeat(400)}` }] });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(i)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
    const { stderr, signal } = await server.stop();
    expect(signal).toBe('SIGTERM');
    const lines = logLines(stderr).filter(({ level }) => level !== 'info');
    return lines.map(({ msg }) => plain(w, String(msg)).replace(/serve-[\dTZ]+-\d+/, 'SERVE'));
  }

  it.skipIf(!CAN_MOUNT)('where the disk is full', async () => {
    const w = await world();
    mkdirSync(w.dir);
    const told = await warnings(w, ['--sandbox'], mounted(`mount -t tmpfs -o size=16k tmpfs ${w.dir}`));
    const written = told.filter((each) => String(each).startsWith('the journal '));
    expect(written).toEqual([
      'the journal DIR/runs/SERVE.jsonl could not be written: ENOSPC: no space left on device, write; other runs with the same trouble are not named for an hour; the run goes on without it; make room or set XDG_STATE_HOME to a folder that can be written, or use --no-log',
    ]);
    expect(told.length).toBeLessThanOrEqual(2);
  });

  it('where the store is locked, and takes the runs in later', async () => {
    const w = await world();
    await w.run(['ask', '--sandbox', '-q', 'zero?']);
    const other = new Libsql(w.db);
    other.exec('BEGIN IMMEDIATE');
    await warnings(w, ['--sandbox']);
    expect(await w.run(['logs', 'import'])).toMatchObject({ status: 74 });
    other.close();
    const { stdout } = await w.run(['logs', '--json', '--limit', '100']);
    const kept = (JSON.parse(stdout) as { runs: RunSummary[] }).runs;
    expect([kept.length, new Set(kept.map(({ id }) => id)).size]).toEqual([41, 41]);
    expect(readdirSync(join(w.dir, 'runs'))).toEqual([]);
  });
});

describe('a conversation', () => {
  it('is not gone on with while the last one waits for the store', async () => {
    const w = await world();
    await w.run(['ask', 'zero?']);
    const other = new Libsql(w.db);
    other.exec('BEGIN IMMEDIATE');
    await w.run(['ask', 'one?']);
    const { stdout, stderr, status } = await w.run(['ask', '-c', 'and then?']);
    other.close();
    expect({ stdout, status, stderr: plain(w, stderr) }).toEqual({
      stdout: '',
      status: 74,
      stderr: `mom: the latest runs are not in the history yet: ${LOCKED}; ${LATER}hint: --from ID goes on with a run that \`mom logs\` shows\n`,
    });
    expect(await w.run(['ask', '-c', 'and then?'])).toMatchObject({ stdout: 'merged\n', stderr: '', status: 0 });
    expect(
      w
        .bodies()
        .at(-1)
        ?.messages.map(({ content }) => content)
        .join('|'),
    ).toContain('one?');
  });
});

it('many at once keep every run, whatever the order', { timeout: 60_000 }, async () => {
  const w = await world();
  const all = await Promise.all(Array.from({ length: 10 }, (_, i) => w.start(`question ${i}`).done));
  expect(all.map(({ stdout, stderr, status }) => ({ stdout, stderr, status }))).toEqual(
    Array.from({ length: 10 }, () => ({ stdout: 'merged\n', stderr: '', status: 0 })),
  );
  expect((await questions(w)).sort()).toEqual(Array.from({ length: 10 }, (_, i) => `question ${i}`));
  expect(readdirSync(join(w.dir, 'runs'))).toEqual([]);
});

it('files of the store belong to their owner alone', async () => {
  const w = await world();
  const shell = startCli(['ask', '--sandbox', '-q', 'hi'], { place: w.place, within: 'umask 000' });
  expect((await shell.done).status).toBe(0);
  const modes = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect([w.dir, join(w.dir, 'runs')].map(modes)).toEqual(['700', '700']);
  for (const name of readdirSync(w.dir).filter((each) => each.startsWith('mom.db')))
    expect([name, modes(join(w.dir, name))]).toEqual([name, '600']);
});
