import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import { bestSingle } from '../../../eval/report/index.js';
import { questionKey } from '../asking/keys.js';
import { sampledContestants } from '../contestants/sampled.js';
import type { EvalQuote } from '../evaluation.js';
import { gatherKept } from '../running/gather.js';
import type { EvalParts, Workbench } from '../running/workbench.js';
import { sumBounds } from './bounds.js';
import { ContestantLine } from './contestant-line.js';
import { JudgeLines } from './judge-lines.js';

/**
 * What asking everybody that is not kept would cost. Who is sampled, and how often, only shows when the others have answered:
 * it is taken from what is kept, else from the dearest single model and the prices of one run.
 * @param prompts reads them anew each time
 */
export async function quoteEvaluation(parts: EvalParts, prompts: () => Iterable<EvalPrompt>): Promise<EvalQuote> {
  const bench = await gatherKept(parts, prompts());
  const lines = bench.results.contestants.map((contestant) => new ContestantLine(contestant, bench.answers));
  await addAll(lines, prompts());
  const sampled = sampledOf(parts, bench, lines).map((contestant) => new ContestantLine(contestant, bench.answers));
  await addAll(sampled, prompts());
  const all = [...lines, ...sampled];
  const judges = new JudgeLines(
    parts,
    bench,
    all.map(({ contestant }) => contestant),
  );
  await judges.addAll(prompts());
  const quoted = [...all.map((line) => line.line()), ...judges.lines()];
  return {
    prompts: parts.prompts.length,
    lines: quoted,
    usd: sumBounds(quoted.map(({ usd }) => usd)),
    unpriced: [...new Set([...all.flatMap((line) => [...line.unpriced]), ...judges.unpriced])],
    max_cost: parts.cap.usd,
  };
}

/** Prompt by prompt, so that none is held. */
async function addAll(lines: readonly ContestantLine[], prompts: Iterable<EvalPrompt>): Promise<void> {
  let index = 0;
  for (const prompt of prompts) {
    const placed = { prompt, index, question: questionKey(prompt) };
    for (const line of lines) await line.add(placed);
    index += 1;
  }
}

function sampledOf({ plan, baseline }: EvalParts, { results }: Workbench, lines: readonly ContestantLine[]): Contestant[] {
  if (!plan.sampled) return [];
  const isComplete = results.outcomes.every((row) => row.every((outcome) => outcome !== null));
  const best = bestSingle(results, baseline) ?? dearestSingle(lines);
  if (best === null) return [];
  const costOf = (index: number) => lines[index]?.meanUsd() ?? null;
  const callsOf = (index: number) => lines[index]?.meanCalls() ?? null;
  return sampledContestants(
    isComplete ? results : { contestants: results.contestants, meanCost: costOf, meanCalls: callsOf },
    best,
    plan.samples,
  );
}

function dearestSingle(lines: readonly ContestantLine[]): number | null {
  const singles = lines.flatMap(({ contestant }, index) => (contestant.mixture?.strategy === 'single' ? [index] : []));
  const usd = (index: number) => lines[index]?.meanUsd() ?? 0;
  return singles.toSorted((a, b) => usd(b) - usd(a))[0] ?? null;
}
