import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { newPlace, type Place } from '../support/cli.js';
import { type RunningServer, startServer } from '../support/serve-cli.js';

/** A call of a tool, as a scripted model makes it. */
export interface ScriptedCall {
  name: string;
  arguments?: object;
}

/** A step of a scripted model: what it says, what it calls. */
export interface Step {
  say?: string;
  calls?: ScriptedCall[];
}

/** The id of a sandbox model that acts out these steps; it refuses a history with tools where it is offered none, as real ones do. */
export function acts(steps: readonly Step[], ...items: string[]): string {
  return `sandbox/${[`turns=${encodeURIComponent(JSON.stringify(steps))}`, 'needtools', ...items].join(',')}`;
}

/** The id of a sandbox model that says this; it too refuses a history with tools where it is offered none. */
export function says(text: string, ...items: string[]): string {
  return `sandbox/${[`say=${encodeURIComponent(text)}`, 'needtools', ...items].join(',')}`;
}

export interface UpstreamBody {
  model: string;
  messages: { role: string; content: unknown; tool_calls?: unknown }[];
  [field: string]: unknown;
}

/** A `mom serve` that asks a sandbox of this process over HTTP, so that a test can count what was asked. */
export interface Served {
  server: RunningServer;
  /** With `/v1`. */
  url: string;
  place: Place;
  sandbox: Sandbox;
  /** Requests per model since the last reset. */
  counts(): Record<string, number>;
  /** Bodies of the requests to a model since the last reset, of all models without one. */
  bodies(model?: string): UpstreamBody[];
}

/** @param config beside the providers, as in `mom.config.yaml` @param finished tells when to clean up */
export async function serve(config: object, finished: (then: () => unknown) => void): Promise<Served> {
  const sandbox = await startSandbox({});
  finished(() => sandbox.close());
  const place = newPlace();
  finished(place.remove);
  const file = join(place.root, 'own.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ retries: 0, ...config }));
  const env = { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-provider' };
  const server = await startServer(['--config', file], { place, env, finished });
  const bodies = () => (sandbox.stats({ bodies: true }).bodies ?? []) as UpstreamBody[];
  return {
    server,
    url: server.url,
    place,
    sandbox,
    counts: () => Object.fromEntries(Object.entries(sandbox.stats().models).map(([model, { requests }]) => [model, requests])),
    bodies: (model) => bodies().filter((body) => model === undefined || body.model === model),
  };
}

/** Cleaning up for servers that many tests share, for `afterAll`: last begun, first ended. */
export function cleanups() {
  const todo: (() => unknown)[] = [];
  return {
    add: (then: () => unknown) => void todo.push(then),
    async run() {
      for (const then of todo.reverse()) await then();
    },
  };
}
