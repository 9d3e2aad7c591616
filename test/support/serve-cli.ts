import { onTestFinished } from 'vitest';
import { type CliOptions, type RunningCli, startCli } from './cli.js';

/** A `mom serve` that answers. */
export interface RunningServer extends RunningCli {
  /** With `/v1`. */
  url: string;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): RunningCli['done'];
}

export interface ServerOptions extends CliOptions {
  /** Tells when to end it; who starts one for several tests has to hand in its own. */
  finished?: (then: () => void) => void;
}

/** Starts `mom serve` on a free port and waits until it answers; it is gone when the test is over. */
export async function startServer(args: readonly string[] = ['--sandbox'], options: ServerOptions = {}): Promise<RunningServer> {
  const { finished = onTestFinished } = options;
  const cli = startCli(['serve', '--port', '0', ...args], options);
  finished(() => void cli.child.kill('SIGKILL'));
  const line = new Promise<string>((resolve) => {
    let text = '';
    cli.child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.includes('\n\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
  const url = await Promise.race([line, cli.done.then(({ stderr }) => Promise.reject(new Error(`mom serve ended: ${stderr}`)))]);
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    cli.child.kill(signal);
    return cli.done;
  };
  return { ...cli, url: url.replace('mom serve: ', ''), stop };
}

/** Asks for a chat completion. */
export function chat(url: string, body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sandbox/say=hello', messages: [{ role: 'user', content: 'hi' }], ...body }),
  });
}

/** The lines of a log in JSON. */
export function logLines(stderr: string): Record<string, unknown>[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
