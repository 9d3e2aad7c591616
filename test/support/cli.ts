import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { removeAll } from './remove-all.js';

export const MOM = resolve(dirname(fileURLToPath(import.meta.url)), '../../bin/mom.js');

/** What a finished program left behind. */
export interface CliResult {
  stdout: string;
  stderr: string;
  /** Null when it died by a signal. */
  status: number | null;
  signal: NodeJS.Signals | null;
}

/** A home and a working directory of their own, away from everything of the machine. */
export interface Place {
  root: string;
  home: string;
  cwd: string;
  config: string;
  state: string;
  /** Environment of a program that lives there. */
  env: Record<string, string>;
}

export interface CliOptions {
  /** Added to the environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** What the program reads; by default stdin is at its end from the start, as with `< /dev/null`. */
  stdin?: string | Buffer;
  /** @default a new one, removed when the test is over */
  place?: Place;
  /** @default that of the place */
  cwd?: string;
  /** Arguments for node itself, before the program. */
  nodeArgs?: readonly string[];
  /** Shell commands, such as limits, after which the program takes the shell's place. */
  within?: string | undefined;
}

export interface RunningCli {
  child: ChildProcessWithoutNullStreams;
  place: Place;
  done: Promise<CliResult>;
  /** Resolves as soon as stdout holds `text`; rejects when the program ends without it. */
  untilStdout(text: string): Promise<void>;
  /** The same of stderr. */
  untilStderr(text: string): Promise<void>;
}

/** Inside a test the place is removed when the test is over; elsewhere call `remove`. */
export function newPlace(): Place & { remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'mom-cli-'));
  const [home, cwd, config, state] = ['home', 'work', 'config', 'state'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const dir of [home, cwd, config, state]) mkdirSync(dir);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: config,
    XDG_STATE_HOME: state,
    XDG_CACHE_HOME: join(root, 'cache'),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), 'mom-test-compile-cache'),
  };
  return { root, home, cwd, config, state, env, remove: () => removeAll(root) };
}

/** Starts `mom` with these arguments. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const place = options.place ?? placeOfTest();
  const env = Object.fromEntries(Object.entries({ ...place.env, ...options.env }).filter(([, value]) => value !== undefined));
  const [program, ...rest] = [process.execPath, ...(options.nodeArgs ?? []), MOM, ...args] as [string, ...string[]];
  const where = { cwd: options.cwd ?? place.cwd, env };
  const child =
    options.within === undefined
      ? spawn(program, rest, where)
      : spawn('/bin/sh', ['-c', `${options.within}; exec "$0" "$@"`, program, ...rest], where);
  const seen = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const text = (name: 'stdout' | 'stderr') => Buffer.concat(seen[name]).toString('utf8');
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk: Buffer) => seen[name].push(chunk));
  const done = new Promise<CliResult>((resolveDone, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolveDone({ stdout: text('stdout'), stderr: text('stderr'), status, signal }));
  });
  // A program that ends early leaves its stdin unread, which is its own business.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const until = (name: 'stdout' | 'stderr') => (wanted: string) =>
    new Promise<void>((resolveUntil, reject) => {
      const look = () => text(name).includes(wanted) && resolveUntil();
      child[name].on('data', look);
      child.once('close', () => reject(new Error(`mom ended without ${JSON.stringify(wanted)} on ${name}: ${text(name)}`)));
      look();
    });
  return { child, place, done, untilStdout: until('stdout'), untilStderr: until('stderr') };
}

/** Runs `mom` with these arguments to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).done;
}

function placeOfTest(): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  return place;
}
