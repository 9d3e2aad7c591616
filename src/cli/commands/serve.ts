import { unlessAborted } from '../../core/abort.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { SANDBOX_NOTE } from '../sandbox-wish.js';
import { bannerText } from '../serve/banner.js';
import type { ServeFlags } from '../serve/flags.js';
import { clientUrl, keyOrigin } from '../serve/paste-lines.js';
import { listenForServeSignals, type ServeSignals } from '../serve/signals.js';
import type { Started } from '../serve/start.js';
import { Messages } from '../view/messages.js';

/** `mom serve`: answers clients until a signal ends it. */
export async function run(given: object, context: CliContext): Promise<Exit> {
  const flags = given as ServeFlags;
  if (flags.printEnv !== undefined) {
    const { printEnv } = await import('../serve/print-env.js');
    await printEnv(flags.printEnv, flags, context);
    return SUCCESS;
  }
  const signals = listenForServeSignals();
  const started = await begin(flags, context, signals);
  if (started === null) return { signal: await signals.stopped };
  announce(started, flags, context);
  signals.onReload(() => void started.gateway.reload());
  const signal = await signals.stopped;
  await end(started, signal);
  return { signal };
}

/** Null when a signal came first. */
async function begin(flags: ServeFlags, context: CliContext, signals: ServeSignals): Promise<Started | null> {
  if (flags.sandbox) {
    const messages = new Messages(context, { quiet: flags.quiet === true, color: 'auto' });
    messages.note(SANDBOX_NOTE);
  }
  const { start } = await import('../serve/start.js');
  try {
    return await unlessAborted(start(flags, context, signals.signal), signals.signal);
  } catch (error) {
    if (signals.signal.aborted) return null;
    throw error;
  }
}

function announce({ gateway }: Started, flags: ServeFlags, { stdout }: CliContext): void {
  const { host, keys } = gateway.service().settings.serve;
  stdout.write(
    bannerText({
      url: gateway.url,
      clientUrl: clientUrl(host, gateway.port),
      access: gateway.access.words,
      key: keyOrigin(flags.auth === true, keys),
    }),
  );
}

async function end({ gateway, log, recorders }: Started, signal: NodeJS.Signals): Promise<void> {
  const { drain } = gateway.service().settings.serve;
  log.note(`${signal}: mom stops; ${whatIsLeft(gateway.inFlight(), drain, signal)}`);
  await gateway.drain();
  await recorders.close();
  await log.close();
}

/** @param drain how long it waits, in milliseconds */
function whatIsLeft(requests: number, drain: number, signal: NodeJS.Signals): string {
  if (requests === 0) return 'no request is under way';
  const count = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
  return `waiting for ${count}, at most ${drain / 1_000} s; a second ${signal} ends it at once`;
}
