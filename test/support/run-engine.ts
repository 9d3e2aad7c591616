import type { RunEvent } from '../../src/core/event.js';
import type { Mixture } from '../../src/core/mixture.js';
import type { RunRequest, RunResult } from '../../src/core/run.js';
import { createEngine, type EngineDeps } from '../../src/engine/index.js';
import { FakeClock } from './fake-clock.js';
import { ScriptedClient, type Step } from './scripted-client.js';

export interface Played {
  result: RunResult;
  events: RunEvent[];
  client: ScriptedClient;
  clock: FakeClock;
}

/** Runs a mixture against scripts on a clock of its own. `onEvent` may act while the run goes on, `prepare` on the client before it. */
export async function play(
  mixture: Mixture,
  scripts: Record<string, readonly Step[]>,
  request: Partial<RunRequest> = {},
  onEvent: (event: RunEvent) => void = () => {},
  deps: Partial<EngineDeps> = {},
  prepare: (client: ScriptedClient) => void = () => {},
): Promise<Played> {
  const clock = new FakeClock();
  const client = new ScriptedClient(clock, scripts);
  prepare(client);
  const engine = createEngine({ client, clock, newId: () => 'run-1', drawNonce: () => 'n0nce', ...deps });
  const events: RunEvent[] = [];
  const sink = {
    handle(event: RunEvent) {
      events.push(event);
      onEvent(event);
    },
  };
  const messages = [{ role: 'user' as const, content: 'What is 6 x 7?' }];
  const result = await clock.play(engine.run({ messages, mixture, stream: false, seed: 1, ...request }, [sink]));
  return { result, events, client, clock };
}

/** The types of the events, deltas left out. */
export function outline(events: readonly RunEvent[]): string[] {
  return events.map((event) => event.type).filter((type) => !type.endsWith('.delta'));
}

/** What was shown of the answer. */
export function shown(events: readonly RunEvent[]): string {
  return events.map((event) => (event.type === 'answer.delta' ? event.text : '')).join('');
}
