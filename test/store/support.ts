import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import type { Warning } from '../../src/core/run.js';
import { ROOT } from '../house/source-files.js';

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mom-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A clock that stands still until it is set. */
export function standingClock(start = '2026-01-31T12:00:00.000Z') {
  let now = Date.parse(start);
  return {
    clock: () => new Date(now),
    set: (to: string) => {
      now = Date.parse(to);
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

/** Keeps what is noted. */
export function notebook() {
  const notes: Warning[] = [];
  return { notes, onNote: (note: Warning) => notes.push(note) };
}

/**
 * A program of its own, made of `code` (TypeScript) that may import from src; started any number of times.
 * @param within commands of a shell that run before it, such as limits
 */
export async function program(
  code: string,
  within?: string,
): Promise<(...args: string[]) => { child: ChildProcess; done: Promise<string> }> {
  const folder = newFolder();
  const outfile = join(folder, 'program.cjs');
  await build({
    stdin: { contents: code, resolveDir: ROOT, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['libsql'],
    supported: { 'dynamic-import': false },
    logLevel: 'error',
  });
  return (...args) => {
    const env = { PATH: process.env.PATH, NODE_PATH: join(ROOT, 'node_modules') };
    const command = [process.execPath, outfile, ...args];
    const [file = '', ...rest] = within === undefined ? command : ['sh', '-c', `${within}; exec "$@"`, 'sh', ...command];
    const child = spawn(file, rest, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const done = new Promise<string>((resolve, reject) => {
      let stdout = '';
      child.stdout?.on('data', (chunk) => {
        stdout += chunk;
      });
      child.once('error', reject);
      child.once('close', () => resolve(stdout));
    });
    return { child, done };
  };
}
