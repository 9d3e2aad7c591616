import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import { EVAL, SELF_SAMPLES } from '../../../core/limits.js';
import { bestSingle } from '../../../eval/report/index.js';
import { questionKey } from '../asking/keys.js';
import { sampledContestants } from '../contestants/sampled.js';
import type { EvalQuote, EvalQuoteLine } from '../evaluation.js';
import { gatherKept } from '../running/gather.js';
import type { EvalParts, Workbench } from '../running/workbench.js';
import { sumBounds } from './bounds.js';
import { ContestantLine } from './contestant-line.js';
import { JudgeLines } from './judge-lines.js';

/**
 * What asking everybody that is not kept would cost. Who is sampled, and how often, only shows when the others have answered:
 * until then it is between the fewest and the most samples of any single model, and as dear as the mixture at most.
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
  const widened = widening(parts, bench, lines);
  const quoted = [...lines.map((line) => line.line()), ...sampled.map(widened), ...judges.lines()];
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
  const isComplete = isAnswered(results);
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

/** The bounds of who is sampled, where it is not known yet who that is. Each sample is a call, merging them is one more if they differ. */
function widening({ plan }: EvalParts, { results }: Workbench, lines: readonly ContestantLine[]): (line: ContestantLine) => EvalQuoteLine {
  if (isAnswered(results)) return (line) => line.line();
  const [fewest, most] = plan.samples === null ? [EVAL.minSamples, SELF_SAMPLES.max] : [plan.samples, plan.samples];
  const singles = lines.filter(isSingle).flatMap((line) => line.line().usd ?? []);
  const cheapest = Math.min(...singles.map(({ low }) => low));
  return (line) => {
    const quoted = line.line();
    const asked = quoted.runs - quoted.kept;
    const matched = lines.filter(({ contestant }) => line.contestant.matches.includes(contestant.name)).map((mixture) => mixture.line());
    const high = Math.max(quoted.usd?.high ?? 0, sumBounds(matched.map(({ usd }) => usd))?.high ?? 0);
    // Mixtures that share one by these prices may turn out to need one each.
    const apart = plan.samples === null ? matched.length : 1;
    return {
      ...quoted,
      calls: { low: asked * fewest, high: asked * (most + 1) * apart },
      usd: quoted.usd && { low: Math.min(quoted.usd.low, cheapest * fewest), high },
    };
  };
}

function isAnswered({ outcomes }: Workbench['results']): boolean {
  return outcomes.every((row) => ![...row].includes(null));
}

function isSingle({ contestant }: ContestantLine): boolean {
  return contestant.mixture?.strategy === 'single';
}

function dearestSingle(lines: readonly ContestantLine[]): number | null {
  const singles = lines.flatMap((line, index) => (isSingle(line) ? [index] : []));
  const usd = (index: number) => lines[index]?.meanUsd() ?? 0;
  return singles.toSorted((a, b) => usd(b) - usd(a))[0] ?? null;
}
