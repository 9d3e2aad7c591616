import { type Stats, stat, statSync } from 'node:fs';

export interface Watch {
  /** From now on these files, and no others. */
  set(files: readonly string[]): void;
  close(): void;
}

/**
 * Calls back when one of the files changes, appears or goes. Their facts are looked at every so many milliseconds, which
 * sees what a watch of the system may not: files in folders that are not there yet, files that editors put in the place
 * of others, links that a container's host moves, and network drives.
 */
export function watchFiles(every: number, onChange: () => void): Watch {
  const seen = new Map<string, string>();
  const timer = setInterval(() => {
    for (const file of seen.keys()) stat(file, (_error, stats) => compare(file, factsOf(stats)));
  }, every).unref();

  function compare(file: string, facts: string): void {
    const before = seen.get(file);
    if (before === undefined || before === facts) return;
    seen.set(file, facts);
    onChange();
  }

  return {
    set(files) {
      for (const file of seen.keys()) if (!files.includes(file)) seen.delete(file);
      for (const file of files) if (!seen.has(file)) seen.set(file, factsNow(file));
    },
    close() {
      clearInterval(timer);
      seen.clear();
    },
  };
}

/** Read at once: a change right after must not be taken for what was there. */
function factsNow(file: string): string {
  try {
    return factsOf(statSync(file));
  } catch {
    return factsOf(undefined);
  }
}

/** A file that is not there, or can't be reached, has none. */
function factsOf(stats: Stats | undefined): string {
  return stats === undefined ? '' : [stats.mtimeMs, stats.ctimeMs, stats.size, stats.ino].join(' ');
}
