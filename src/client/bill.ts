import { setMaxListeners } from 'node:events';
import type { Clock } from '../core/clock.js';
import { DEFAULT_TIMEOUTS } from '../core/limits.js';
import type { Provider } from '../core/model.js';
import type { CallBill } from '../core/model-client.js';
import { requestHeaders } from './attempt.js';
import type { WireDialect } from './dialects/dialect.js';
import { pause } from './failing/pause.js';
import type { Transport } from './http/transport.js';
import { readWhole } from './http/whole-body.js';

/** A bill is written some time after the call: ask this often, with this pause (milliseconds). */
const TRIES = 5;
const PAUSE = 100;

/** Asks for the bill of a call that was cut; null when there is none to be had. Never throws. */
export async function lookupBill(
  context: { transport: Transport; clock: Clock; userAgent: string },
  provider: Provider,
  dialect: WireDialect,
  generationId: string,
  signal: AbortSignal,
): Promise<CallBill | null> {
  const { bill } = dialect;
  if (bill === null) return null;
  // One signal serves every lookup of a run.
  setMaxListeners(0, signal);
  try {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const response = await context.transport.send({
        method: 'GET',
        url: provider.baseUrl + bill.path(generationId),
        headers: { ...requestHeaders(provider, dialect, context.userAgent), accept: 'application/json' },
        body: null,
        connect: DEFAULT_TIMEOUTS.connect,
        signal,
      });
      const text = await readWhole(response);
      if (response.status === 200) return bill.read(JSON.parse(text));
      if (response.status !== 404 || attempt === TRIES) return null;
      await pause(PAUSE * attempt, context.clock, signal);
    }
  } catch {
    // A bill is a courtesy: without it the cost is estimated.
  }
  return null;
}
