import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunEvent } from '../../src/core/event.js';
import type { RunResult } from '../../src/core/run.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { type CliResult, newPlace, type Place, type RunningCli, startCli } from './cli.js';

/** The id of a sandbox model that says this, whatever it is asked. */
export function says(text: string, ...items: string[]): string {
  return `sandbox/${[`say=${encodeURIComponent(text)}`, ...items].join(',')}`;
}

/** A member of a configured mixture. */
export interface MemberEntry {
  model: string;
  family?: string;
  [option: string]: unknown;
}

/** One model a letter: each is of a family of its own. */
export function families(...models: string[]): MemberEntry[] {
  return models.map((model, i) => ({ model, family: `family-${String.fromCharCode(97 + i)}` }));
}

/** `mom ask` with one configured mixture and a sandbox of its own, which it reaches over HTTP. */
export interface MixtureCli {
  sandbox: Sandbox;
  place: Place;
  start(...args: string[]): RunningCli;
  ask(...args: string[]): Promise<CliResult>;
  /** Requests per model since the last reset. */
  requests(): Record<string, number>;
  /** Bodies of the requests, in order of arrival. */
  bodies(): { model: string; messages: { role: string; content: string }[]; [key: string]: unknown }[];
}

interface MixtureCliOptions {
  /** What the config file holds beside the mixtures. */
  config?: object;
  /** Other mixtures by name. */
  others?: object;
  sandbox?: SandboxOptions;
  /** Tells when to clean up; a test that runs beside others has to hand in its own. */
  finished?: (then: () => void | Promise<void>) => void;
}

/** @param mixture is mixture `mine`, which is used unless `--mixture` names another */
export async function mixtureCli(
  mixture: Record<string, unknown>,
  { config = {}, others = {}, sandbox: options = {}, finished = onTestFinished }: MixtureCliOptions = {},
): Promise<MixtureCli> {
  const sandbox = await startSandbox(options);
  finished(() => sandbox.close());
  const place = newPlace();
  finished(place.remove);
  const file = join(place.root, 'mixture.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ ...config, mixtures: { mine: mixture, ...others } }));
  const env = { MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test', MOM_CONFIG: file, MOM_MIXTURE: 'mine' };
  const start = (...args: string[]) => startCli(['ask', ...args], { place, env });
  return {
    sandbox,
    place,
    start,
    ask: (...args) => start(...args).done,
    requests: () => Object.fromEntries(Object.entries(sandbox.stats().models).map(([model, { requests }]) => [model, requests])),
    bodies: () => (sandbox.stats({ bodies: true }).bodies ?? []) as ReturnType<MixtureCli['bodies']>,
  };
}

/** What is left of a result to compare: who was asked for what, and what came of it. */
export function shapeOf(result: RunResult) {
  const { status, strategy, answer, answer_source, critic, proposals, calls } = result;
  return {
    status,
    strategy,
    answer,
    answer_source,
    proposals: proposals.map(({ id, layer, status }) => `${id} layer ${layer} ${status}`),
    calls: calls.map(({ id, kind, status }) => `${id} ${kind} ${status}`),
    critic: critic?.id ?? null,
  };
}

/** What these warnings are on stderr. */
export function warned(warnings: readonly string[]): string {
  return warnings.map((warning) => `mom: warning: ${warning}\n`).join('');
}

export function eventsOf(jsonl: string): RunEvent[] {
  return jsonl
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}
