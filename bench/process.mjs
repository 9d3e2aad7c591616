import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a process that is started in another way loads to be measured: it writes to BENCH_USAGE_FILE. */
export const HOOK = fileURLToPath(new URL('usage-hook.cjs', import.meta.url));

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** An empty folder as working directory, home and temp folder, so that nobody's config, keys or warm caches are measured. */
export function cleanRoom(upstreamUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'mom-bench-'));
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, MOM_BASE_URL: upstreamUrl, MOM_API_KEY: 'bench' };
  return { folder, env, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The JSON that a program prints which measures itself. */
export function printed(node, ...args) {
  return JSON.parse(execFileSync(node, args, { encoding: 'utf8', cwd: ROOT }));
}

export const usageFileOf = ({ folder }) => join(folder, 'usage.json');

/**
 * Runs a process to its end. All times are `performance.now()` of this process.
 * @param options.usage also measure CPU and peak memory, by a hook that costs the process about a millisecond
 * @param options.input written to stdin; without it stdin is empty
 * @param options.onStart gets the child
 */
export async function run(node, args, room, { usage = false, input, onStart } = {}) {
  const usageFile = usageFileOf(room);
  const hook = usage ? ['--require', HOOK] : [];
  const startedAt = performance.now();
  const child = spawn(node, [...hook, ...args], {
    cwd: room.folder,
    env: { ...room.env, BENCH_USAGE_FILE: usageFile },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (input !== undefined) child.stdin.end(input);
  let firstOutputAt = 0;
  let lastOutputAt = 0;
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    lastOutputAt = performance.now();
    firstOutputAt ||= lastOutputAt;
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  onStart?.(child);
  const end = await new Promise((resolve, reject) => {
    let exitedAt = 0;
    child.on('error', reject);
    child.on('exit', () => {
      exitedAt = performance.now();
    });
    child.on('close', (code, signal) => resolve({ code, signal, exitedAt }));
  });
  return {
    ...end,
    startedAt,
    firstOutputAt,
    lastOutputAt,
    stdout,
    stderr,
    wall: end.exitedAt - startedAt,
    used: usage && end.signal === null ? JSON.parse(readFileSync(usageFile, 'utf8')) : null,
  };
}

/** As `run`, for a process that must succeed: a number from a failed run would be a lie. */
export async function runWell(node, args, room, options) {
  const result = await run(node, args, room, options);
  if (result.code !== 0)
    throw new Error(`${[node, ...args].join(' ').slice(0, 200)} ended with ${result.code ?? result.signal}: ${result.stderr}`);
  return result;
}
