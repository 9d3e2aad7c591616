/** What still has to be written when the process ends; one listener for all, however many runs there are. */
const pending = new Set<() => void>();

function flushAll(): void {
  for (const flush of pending) flush();
}

/** Calls `flush` (synchronous, must not throw) when the process exits; the returned function takes it back. */
export function atExit(flush: () => void): () => void {
  if (pending.size === 0) process.on('exit', flushAll);
  pending.add(flush);
  return () => {
    pending.delete(flush);
    if (pending.size === 0) process.off('exit', flushAll);
  };
}
