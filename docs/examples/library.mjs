// node docs/examples/library.mjs: asks three simulated models, needs no key and no network.
import { createMom, isMomError } from 'mom-cli';

// Without `sandbox` it takes the same configuration and keys as `mom ask`.
const mom = createMom({ sandbox: {} });

try {
  // `abort()`, or a signal of your own, cuts every call; the result then has the status `cancelled`.
  const run = mom.ask('What is worth knowing about tides?', { stream: true, signal: AbortSignal.timeout(60_000) });

  for await (const event of run.events) {
    if (event.type === 'call.end') console.error(`${event.call.model}: ${event.call.status}`);
    if (event.type === 'answer.delta') process.stdout.write(event.text);
  }

  const result = await run.result;
  console.log(`\n${result.status}, ${result.calls.length} calls, ${result.cost_usd} US dollars`);
} catch (error) {
  // Only a run that could not start ends here: no key, a wrong configuration. What fails later is in `result.error`.
  if (!isMomError(error)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  process.exitCode = 1;
} finally {
  await mom.close();
}
