import { expect, it } from 'vitest';
import { createEngine } from '../../src/engine/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { mixture } from '../support/mixture.js';
import { promptOf } from '../support/prompts.js';
import { answers, ScriptedClient } from '../support/scripted-client.js';

it('fences the proposals of each run with a word that no other run has had', async () => {
  const clock = new FakeClock();
  const client = new ScriptedClient(clock, { alpha: answers('one'), beta: answers('two'), critic: answers('Merged.') });
  const engine = createEngine({ client, clock });
  const messages = [{ role: 'user' as const, content: 'Compare tea and coffee.' }];
  const runs = 200;
  for (let i = 0; i < runs; i++) {
    await clock.play(engine.run({ messages, mixture: mixture(['alpha', 'beta'], ['critic']), stream: false }));
  }
  const words = Array.from({ length: runs }, (_, i) => /<candidate \S+ ([0-9a-f]{12})>/.exec(promptOf(client, 'critic', i + 1).last)?.[1]);
  expect(words).not.toContain(undefined);
  expect(new Set(words).size).toBe(runs);
});
