import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { CliContext } from '../context.js';

/** Starts `mom logs import` in a process of the lowest priority, which nothing waits for: it outlives this one when it has to. */
export function startImport({ env, packageRoot }: CliContext, stdio: StdioOptions): ChildProcess {
  // In a session of its own Ctrl-C does not reach it; its folder is one that nobody removes.
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'mom.js'), 'logs', 'import'], { env, cwd: '/', detached: true, stdio });
  lowerPriority(child.pid);
  child.unref();
  return child;
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not allow it: then it runs like any other process.
  }
}
