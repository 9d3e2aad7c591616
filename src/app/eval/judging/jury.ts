import { createJudging, type JudgingDeps } from './index.js';
import { type AnswerPair, type Judging, LOOKS } from './judging.js';
import type { JudgeSeat } from './seat.js';
import { settledShare } from './settled.js';

/** All judges as one. */
export interface Jury extends Judging {
  /** True where comparing a pair asks nobody. */
  isSettled(pair: AnswerPair): boolean;
  /** Each of them, with the looks at a pair that are kept of it. */
  readonly judges: readonly { seat: JudgeSeat; kept(pair: AnswerPair): number }[];
}

type JuryDeps = Omit<JudgingDeps, 'judges' | 'realm'> & { judgeRealm: (seat: JudgeSeat) => string };

/** Each judge is known by its own address, so that another one beside it changes nothing of what it has said. */
export function createJury(seats: readonly JudgeSeat[], { judgeRealm, ...deps }: JuryDeps): Jury {
  const judges = seats.map((seat) => createJudging({ ...deps, judges: [seat], realm: judgeRealm(seat) }));
  const kept = (pair: AnswerPair) => judges.reduce((sum, judge) => sum + judge.kept(pair), 0);
  return {
    async compare(pair) {
      const judged = [];
      for (const judge of judges) judged.push(...(await judge.compare(pair)));
      return judged;
    },
    kept,
    explain: async (pair) => (await judges[0]?.explain(pair)) ?? null,
    tallies: () => judges.flatMap((judge) => judge.tallies()),
    isSettled: (pair) => settledShare(pair) !== null || kept(pair) === LOOKS * judges.length,
    judges: judges.map((judge, index) => ({ seat: seats[index] as JudgeSeat, kept: (pair) => judge.kept(pair) })),
  };
}
