import { readFileSync } from 'node:fs';

/**
 * When this process began, as Linux counts it (clock ticks since the system's start): with its number it names a process for
 * good. Null where that can't be read.
 */
export function processStart(): string | null {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    // The second field is the program's name in brackets, which may hold anything; the start is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
