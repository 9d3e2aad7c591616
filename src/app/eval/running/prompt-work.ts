import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { EvalAnswer } from '../../../core/eval/records.js';
import type { PlacedPrompt } from '../asking/answers.js';
import { questionKey } from '../asking/keys.js';
import { outcomeOf, type Results } from './results.js';
import type { Workbench } from './workbench.js';

/** Milliseconds of work on kept answers after which signals are listened to. */
const BREATH = 20;

/**
 * Takes every prompt through asking, scoring and judging. What belongs to an earlier prompt goes first, so that whatever
 * ends it leaves whole prompts; a new one is begun when otherwise nobody would be asked. After an end what is kept is
 * still gathered.
 * @param contestants whom to ask, by their indexes
 */
export async function workThrough(deps: Workbench, prompts: Iterable<EvalPrompt>, contestants: readonly number[]): Promise<void> {
  const { slots, stop, progress, results } = deps;
  progress.expect('asking', contestants.length * results.prompts.length);
  const open = new Set<Promise<void>>();
  let index = 0;
  let breathed = performance.now();
  for (const prompt of prompts) {
    await slots.hungry();
    if (performance.now() - breathed > BREATH) {
      await nextTurn();
      breathed = performance.now();
    }
    const work: Promise<void> = workOn(deps, { prompt, index, question: questionKey(prompt) }, contestants)
      .catch((error: unknown) => stop.end(error))
      .finally(() => open.delete(work));
    open.add(work);
    index += 1;
  }
  await Promise.all(open);
  results.sort();
}

async function workOn(deps: Workbench, placed: PlacedPrompt, contestants: readonly number[]): Promise<void> {
  const answers = new Map<number, EvalAnswer>();
  await Promise.all(
    contestants.map(async (contestant) => {
      try {
        answers.set(contestant, await answerOf(deps, placed, contestant));
      } catch (error) {
        deps.stop.end(error);
      }
    }),
  );
  if (deps.results.prompts[placed.index]?.by === 'judge') await judge(deps, placed, answers);
}

/** Asks one contestant and tells how good its answer is, as far as that needs no other answer. */
async function answerOf(deps: Workbench, placed: PlacedPrompt, index: number): Promise<EvalAnswer> {
  const { answers, results, failures, scorer, slots, progress } = deps;
  const answer = await answers.get(contestantAt(results, index), placed);
  failures.note(index, answer);
  progress.done('asking', answer.status === 'failed');
  const by = results.prompts[placed.index]?.by ?? 'judge';
  if (by === 'check') progress.expect('checking', 1);
  const score = () => scorer.score(placed.prompt, answer, by);
  const scored = by === 'check' ? await slots.run(placed.index, score) : await score();
  results.note(index, placed.index, { outcome: outcomeOf(answer, scored), calls: answer.calls });
  if (by === 'check') progress.done('checking', scored.score === 0);
  return answer;
}

/** Every answer against the baseline's. Where the baseline was not asked yet there is nothing to compare with. */
async function judge(deps: Workbench, placed: PlacedPrompt, answers: ReadonlyMap<number, EvalAnswer>): Promise<void> {
  const { judging, baseline, results } = deps;
  const other = answers.get(baseline) ?? deps.answers.kept(contestantAt(results, baseline), placed.question);
  if (judging === null || other === null) return;
  const others = [...answers].filter(([contestant]) => contestant !== baseline);
  deps.progress.expect('judging', others.length);
  await Promise.all(others.map(([contestant, answer]) => compare(deps, placed, { contestant, answer, other })));
}

interface Pair {
  contestant: number;
  answer: EvalAnswer;
  /** The baseline's. */
  other: EvalAnswer;
}

async function compare(deps: Workbench, { prompt, index }: PlacedPrompt, { contestant, answer, other }: Pair): Promise<void> {
  const { judging, baseline, results, slots, stop, progress } = deps;
  if (judging === null) return;
  const a = { name: contestantAt(results, contestant).name, text: answer.text };
  const b = { name: contestantAt(results, baseline).name, text: other.text };
  const judged = await slots.run(index, async () => {
    if (stop.reason !== null && !judging.isSettled({ prompt, a, b })) throw stop.reason;
    return judging.compare({ prompt, a, b });
  });
  for (const { judge: name, preference, orders } of judged) {
    results.comparisons.push({ prompt: index, a: contestant, b: baseline, judge: name, preference, orders });
  }
  progress.done('judging', judged.length === 0);
}

function contestantAt({ contestants }: Results, index: number) {
  return contestants[index] as (typeof contestants)[number];
}
