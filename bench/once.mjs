import { fileURLToPath } from 'node:url';
import { printed } from './process.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What one process measures by itself, once per bench: milliseconds of each strategy, microseconds of a lookup by number of answers. */
export function measureOnce(node) {
  const strategies = printed(node, path('../scripts/run-ts.mjs'), path('overhead.ts'));
  const lookups = printed(node, path('cache-lookup.mjs'));
  const { deep, ...bounded } = strategies;
  return { strategies, overhead: Math.max(...Object.values(bounded)), lookupFew: lookups[1_000], lookupMany: lookups[100_000] };
}
