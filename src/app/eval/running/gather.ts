import { MomError } from '../../../core/error.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import { Stop } from '../pace/stop.js';
import { workThrough } from './prompt-work.js';
import { type EvalParts, openWorkbench, type Workbench } from './workbench.js';

/** What came of the contestants so far, as far as it is kept. Asks nobody. */
export async function gatherKept(parts: EvalParts, prompts: Iterable<EvalPrompt>): Promise<Workbench> {
  const stop = new Stop(parts.signal);
  stop.end(new MomError('cost_cap', 'the evaluation is only looked at'));
  const bench = openWorkbench({ ...parts, onProgress: () => {} }, stop);
  await workThrough(
    bench,
    prompts,
    bench.results.contestants.map((_, index) => index),
  );
  stop.throwFailure();
  return bench;
}
