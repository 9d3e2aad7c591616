import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { type CliResult, newPlace, type Place, type RunningCli } from '../../support/cli.js';
import { families } from '../../support/mixture-cli.js';
import { chat, startServer } from '../../support/serve-cli.js';
import { openWire, type Wire } from '../../support/wire.js';

export interface OperationOptions {
  /** Option `serve` of the configuration. */
  serve?: object;
  /** Beside `serve` and the mixtures. */
  config?: object;
  /** By name; each is a `fuse` unless it says otherwise. */
  mixtures?: Record<string, object>;
  args?: readonly string[];
  env?: Record<string, string>;
  /** Shell commands before the program takes the shell's place. */
  within?: string;
  /** Those of an earlier process. */
  before?: Pick<Operation, 'place' | 'sandbox'>;
  /** Tells when to clean up. */
  finished: (then: () => void | Promise<void>) => void;
}

/** A real `mom serve` before a sandbox of its own, which it reaches over HTTP. */
export interface Operation {
  url: string;
  port: number;
  sandbox: Sandbox;
  place: Place;
  child: RunningCli['child'];
  done: Promise<CliResult>;
  untilStderr(text: string): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<CliResult>;
  ask(body: Record<string, unknown>, headers?: Record<string, string>): Promise<Response>;
  /** A connection of its own. */
  wire(allowHalfOpen?: boolean): Promise<Wire>;
  /** Puts another configuration in the place of the one in force. */
  configure(config: object): void;
  /** A number of `GET /metrics`, by its whole name. */
  metric(name: string): Promise<number>;
  /** How often this model was asked. */
  asked(model: string): number;
}

/** @throws when the program ends before it answers */
export async function operate(options: OperationOptions): Promise<Operation> {
  const { serve = {}, config = {}, mixtures = {}, args = [], env = {}, within, before, finished } = options;
  const sandbox = before?.sandbox ?? (await startSandbox({}));
  const place = before?.place ?? newPlace();
  if (!before) {
    finished(() => sandbox.close());
    finished(() => (place as ReturnType<typeof newPlace>).remove());
  }
  const file = join(place.root, 'own.yaml');
  const recipes = Object.fromEntries(Object.entries(mixtures).map(([name, recipe]) => [name, { strategy: 'fuse', ...recipe }]));
  // JSON is YAML.
  const configure = (next: object) => writeFileSync(file, JSON.stringify({ ...next, mixtures: recipes }));
  configure({ ...config, serve });
  const upstream = { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' };
  const server = await startServer(['--config', file, ...args], { place, env: { ...upstream, ...env }, within, finished });
  const port = Number(new URL(server.url).port);
  return {
    ...server,
    port,
    sandbox,
    place,
    configure,
    ask: (body, headers) => chat(server.url, body, headers),
    wire: (allowHalfOpen) => openWire(port, allowHalfOpen),
    async metric(name) {
      const text = await (await fetch(server.url.replace('/v1', '/metrics'), { headers: { 'x-api-key': env.MOM_SERVE_KEY ?? '' } })).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return Number(line?.slice(name.length) ?? Number.NaN);
    },
    asked: (model) => sandbox.stats().models[model]?.requests ?? 0,
  };
}

/** A panel of families of their own, and who writes. */
export function panel(proposers: readonly string[], critic: string, more: object = {}): object {
  return { proposers: families(...proposers), critic: [{ model: critic, family: 'critics' }], ...more };
}

/** Until something holds; rejects when that takes longer than tests may. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what} did not come in 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Beyond which value only this share of them lies. */
export function beyond(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * (1 - share)) - 1] ?? Number.NaN;
}

/** What the chunks of a stream add up to, and whether it came to its end. */
export function readStream(text: string): { content: string; isWhole: boolean; error: { code: string; message: string } | null } {
  let content = '';
  let error: { code: string; message: string } | null = null;
  for (const frame of text.split('\n\n')) {
    if (!frame.startsWith('data: {')) continue;
    const chunk = JSON.parse(frame.slice('data: '.length)) as {
      choices: { delta: { content?: string } }[];
      error?: { code: string; message: string };
    };
    content += chunk.choices[0]?.delta.content ?? '';
    error ??= chunk.error ?? null;
  }
  return { content, isWhole: text.includes('data: [DONE]\n\n'), error };
}

export const MESSAGES = [{ role: 'user', content: 'What is it?' }];

/** Panels that take a second, none, or for ever. */
export const MIXTURES = {
  slow: panel(['sandbox/say=one,ttft=300', 'sandbox/say=two,ttft=600'], 'sandbox/say=both%20of%20them,tps=20'),
  quick: panel(['sandbox/say=one', 'sandbox/say=two'], 'sandbox/say=both'),
  hanging: panel(['sandbox/hang', 'sandbox/hang,len=2'], 'sandbox/critic'),
};

/** What came of a request. */
export interface Ended {
  status: number;
  content: string | null;
  isWhole: boolean;
  code: string | null;
}

export async function outcome(asked: Promise<Response>, stream: boolean): Promise<Ended> {
  const response = await asked;
  const text = await response.text();
  if (stream && response.status === 200) {
    const { content, isWhole, error } = readStream(text);
    return { status: 200, content, isWhole, code: error?.code ?? null };
  }
  const body = JSON.parse(text) as { choices?: { message: { content: string } }[]; error?: { code: string } };
  return {
    status: response.status,
    content: body.choices?.[0]?.message.content ?? null,
    isWhole: response.ok,
    code: body.error?.code ?? null,
  };
}

/** So many requests at once, every other one a stream. */
export function load(mom: Operation, model: string, count: number): Promise<Ended>[] {
  return Array.from({ length: count }, (_, i) => outcome(mom.ask({ model, messages: MESSAGES, stream: i % 2 === 0 }), i % 2 === 0));
}
