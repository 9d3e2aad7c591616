import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { LossReport } from '../../../core/eval/report.js';
import { EVAL } from '../../../core/limits.js';
import { messageText } from '../../../core/message.js';
import { type Loss, worstLosses } from '../../../eval/report/index.js';
import { questionKey } from '../asking/keys.js';
import type { AnswerPair } from '../judging/judging.js';
import type { Workbench } from './workbench.js';

type LossDeps = Pick<Workbench, 'results' | 'answers' | 'judging' | 'baseline' | 'stop' | 'progress'> & {
  promptAt: (index: number) => EvalPrompt | null;
};

/** Where the first mixture lost most clearly to the best single model, with both texts and, where a judge is there, its reason. */
export async function describeLosses(deps: LossDeps, best: number | null): Promise<LossReport[]> {
  const { results, progress } = deps;
  const mixture = results.contestants.findIndex(({ role }) => role === 'mixture');
  if (mixture === -1 || best === null || best === mixture) return [];
  const losses = worstLosses(results, mixture, best, EVAL.losses);
  progress.expect('explaining', losses.length);
  const described = await Promise.all(losses.map((loss) => describe(deps, loss)));
  return described.filter((loss) => loss !== null);
}

async function describe(deps: LossDeps, { prompt: index, a, b }: Loss): Promise<LossReport | null> {
  const prompt = deps.promptAt(index);
  if (prompt === null) return null;
  const [loser, winner] = [textOf(deps, a, prompt), textOf(deps, b, prompt)];
  // As the two were compared, so that the judge finds what it has said of them.
  const pair = a === deps.baseline ? { prompt, a: winner, b: loser } : { prompt, a: loser, b: winner };
  const reason = await reasonOf(deps, pair);
  deps.progress.done('explaining');
  const question = prompt.messages.findLast(({ role }) => role === 'user');
  const { id, kind, reference } = prompt;
  return { prompt: id, kind, question: question ? messageText(question) : '', reference, loser, winner, reason };
}

function textOf({ results, answers }: LossDeps, index: number, prompt: EvalPrompt): LossReport['loser'] {
  const contestant = results.contestants[index] as (typeof results.contestants)[number];
  return { name: contestant.name, text: answers.kept(contestant, questionKey(prompt))?.text ?? null };
}

/** A report without a reason is better than none. */
async function reasonOf({ judging, stop }: LossDeps, pair: AnswerPair): Promise<string | null> {
  if (judging === null || stop.reason !== null) return null;
  try {
    return await judging.explain(pair);
  } catch (error) {
    stop.end(error);
    return null;
  }
}
