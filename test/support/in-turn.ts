import type { Step } from './scripted-client.js';

/** Scripts by model, one for each of its calls in turn; the last one stays. */
export function inTurn(scripts: Record<string, readonly (readonly Step[])[]>): Record<string, readonly Step[]> {
  const byModel: Record<string, readonly Step[]> = {};
  for (const [model, turns] of Object.entries(scripts)) {
    let next = 0;
    Object.defineProperty(byModel, model, { enumerable: true, get: () => turns[Math.min(next++, turns.length - 1)] });
  }
  return byModel;
}
