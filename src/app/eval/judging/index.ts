import { Judge, type JudgeDeps } from './judge.js';
import type { AnswerPair, JudgedPair, Judging } from './judging.js';
import type { JudgeSeat } from './seat.js';

export interface JudgingDeps extends Omit<JudgeDeps, 'onNote'>, Partial<Pick<JudgeDeps, 'onNote'>> {
  judges: readonly JudgeSeat[];
}

/**
 * Judges that look at each pair blind and in both orders. Who judges is not told whose an answer is; one judge is asked after the
 * other, so that each comparison has one call under way.
 */
export function createJudging(deps: JudgingDeps): Judging {
  const { onNote = () => {} } = deps;
  const judges = deps.judges.map((seat) => new Judge(seat, { ...deps, onNote }));
  return {
    async compare(pair: AnswerPair): Promise<JudgedPair[]> {
      const judged: JudgedPair[] = [];
      for (const judge of judges) {
        const one = await judge.compare(pair);
        if (one !== null) judged.push(one);
      }
      return judged;
    },
    kept: (pair) => judges.reduce((sum, judge) => sum + judge.kept(pair), 0),
    explain: async (pair) => (await judges[0]?.explain(pair)) ?? null,
    tallies: () => judges.map((judge) => judge.tally()),
  };
}
