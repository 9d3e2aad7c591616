import { onTestFinished } from 'vitest';
import type { EvalReport } from '../../src/core/eval/report.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { type CliOptions, type CliResult, newPlace, type Place, type RunningCli, runCli, startCli } from './cli.js';

/** What mom says first with `--sandbox`. */
export const SANDBOX_LINE = 'mom: sandbox: built-in simulated and recorded models, no network\n';

/** What mom says of a judge of the sandbox that judges the sandbox's own models. */
export function ownFamily(judge = 'sandbox/judge'): string {
  return `mom: warning: the judge ${judge} is of the family sandbox, which takes part: judges favour their own; name one of another family\n`;
}

/** `mom eval` in a place of its own. */
export interface EvalCli {
  place: Place;
  /** `mom eval …` to its end. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  start(args: readonly string[], options?: CliOptions): RunningCli;
}

export function evalCli(env: Record<string, string> = {}): EvalCli {
  const { remove, ...place } = newPlace();
  onTestFinished(remove);
  const inPlace = (options: CliOptions = {}) => ({ place, ...options, env: { ...env, ...options.env } });
  return {
    place,
    run: (args, options) => runCli(['eval', ...args], inPlace(options)),
    start: (args, options) => startCli(['eval', ...args], inPlace(options)),
  };
}

/** The same against an upstream of its own, which counts what it is asked. */
export interface UpstreamEvalCli extends EvalCli {
  sandbox: Sandbox;
}

export async function upstreamEvalCli(options: SandboxOptions = {}): Promise<UpstreamEvalCli> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return { ...evalCli({ MOM_BASE_URL: sandbox.url, MOM_API_KEY: 'key-of-the-test' }), sandbox };
}

export function reportOf({ stdout }: Pick<CliResult, 'stdout'>): EvalReport {
  return JSON.parse(stdout) as EvalReport;
}

/** Ids, durations and places, which differ from run to run, as words. */
export function steady(text: string, { root }: Place): string {
  return text
    .replaceAll(root, 'ROOT')
    .replace(/evaluation \d{8}-\d{6}-\w+/g, 'evaluation ID')
    .replace(/\d+(?:\.\d)? (?:ms|s|m \d+ s)\b/g, 'TIME')
    .replace(/ +/g, ' ');
}

export function codesOf({ warnings }: EvalReport): string[] {
  return warnings.map(({ code }) => code);
}
