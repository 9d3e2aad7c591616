import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EvalProgress, Evaluation, EvaluationOptions } from '../../../src/app/eval/evaluation.js';
import { openEvaluation } from '../../../src/app/eval/open-evaluation.js';
import type { EvalPlan } from '../../../src/core/eval/plan.js';
import type { EvalReport } from '../../../src/core/eval/report.js';
import type { Warning } from '../../../src/core/run.js';
import { type SandboxOptions, startSandbox } from '../../../src/sandbox/index.js';
import { newFolder } from '../../store/support.js';

/** Options of a test, beside what the place brings. */
export interface Wish extends Partial<Omit<EvaluationOptions, 'wishes'>> {
  wishes?: Partial<EvalPlan>;
  /** Lines of the prompts' file; left out: the ones of before. */
  lines?: readonly string[];
}

/** A sum that the sandbox's `solver` is asked for. */
export function sums(count: number, from = 0): string[] {
  return Array.from(
    { length: count },
    (_, i) => `{"id":"q${from + i}","prompt":"What is ${from + i} + 30?","reference":"${from + i + 30}"}`,
  );
}

/** Questions that nothing but a judge can tell about. */
export function essays(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `{"id":"e${i}","prompt":"Write about the number ${i}."}`);
}

/** A home of its own and a sandbox that is no part of mom, so that what really goes out is counted. */
export async function evalPlace(
  config = '',
  sandboxOptions: Partial<SandboxOptions> = {},
  dialect: 'openrouter' | 'openai' = 'openrouter',
) {
  const home = newFolder();
  const sandbox = await startSandbox(sandboxOptions);
  onTestFinished(() => sandbox.close());
  const configFile = join(home, 'own.yaml');
  writeFileSync(configFile, `providers: { openrouter: { base_url: "${sandbox.url}", needs_key: false, dialect: ${dialect} } }\n${config}`);
  const prompts = join(home, 'prompts.jsonl');
  const notes: Warning[] = [];
  const progress: EvalProgress[] = [];

  async function open({ lines, wishes = {}, ...more }: Wish = {}): Promise<Evaluation> {
    if (lines) writeFileSync(prompts, lines.join('\n'));
    const evaluation = await openEvaluation({
      env: { XDG_STATE_HOME: join(home, 'state') },
      cwd: home,
      home,
      configFile,
      overrides: [],
      sandbox: null,
      prompts: lines ? { from: 'file', path: prompts, sample: null } : null,
      wishes,
      maxCost: null,
      concurrency: 4,
      refresh: false,
      forget: false,
      planOnly: false,
      signal: new AbortController().signal,
      onNote: (note) => notes.push(note),
      onProgress: (each) => progress.push(each),
      recordersOf: () => [],
      ...more,
    });
    return evaluation;
  }

  async function run(wish: Wish = {}): Promise<EvalReport> {
    const evaluation = await open(wish);
    try {
      return await evaluation.run();
    } finally {
      await evaluation.close();
    }
  }

  const calls = () => sandbox.stats().requests;
  return { home, sandbox, prompts, notes, progress, open, run, calls };
}

export function contestant(report: EvalReport, name: string) {
  const found = report.contestants.find((each) => each.name === name);
  if (!found) throw new Error(`${name} is none of ${report.contestants.map((each) => each.name).join(', ')}`);
  return found;
}
