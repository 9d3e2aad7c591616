import type { EvaluationOptions, PromptSource } from '../../app/eval/evaluation.js';
import { parseSets } from '../../config/load.js';
import { shippedRecording } from '../sandbox-wish.js';
import { worldOf } from '../world.js';
import { type EvalFlags, wishesOf } from './flags.js';
import { evalSandbox } from './sandbox.js';
import type { EvalSession } from './session.js';

/** Everything but who reads along. */
type Wanted = Omit<EvaluationOptions, 'recordersOf' | 'onProgress'>;

/** What the command line wants of an evaluation. @throws MomError `usage` for a wrong `--set` */
export async function optionsOf(
  { context, cancellation, warn }: EvalSession,
  flags: EvalFlags,
  prompts: PromptSource | null,
): Promise<Wanted> {
  const sandbox = await evalSandbox(flags, prompts, context);
  const recorded = sandbox?.recorded?.filter((file) => file !== shippedRecording(context.packageRoot)) ?? [];
  return {
    ...worldOf(context, flags),
    overrides: await parseSets(flags.set),
    sandbox,
    prompts,
    wishes: { ...wishesOf(flags, context.cwd), ...(recorded.length === 0 ? {} : { recorded }) },
    maxCost: flags.maxCost ?? null,
    concurrency: flags.concurrency ?? null,
    refresh: flags.refresh === true,
    forget: !flags.log,
    planOnly: flags.dryRun === true,
    signal: cancellation.signal,
    onNote: warn,
  };
}
