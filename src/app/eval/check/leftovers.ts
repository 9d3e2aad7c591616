import { readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Milliseconds in which nobody has begun a check: then its process, which may live in another container, is gone too. */
const LEFT_ALONE = 24 * 3_600_000;

const PREFIX = 'mom-check-';

/** Begin of the path of a folder for checks, which mkdtemp completes. */
export function checkHomePrefix(): string {
  return join(tmpdir(), `${PREFIX}${process.pid}-`);
}

/** Removes the folders of processes that died with checks under way: they hold copies of a user's folder. */
export function removeLeftovers(now: number): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid)) continue;
    const path = join(tmpdir(), name);
    try {
      const { mtimeMs, uid } = statSync(path);
      if (uid === process.getuid?.() && now - mtimeMs > LEFT_ALONE && !isAlive(pid)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process has removed it, or may not.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
