import type { Engine } from '../../../engine/index.js';
import { createRedactor } from '../../../observe/redact.js';

/**
 * The engine with the keys in use taken out of its answers, everything else to the letter: a model may repeat what it was asked
 * with, and the texts are kept, written to files and shown to judges.
 */
export function withoutSecrets<T extends Pick<Engine, 'run'>>(engine: T, secrets: () => readonly string[]): T {
  let known: readonly string[] | null = null;
  let { exact } = createRedactor([]);
  const clean = (text: string) => {
    const current = secrets();
    if (current !== known) exact = createRedactor(current).exact;
    known = current;
    return exact(text);
  };
  return {
    ...engine,
    run: async (request, sinks, id) => {
      const result = await engine.run(request, sinks, id);
      return result.answer === null ? result : { ...result, answer: clean(result.answer) };
    },
  };
}
